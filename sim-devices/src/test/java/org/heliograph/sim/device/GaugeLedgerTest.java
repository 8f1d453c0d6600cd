package org.heliograph.sim.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.heliograph.sim.device.GaugeLedger.Hour;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;

class GaugeLedgerTest {
    private static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");

    private final GaugeLedger ledger = new GaugeLedger();

    /** @param tenths of a watt */
    private void reads(long second, long tenths) {
        ledger.note(
                "pdu-1",
                new Snapshot(NOON.getEpochSecond() + second, "", List.of(Point.ENERGY, Point.POWER), new long[] {
                    7_000, tenths
                }));
    }

    private Hour hour(Instant start) {
        SortedMap<Instant, Hour> hours =
                Objects.requireNonNull(ledger.hours("pdu-1").get(Point.POWER));
        return Objects.requireNonNull(hours.get(start));
    }

    @Test
    void an_hour_has_the_readings_of_its_minutes_and_not_the_one_at_its_end() {
        reads(0, 25);
        reads(30, -10);
        reads(3_599, 5);
        reads(3_600, 999);

        assertThat(hour(NOON)).isEqualTo(new Hour(3, 2, -1, 2.5, 0.5, 0));
        assertThat(ledger.hours("pdu-1")).containsOnlyKeys(Point.POWER);
    }

    @Test
    void a_minute_counts_once_a_later_one_has_begun() {
        reads(0, 10);
        reads(59, 20);
        assertThat(ledger.hours("pdu-1").get(Point.POWER)).isEmpty();

        reads(60, 30);
        assertThat(hour(NOON)).isEqualTo(new Hour(2, 3, 1, 2, 2, 0));
    }

    @Test
    void what_is_read_twice_at_a_moment_counts_once() {
        reads(0, 10);
        reads(0, 10);
        reads(60, 30);

        assertThat(hour(NOON).count()).isEqualTo(1);
    }

    @Test
    void a_reading_that_looks_like_no_value_is_noticed() {
        reads(0, 65_535);
        reads(60, 0);

        assertThat(hour(NOON).mistakable()).isEqualTo(1);
    }

    @Test
    void a_device_that_has_not_read_has_no_hours() {
        assertThat(ledger.hours("pdu-2")).isEmpty();
    }
}

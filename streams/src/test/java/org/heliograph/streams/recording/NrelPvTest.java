package org.heliograph.streams.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.recording.MeasuredDevice.Whole;
import org.heliograph.streams.recording.Recordings.Replay;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an inverter draws by night is no production below 0, nor does it lessen what it produced by day. */
class NrelPvTest {

    @ParameterizedTest
    @EnumSource(Replay.class)
    void production_is_the_positive_part_of_power_in_any_order(Replay replay) {
        assertProduction(Recordings.part("nrel-pv-1min"), replay, 1440);
    }

    @Test
    void so_it_is_over_all_that_was_recorded() {
        assertProduction(Recordings.whole("nrel-pv-1min"), Replay.SHUFFLED_AND_REPEATED, 2607);
    }

    private static void assertProduction(Path recording, Replay replay, int recorded) {
        List<NrelPv.Row> rows = NrelPv.rows(recording);
        assertThat(rows).hasSize(recorded);
        MeasuredDevice device = device(rows, replay);
        double joules = 0;
        for (int i = 0; i + 1 < rows.size(); i++) {
            double minute = positiveJoules(rows.get(i).watts(), rows.get(i + 1).watts());
            joules += minute;
            DeviceMinute measured = device.minute(rows.get(i).time());
            assertThat(measured.isComplete()).isTrue();
            assertThat(measured.energies().getOrDefault(Point.ENERGY, -1L))
                    .as("%s", rows.get(i).time())
                    .isCloseTo(Math.round(minute * 1000), within(1L));
        }
        Whole whole = device.between(rows.getFirst().time(), rows.getLast().time());
        assertThat(whole.millijoules() / 1000.0).isCloseTo(joules, within(0.001 * rows.size()));
        assertThat(whole.flags()).containsExactly(Flag.INTEGRATED);
    }

    @Test
    void a_minute_of_the_night_is_covered_and_produces_nothing() {
        List<NrelPv.Row> rows = NrelPv.rows(Recordings.part("nrel-pv-1min"));
        MeasuredDevice device = device(rows, Replay.NEWEST_FIRST);
        int nights = 0;
        double naive = 0;
        double drawn = 0;
        for (int i = 0; i + 1 < rows.size(); i++) {
            double before = rows.get(i).watts();
            double after = rows.get(i + 1).watts();
            naive += (before + after) * 30;
            if (before <= 0 && after <= 0) {
                nights++;
                drawn += (before + after) * 30;
                DeviceMinute minute = device.minute(rows.get(i).time());
                assertThat(minute.energies()).containsEntry(Point.ENERGY, 0L);
                assertThat(minute.isComplete()).isTrue();
            }
        }
        assertThat(nights).isGreaterThan(600);
        Whole day = device.between(rows.getFirst().time(), rows.getLast().time());
        assertThat(drawn).isLessThan(-60_000); // the sum of all power would lack this much, in joules
        assertThat(day.millijoules() / 1000.0 - naive).isCloseTo(-drawn, within(1000.0));
    }

    private static MeasuredDevice device(List<NrelPv.Row> rows, Replay replay) {
        return MeasuredDevice.of(
                NrelPv.SITE,
                "serf-east",
                Recordings.samples(
                        Recordings.arrivals(rows, Comparator.comparing(NrelPv.Row::time), replay, new Random(7)),
                        NrelPv.Row::addTo));
    }

    /** The area above 0 of a straight line over one minute. */
    private static double positiveJoules(double before, double after) {
        double high = Math.max(before, after);
        double low = Math.min(before, after);
        if (high <= 0) {
            return 0;
        }
        double share = low >= 0 ? 1 : high / (high - low);
        return share * 60 * (high + Math.max(0, low)) / 2;
    }
}

package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.CarriedEnergy;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A register that is silent for longer than windows can be restated. */
class LongSilenceTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long WH = 3_600_000L;
    private static final Duration SILENCE = Duration.ofHours(60);

    @TempDir
    private Path state;

    private EngineDriver driver;
    private final Map<Long, DeviceMinute> minutes = new TreeMap<>();

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, SiteFixture.YAML);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void reads(Instant at, long wattHours) {
        driver.send("pdu-a", new Sampling().register(Point.ENERGY, at.toEpochMilli(), wattHours * WH));
    }

    private void measure() {
        driver.advanceTwice(Duration.ofSeconds(70));
        driver.read("hg.energy", DeviceMinute::parseFrom).stream()
                .filter(minute -> minute.getDevice().equals("pdu-a"))
                .forEach(minute -> minutes.put(minute.getStartMs(), minute));
    }

    private long inWindows() {
        return minutes.values().stream().mapToLong(DeviceMinute::getEnergyMj).sum();
    }

    private long carried() {
        return minutes.values().stream()
                .flatMap(minute -> minute.getCarriedList().stream())
                .mapToLong(CarriedEnergy::getMillijoules)
                .sum();
    }

    @Test
    void what_it_counted_before_the_windows_is_named_and_the_total_stays_exact() {
        reads(NOON, 1_000);
        measure();
        driver.advance(SILENCE);
        Instant back = NOON.plus(SILENCE);
        reads(back, 7_000);
        measure();

        DeviceMinute minute = Objects.requireNonNull(minutes.get(back.toEpochMilli()));
        assertThat(minute.getFlag().split(",")).contains("carried");
        assertThat(minute.getCarriedList()).singleElement().satisfies(carried -> {
            assertThat(carried.getFromMs()).isEqualTo(NOON.toEpochMilli());
            assertThat(carried.getToMs())
                    .isBetween(
                            back.minus(Duration.ofHours(50)).toEpochMilli(),
                            back.minus(Duration.ofHours(49)).toEpochMilli());
        });
        assertThat(carried()).isBetween(1_000 * WH, 1_100 * WH);
        assertThat(inWindows() + carried()).isEqualTo(6_000 * WH);

        long before = carried();
        driver.advance(Duration.ofHours(3));
        reads(back.plusSeconds(10), 7_001); // late, of the same minute: what was carried stays
        measure();
        assertThat(carried()).isEqualTo(before);
        assertThat(inWindows() + carried()).isEqualTo(6_001 * WH);
    }

    private List<CarriedEnergy> carriedBy(Instant minute) {
        return Objects.requireNonNull(minutes.get(minute.toEpochMilli())).getCarriedList();
    }

    @Test
    void what_is_carried_moves_to_a_reading_that_ended_the_silence_sooner() {
        reads(NOON, 1_000);
        measure();
        driver.advance(SILENCE);
        Instant back = NOON.plus(SILENCE);
        reads(back, 7_000);
        measure();
        assertThat(carriedBy(back)).hasSize(1);

        Instant sooner = back.minus(Duration.ofHours(1));
        reads(sooner, 6_900);
        measure();
        assertThat(carriedBy(sooner)).hasSize(1);
        assertThat(carriedBy(back)).isEmpty();
    }

    @Test
    void where_power_was_heard_during_the_silence_of_the_register_nothing_is_carried() {
        reads(NOON, 1_000);
        measure();
        driver.advance(Duration.ofHours(8));
        driver.send(
                "pdu-a",
                new Sampling().gauge(Point.POWER, NOON.plus(Duration.ofHours(8)).toEpochMilli(), 100));
        measure();
        driver.advance(Duration.ofHours(52));
        reads(NOON.plus(SILENCE), 7_000);
        measure();

        assertThat(carried()).isZero();
    }
}

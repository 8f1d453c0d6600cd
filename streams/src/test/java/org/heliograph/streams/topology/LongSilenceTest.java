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
    private static final Duration STEP = Duration.ofMinutes(20);
    private static final int STEPS = (int) SILENCE.dividedBy(STEP);
    /** What a kilowatt is in a step. */
    private static final long STEP_MILLIJOULES = 1_000 * STEP.toMillis();

    private static final String YAML = """
            site: test1
            zone: UTC
            profiles:
              - profile: slow-pdu
                points:
                  energy: {period: PT20M, maxGap: PT1H}
                  power: {period: PT20M, maxGap: PT1H}
            devices:
              - {id: pdu-a, profile: slow-pdu, role: it, rating: 7.4 kW}
            """;

    @TempDir
    private Path state;

    private EngineDriver driver;
    private final Map<Long, DeviceMinute> minutes = new TreeMap<>();

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, YAML);
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
        readMinutes();
    }

    private void readMinutes() {
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
    void where_power_was_heard_during_the_silence_of_the_register_it_counts_once() {
        for (int i = 0; i <= STEPS; i++) {
            Sampling sampling = new Sampling().gauge(Point.POWER, stepMillis(i), 1_000);
            if (i == 0 || i == STEPS) {
                sampling.register(Point.ENERGY, stepMillis(i), i * STEP_MILLIJOULES);
            }
            driver.send("pdu-a", sampling);
            pass(i);
        }
        measure();

        assertThat(carried()).isZero();
        assertThat(inWindows()).isEqualTo(STEPS * STEP_MILLIJOULES);
    }

    @Test
    void a_standstill_that_power_was_believed_for_counts_once_when_it_is_caught_up() {
        freezes(true);

        assertThat(carried()).isZero();
        assertThat(inWindows()).isEqualTo((STEPS + 3) * STEP_MILLIJOULES);
    }

    @Test
    void what_a_standstill_without_power_held_back_before_the_windows_is_named() {
        freezes(false);

        assertThat(carried()).isBetween(9_500 * WH, 10_500 * WH);
        assertThat(inWindows() + carried()).isEqualTo((STEPS + 3) * STEP_MILLIJOULES);
    }

    /** At a steady kilowatt the register shows the same for as long as the silence, and then the truth again. */
    private void freezes(boolean withPower) {
        for (int i = 0; i <= STEPS + 3; i++) {
            long shown = i == 0 || i >= STEPS ? i : 1;
            Sampling sampling =
                    new Sampling().register(Point.ENERGY, stepMillis(i), 1_000 * WH + shown * STEP_MILLIJOULES);
            driver.send("pdu-a", withPower ? sampling.gauge(Point.POWER, stepMillis(i), 1_000) : sampling);
            pass(i);
        }
        measure();
    }

    private static long stepMillis(int step) {
        return NOON.plus(STEP.multipliedBy(step)).toEpochMilli();
    }

    /** The time after a step; what is published is read now and then. */
    private void pass(int step) {
        driver.advance(STEP);
        if (step % 100 == 0) {
            readMinutes();
        }
    }

    @Test
    void a_silence_that_windows_had_all_of_carries_nothing_when_its_end_is_measured_again() {
        Duration silence = Duration.ofHours(49);
        reads(NOON, 1_000);
        measure();
        driver.advance(silence);
        Instant back = NOON.plus(silence).plusSeconds(30);
        reads(back, 7_000);
        measure();
        assertThat(inWindows()).isEqualTo(6_000 * WH);

        driver.advance(Duration.ofHours(2));
        reads(back.plusSeconds(10), 7_001);
        measure();
        assertThat(carried()).isZero();
        assertThat(inWindows()).isEqualTo(6_001 * WH);
    }
}

package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the minutes after a full hour say of those before it, and the other way round. */
class StandstillOverHoursTest {
    private static final Instant TEN = Instant.parse("2026-06-15T10:00:00Z");
    private static final Instant QUARTER = TEN.plus(Duration.ofMinutes(45));
    private static final long WH = 3_600_000L;
    private static final int STOPS = 56;
    private static final int GOES_ON = 64;
    private static final int END = 80;

    @TempDir
    private Path states;

    private final Map<Integer, DeviceMinute> said = new TreeMap<>();

    private EngineDriver engine() {
        return new EngineDriver(states, TEN, """
                site: test1
                zone: UTC
                devices:
                  - {id: pdu-a, profile: rack-pdu, role: it}
                """);
    }

    /** As it is shown by a counter that stands still for eight minutes, and never catches up. */
    private static Sampling register(int minute) {
        int missed = Math.max(0, Math.min(minute, GOES_ON) - STOPS);
        return new Sampling().register(Point.ENERGY, millis(minute), (100_000 + 50L * (minute - missed)) * WH);
    }

    private static Sampling power(int minute) {
        return new Sampling().gauge(Point.POWER, millis(minute), 3000);
    }

    private static long millis(int minute) {
        return TEN.plus(Duration.ofMinutes(minute)).toEpochMilli();
    }

    /** The minutes that are said to be stuck. */
    private Set<Integer> stuck(EngineDriver engine) {
        for (DeviceMinute minute : engine.read("hg.energy", DeviceMinute::parseFrom)) {
            said.put(
                    (int) Duration.between(TEN, Instant.ofEpochMilli(minute.getStartMs()))
                            .toMinutes(),
                    minute);
        }
        return said.entrySet().stream()
                .filter(minute -> minute.getValue().getFlag().contains("stuck"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static void passes(EngineDriver engine, int fromMinute, int toMinute, IntPredicate hasPower) {
        for (int minute = fromMinute; minute <= toMinute; minute++) {
            engine.send("pdu-a", register(minute));
            if (hasPower.test(minute)) {
                engine.send("pdu-a", power(minute));
            }
            engine.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void the_minutes_before_a_full_hour_are_restated_when_the_standstill_goes_on_after_it() {
        try (EngineDriver engine = engine()) {
            passes(engine, 0, GOES_ON - 3, _ -> true);
            assertThat(stuck(engine)).isEmpty();
            SiteWindow published = engine.window("15m", QUARTER);
            assertThat(published.getEnergyIt3Mj()).isEqualTo(11 * 50 * WH);
            assertThat(published.getState()).isNotEqualTo(WindowState.PROVISIONAL);

            passes(engine, GOES_ON - 2, END, _ -> true);

            assertThat(stuck(engine)).containsExactlyInAnyOrder(56, 57, 58, 59, 60, 61, 62, 63);
            SiteWindow restated = engine.window("15m", QUARTER);
            assertThat(restated.getEnergyIt3Mj()).isEqualTo(15 * 50 * WH);
            assertThat(restated.getState()).isEqualTo(WindowState.REVISED);
            assertThat(restated.getRevision()).isGreaterThan(published.getRevision());
            assertThat(restated.getCause()).isEqualTo("late-data");
            assertThat(engine.window("1h", TEN).getEnergyIt3Mj()).isEqualTo(60 * 50 * WH);
        }
    }

    @Test
    void power_of_the_minutes_before_a_full_hour_that_comes_late_tells_of_those_after_it() {
        try (EngineDriver engine = engine()) {
            passes(engine, 0, END, minute -> minute <= 50 || minute >= 60);
            assertThat(stuck(engine)).isEmpty();

            for (int minute = 51; minute < 60; minute++) {
                engine.send("pdu-a", power(minute));
            }
            engine.advanceTwice(Duration.ofMinutes(2));

            assertThat(stuck(engine)).containsExactlyInAnyOrder(56, 57, 58, 59, 60, 61, 62, 63);
            assertThat(engine.window("1m", TEN.plus(Duration.ofHours(1))).getEnergyIt3Mj())
                    .isEqualTo(50 * WH);
        }
    }
}

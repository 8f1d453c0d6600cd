package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntConsumer;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quarter hour in which no solar inverter says anything, from dusk to dawn or by day. */
class NightTest {
    private static final Instant NIGHT = Instant.parse("2026-06-15T00:00:00Z");
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant SUNRISE = Instant.parse("2026-06-15T06:00:00Z");
    private static final Duration DUSK = Duration.ofMinutes(280);
    private static final long WH = 3_600_000L;
    private static final int QUARTER = 15;
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            location: {latitude: 33.57, longitude: -7.59}
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: "inv-{1,2}", profile: pv-inverter, role: pv}
              - {id: pdu-a, profile: rack-pdu, role: it}
            """;

    @TempDir
    private Path states;

    @SuppressWarnings("NullAway.Init") // each test starts it, where and when it takes place
    private EngineDriver engine;

    private void start(Instant quarter, String yaml) {
        engine = new EngineDriver(states, quarter, yaml);
        inverter("inv-1", quarter.minus(DUSK), 1_000);
        inverter("inv-2", quarter.minus(DUSK), 1_000);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void inverter(String id, Instant at, long wh) {
        engine.send(id, new Sampling().register(Point.ENERGY, at.toEpochMilli(), wh * WH));
    }

    /** Meter and PDU are read each minute: 150 Wh come in, and 100 of them go to the racks. */
    private void meters(Instant quarter, int minute) {
        long at = quarter.plusSeconds(60L * minute).toEpochMilli();
        engine.send(
                "util-1",
                new Sampling()
                        .register(Point.ENERGY_IMPORT, at, 150L * minute * WH)
                        .register(Point.ENERGY_EXPORT, at, 0));
        engine.send("pdu-a", new Sampling().register(Point.ENERGY, at, 100L * minute * WH));
    }

    private void quarter(Instant quarter) {
        quarter(quarter, _ -> {});
    }

    private void quarter(Instant quarter, IntConsumer besides) {
        for (int minute = 0; minute <= QUARTER; minute++) {
            meters(quarter, minute);
            besides.accept(minute);
            pass(Duration.ofMinutes(1));
        }
        pass(Duration.ofMinutes(3));
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second += 10) {
            engine.advance(Duration.ofSeconds(10));
        }
    }

    @Test
    void at_night_silent_inverters_count_as_resting_and_the_quarter_closes_once_with_its_pue() {
        start(NIGHT, YAML);
        quarter(NIGHT);

        SiteWindow quarter = engine.window("15m", NIGHT);
        assertThat(quarter.getState()).isEqualTo(WindowState.FINAL);
        assertThat(quarter.getCoverage()).isEqualTo(1);
        assertThat(quarter.getPue()).isEqualTo(1.5);
        assertThat(quarter.getEnergyPvMj()).isZero();
        assertThat(quarter.hasEnergyPvMj()).isTrue();
        assertThat(quarter.getEstimatedShare()).isEqualTo(1);
        assertThat(quarter.getCompleteCoverage()).as("nobody read them").isZero();
        assertThat(engine.window("1m", NIGHT).getState()).isEqualTo(WindowState.FINAL);
    }

    /** That they rest is known when nobody is waited for any more: it is nothing new that another grace would follow. */
    @Test
    void at_night_a_minute_closes_as_soon_as_by_day() {
        start(NIGHT, YAML);
        meters(NIGHT, 0);
        pass(Duration.ofMinutes(1));
        meters(NIGHT, 1);
        pass(Duration.ofSeconds(70));
        assertThat(engine.window("1m", NIGHT).getState()).isEqualTo(WindowState.FINAL);
        assertThat(engine.window("1m", NIGHT).getPue()).isEqualTo(1.5);
    }

    /** It says its share of a minute before the minute is over. */
    @Test
    void a_device_whose_clock_is_ahead_has_no_minute_closed_before_the_others_were_heard() {
        engine = new EngineDriver(states, NOON, YAML);
        for (int second = 0; second <= 600; second++) {
            engine.advance(Duration.ofSeconds(1));
            if (second % 10 != 3) {
                continue;
            }
            Instant now = NOON.plusSeconds(second);
            engine.send(
                    "util-1",
                    new Sampling()
                            .register(Point.ENERGY_IMPORT, now.toEpochMilli(), 150L * second * WH / 60)
                            .register(Point.ENERGY_EXPORT, now.toEpochMilli(), 0));
            inverter("inv-1", now, 1_000);
            inverter("inv-2", now, 1_000);
            long ahead = now.plusSeconds(180).toEpochMilli();
            engine.send("pdu-a", new Sampling().register(Point.ENERGY, ahead, 100L * second * WH / 60));
        }

        assertThat(engine.read("hg.kpi", SiteWindow::parseFrom))
                .filteredOn(minute -> minute.getWindow().equals("1m"))
                .filteredOn(
                        minute -> minute.getStartMs() >= NOON.plusSeconds(240).toEpochMilli())
                .filteredOn(minute -> minute.getState() != WindowState.PROVISIONAL)
                .isNotEmpty()
                .allSatisfy(minute -> {
                    assertThat(minute.getState()).isEqualTo(WindowState.FINAL);
                    assertThat(minute.getPue()).isEqualTo(1.5);
                    assertThat(minute.getEstimated()).isFalse();
                });
    }

    @Test
    void in_the_morning_what_their_counters_say_replaces_it() {
        start(NIGHT, YAML);
        quarter(NIGHT);
        engine.advance(Duration.between(NIGHT, SUNRISE));
        inverter("inv-1", SUNRISE, 1_000);
        inverter("inv-2", SUNRISE, 1_000);
        pass(Duration.ofMinutes(2));

        SiteWindow quarter = engine.window("15m", NIGHT);
        assertThat(quarter.getState()).isEqualTo(WindowState.REVISED);
        assertThat(quarter.getPue()).isEqualTo(1.5);
        assertThat(quarter.getEstimated()).isFalse();
        assertThat(quarter.getCompleteCoverage()).isEqualTo(1);
    }

    @Test
    void it_is_the_same_in_whatever_order_the_readings_come() {
        start(NIGHT, YAML);
        quarter(NIGHT);
        SiteWindow inOrder = engine.window("15m", NIGHT);
        engine.close();

        engine = new EngineDriver(states, NIGHT.plusSeconds(60 * QUARTER), YAML);
        for (int minute = QUARTER; minute >= 0; minute--) {
            meters(NIGHT, minute);
            pass(Duration.ofSeconds(minute == 7 ? 300 : 10)); // those before wait until the others are closed
        }
        inverter("inv-2", NIGHT.minus(DUSK), 1_000);
        pass(Duration.ofMinutes(5));
        SiteWindow reversed = engine.window("15m", NIGHT);
        assertThat(reversed.getRevision()).isPositive();
        assertThat(figures(reversed)).isEqualTo(figures(inOrder));
    }

    private static SiteWindow figures(SiteWindow window) {
        return window.toBuilder().clearState().clearCause().clearRevision().build();
    }

    @Test
    void by_day_what_silent_inverters_give_is_unknown() {
        start(NOON, YAML);
        quarter(NOON);
        assertUnknown(NOON);
    }

    @Test
    void where_nobody_said_where_the_site_is_there_is_no_night() {
        start(NIGHT, YAML.replace("location: {latitude: 33.57, longitude: -7.59}\n", ""));
        quarter(NIGHT);
        assertUnknown(NIGHT);
    }

    @Test
    void an_inverter_that_gives_power_in_the_dark_leaves_the_silent_one_unknown() {
        start(NIGHT, YAML);
        quarter(NIGHT, minute -> inverter("inv-1", NIGHT.plusSeconds(60L * minute), 1_000 + 9 * minute)); // 540 W
        assertUnknown(NIGHT);
    }

    @Test
    void an_inverter_that_gives_next_to_nothing_in_the_dark_is_counted_beside_the_silent_one() {
        start(NIGHT, YAML);
        quarter(NIGHT, minute -> inverter("inv-1", NIGHT.plusSeconds(60L * minute), 1_000 + 8 * minute)); // 480 W
        assertThat(engine.window("15m", NIGHT).getPue()).isEqualTo(158 / 100.0);
    }

    @Test
    void inverters_that_report_at_night_are_waited_for_and_nothing_is_estimated() {
        start(NIGHT, YAML);
        for (int minute = 0; minute <= QUARTER; minute++) {
            meters(NIGHT, minute);
            pass(Duration.ofSeconds(40)); // later than the meters, each time
            inverter("inv-1", NIGHT.plusSeconds(60L * minute), 1_000);
            inverter("inv-2", NIGHT.plusSeconds(60L * minute), 1_000);
            pass(Duration.ofSeconds(20));
        }
        assertThat(engine.read("hg.kpi", bytes -> SiteWindow.parseFrom(bytes)))
                .filteredOn(window -> window.getStartMs() >= NIGHT.toEpochMilli())
                .isNotEmpty()
                .noneMatch(SiteWindow::getEstimated);
    }

    private void assertUnknown(Instant quarter) {
        SiteWindow window = engine.window("15m", quarter);
        assertThat(window.getState()).isNotEqualTo(WindowState.PROVISIONAL);
        assertThat(window.getCoverage()).isZero();
        assertThat(window.hasPue()).isFalse();
    }
}

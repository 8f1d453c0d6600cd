package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.test.TestRecord;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CO2 through the topology: factors as of the minute, and restatements when they change. */
class CarbonTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant START = NOON.minus(Duration.ofHours(1));
    private static final long WH = 3_600_000L;

    @TempDir
    private Path states;

    private EngineDriver engine(String factors) {
        return new EngineDriver(states, NOON, yaml(factors));
    }

    private static String yaml(String factors) {
        return """
                site: test1
                zone: UTC
                factors: %s
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: pv-inverter, role: pv}
                """.formatted(factors);
    }

    /** An hour until noon: each minute 900 Wh imported, 400 of PV, 100 exported, so 300 used on site. */
    private static void sendHour(EngineDriver engine) {
        sendGrid(engine);
        sendPv(engine, 0, 60);
    }

    private static void sendGrid(EngineDriver engine) {
        for (int i = 0; i <= 60; i++) {
            long at = START.plusSeconds(60L * i).toEpochMilli();
            engine.send(
                    "util-1",
                    new Sampling()
                            .register(Point.ENERGY_IMPORT, at, 900 * WH * i)
                            .register(Point.ENERGY_EXPORT, at, 100 * WH * i));
        }
    }

    private static void sendPv(EngineDriver engine, int first, int last) {
        for (int i = first; i <= last; i++) {
            long at = START.plusSeconds(60L * i).toEpochMilli();
            engine.send("inv-1", new Sampling().register(Point.ENERGY, at, 400 * WH * i));
        }
        settle(engine);
    }

    private static void settle(EngineDriver engine) {
        engine.advanceTwice(Duration.ofSeconds(40));
    }

    private static String factor(String id, String version, String grams, String validity) {
        return "{\"id\": \"%s\", \"version\": \"%s\", \"source\": \"a test\", \"gramsPerKilowattHour\": %s%s}"
                .formatted(id, version, grams, validity);
    }

    private static String point(Instant at, int grams, boolean estimated, Instant updated) {
        return "{\"zone\": \"MA\", \"carbonIntensity\": %d, \"datetime\": \"%s\", \"updatedAt\": \"%s\", \"isEstimated\": %b}"
                .formatted(grams, at, updated, estimated);
    }

    @Test
    void every_minute_has_its_four_masses_and_names_their_factors() {
        try (EngineDriver engine = engine("{average: ember-2024, marginal: ifi-2021-solar}")) {
            sendHour(engine);
            SiteWindow minute = engine.window("1m", START);
            assertThat(minute.getCo2AvoidedUg()).isEqualTo(173_295_000); // 0.3 kWh x 577.65 g/kWh
            assertThat(minute.getCo2AvoidedMarginalUg()).isEqualTo(198_000_000); // 0.3 x 660
            assertThat(minute.getCo2ExportUg()).isEqualTo(57_765_000); // 0.1 x 577.65
            assertThat(minute.getCo2LocationUg()).isEqualTo(519_885_000); // 0.9 x 577.65
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(60 * 173_295_000L);
            assertThat(hour.getFactorAverage()).isEqualTo("ember-2024@2025");
            assertThat(hour.getFactorMarginal()).isEqualTo("ifi-2021-solar@3.1");
        }
    }

    @Test
    void a_revised_factor_restates_the_windows_that_used_it() {
        try (EngineDriver engine = engine("{average: ember-2023}")) {
            sendHour(engine);
            assertThat(engine.window("1h", START).getCo2AvoidedUg()).isEqualTo(60 * 187_335_000L); // 0.3 x 624.45
            assertThat(engine.window("1h", START).getState()).isEqualTo(WindowState.FINAL);

            engine.factor("ember-2023@4", factor("ember-2023", "4", "600", ""));
            settle(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(60 * 180_000_000L);
            assertThat(hour.getFactorAverage()).isEqualTo("ember-2023@4");
            assertThat(hour.getRevision()).isEqualTo(1);
            assertThat(hour.getCause()).isEqualTo("factor");
            assertThat(hour.getEnergyPvMj()).isEqualTo(60 * 400 * WH);

            engine.withdraw("ember-2023@4");
            settle(engine);
            hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(60 * 187_335_000L);
            assertThat(hour.getRevision()).isEqualTo(2);
        }
    }

    @Test
    void a_factor_that_is_valid_from_half_past_counts_from_half_past() {
        try (EngineDriver engine = engine("{average: ember-2024}")) {
            sendHour(engine);
            engine.factor(
                    "ember-2024@2026",
                    factor("ember-2024", "2026", "100", ", \"validFrom\": \"2026-06-15T11:30:00Z\""));
            settle(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(30 * 173_295_000L + 30 * 30_000_000L);
            assertThat(hour.getFactorAverage()).isEqualTo("ember-2024@2025,ember-2024@2026");
            assertThat(engine.window("1m", START.plusSeconds(29 * 60)).getRevision())
                    .isZero();
            assertThat(engine.window("1m", START.plusSeconds(30 * 60)).getRevision())
                    .isEqualTo(1);
        }
    }

    @Test
    void minutes_that_are_restated_late_keep_the_factors_that_the_site_had_chosen_for_their_time() {
        try (EngineDriver engine = engine("{average: ember-2023}")) {
            sendGrid(engine);
            sendPv(engine, 0, 20);
            engine.model(START.plusSeconds(30 * 60), yaml("{average: ember-2024}"));
            engine.model(START.plusSeconds(40 * 60), yaml("{average: ember-2024, marginal: ember-2023}"));
            sendPv(engine, 21, 60);

            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(30 * 187_335_000L + 30 * 173_295_000L);
            assertThat(hour.getFactorAverage()).isEqualTo("ember-2023@3,ember-2024@2025");
            assertThat(hour.getCo2AvoidedMarginalUg()).isEqualTo(40 * 198_000_000L + 20 * 187_335_000L);
            assertThat(engine.window("1m", START.plusSeconds(29 * 60)).getFactorAverage())
                    .isEqualTo("ember-2023@3");
            assertThat(engine.window("1m", START.plusSeconds(30 * 60)).getFactorAverage())
                    .isEqualTo("ember-2024@2025");
            for (String window : List.of("15m", "1d", "1mo", "1y")) {
                assertThat(engine.windows().values())
                        .filteredOn(said -> said.getWindow().equals(window))
                        .extracting(SiteWindow::getCo2AvoidedUg)
                        .as(window)
                        .satisfies(masses -> assertThat(masses.stream()
                                        .mapToLong(Long::longValue)
                                        .sum())
                                .isEqualTo(hour.getCo2AvoidedUg()));
            }
        }
    }

    @Test
    void a_site_that_publishes_its_model_anew_without_dates_keeps_those_that_it_gave_before() {
        String dated = "[{average: ember-2023}, {average: ember-2024, validFrom: 2026-06-15T11:30:00Z}]";
        try (EngineDriver engine = engine(dated)) {
            sendGrid(engine);
            engine.model(NOON, yaml("{average: ember-2024}"));
            sendPv(engine, 0, 60);
            assertThat(engine.window("1h", START).getCo2AvoidedUg()).isEqualTo(30 * 187_335_000L + 30 * 173_295_000L);
        }
    }

    @Test
    void a_revised_factor_restates_a_day_by_the_factors_that_the_site_had_chosen_for_each_of_its_minutes() {
        String dated = "[{average: ember-2023}, {average: ember-2024, validFrom: 2026-06-15T11:30:00Z}]";
        try (EngineDriver engine = engine(dated)) {
            sendHour(engine);
            engine.advanceTwice(Duration.ofDays(100));
            engine.model(NOON.plus(Duration.ofDays(100)), yaml("{average: electricitymaps-MA}"));
            Instant day = Instant.parse("2026-06-15T00:00:00Z");
            Instant year = Instant.parse("2026-01-01T00:00:00Z");

            engine.factor("ember-2023@4", factor("ember-2023", "4", "600", ""));
            settle(engine);
            for (SiteWindow window : List.of(engine.window("1d", day), engine.window("1y", year))) {
                assertThat(window.getCo2AvoidedUg()).isEqualTo(30 * 180_000_000L + 30 * 173_295_000L);
                assertThat(window.getFactorAverage()).isEqualTo("ember-2023@4,ember-2024@2025");
            }

            engine.factor("ember-2024@2026", factor("ember-2024", "2026", "100", ""));
            settle(engine);
            assertThat(engine.window("1y", year).getCo2AvoidedUg()).isEqualTo(30 * 180_000_000L + 30 * 30_000_000L);
            assertThat(engine.window("1y", year).getFactorAverage()).isEqualTo("ember-2023@4,ember-2024@2026");
        }
    }

    @Test
    void a_factor_that_is_revised_after_200_days_restates_all_windows_of_then_and_nothing_else() {
        try (EngineDriver engine = engine("{average: ember-2023, marginal: [watttime-CASA, ifi-2021-solar]}")) {
            engine.factor("watttime-CASA/2026-06-15", "{\"point_time\": \"2026-06-15T11:00:00Z\", \"value\": 1000}");
            sendHour(engine);
            engine.advanceTwice(Duration.ofDays(100));
            engine.advanceTwice(Duration.ofDays(100));
            Map<String, SiteWindow> before = engine.windows();

            engine.factor("ember-2023@4", factor("ember-2023", "4", "600", ""));
            settle(engine);
            Map<String, SiteWindow> changed = new HashMap<>(engine.windows());
            changed.values().removeAll(before.values());
            assertThat(changed)
                    .hasSize(60 + 4 + 1 + 3)
                    .containsKeys(
                            "1m@" + START.toEpochMilli(),
                            "15m@" + START.toEpochMilli(),
                            "1h@" + START.toEpochMilli(),
                            "1d@" + Instant.parse("2026-06-15T00:00:00Z").toEpochMilli(),
                            "1mo@" + Instant.parse("2026-06-01T00:00:00Z").toEpochMilli(),
                            "1y@" + Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
            assertThat(changed).allSatisfy((name, window) -> {
                assertThat(window.getFactorAverage()).isEqualTo("ember-2023@4");
                assertThat(window.getState()).isEqualTo(WindowState.REVISED);
                assertThat(window.getRevision()).isEqualTo(1);
                assertThat(window.getCause()).isEqualTo("factor");
                SiteWindow old = Objects.requireNonNull(before.get(name));
                long minutes = Map.of("1m", 1L, "15m", 15L).getOrDefault(window.getWindow(), 60L);
                assertThat(window.toBuilder()
                                .setFactorAverage("ember-2023@3")
                                .setState(WindowState.FINAL)
                                .setRevision(0)
                                .setCause("")
                                .setCo2AvoidedUg(minutes * 187_335_000L) // 0.3 kWh x 624.45 g/kWh
                                .setCo2LocationUg(minutes * 562_005_000L)
                                .setCo2ExportUg(minutes * 62_445_000L)
                                .setCo2AvoidedLifecycleUg(old.getCo2AvoidedLifecycleUg())
                                .build())
                        .isEqualTo(old);
                assertThat(window.getCo2AvoidedUg()).isEqualTo(minutes * 180_000_000L);
                assertThat(window.getCo2LocationUg()).isEqualTo(minutes * 540_000_000L);
                assertThat(window.getCo2ExportUg()).isEqualTo(minutes * 60_000_000L);
                assertThat(window.getCo2AvoidedMarginalUg())
                        .isEqualTo(minutes * 136_077_711L); // the series is remembered
            });
            engine.withdraw("ember-2023@4");
            settle(engine);
            SiteWindow year = engine.window("1y", Instant.parse("2026-01-01T00:00:00Z"));
            assertThat(year.getCo2AvoidedUg()).isEqualTo(60 * 187_335_000L);
            assertThat(year.getRevision()).isEqualTo(2);
        }
    }

    @Test
    void a_point_of_a_series_that_comes_weeks_late_gives_its_time_the_co2_that_was_missing() {
        try (EngineDriver engine = engine("{average: electricitymaps-MA}")) {
            sendHour(engine);
            engine.advanceTwice(Duration.ofDays(20));
            Instant day = Instant.parse("2026-06-15T00:00:00Z");
            assertThat(engine.window("1d", day).hasCo2AvoidedUg()).isFalse();

            Instant half = START.plusSeconds(30 * 60);
            engine.factor("electricitymaps-MA/2026-06-15", point(half, 500, false, half));
            settle(engine);
            assertThat(engine.window("1d", day).getCo2AvoidedUg()).isEqualTo(30 * 150_000_000L);
            assertThat(engine.window("1d", day).getCo2LocationUg()).isEqualTo(30 * 450_000_000L);
            assertThat(engine.window("1d", day).getFactorAverage()).isEqualTo("electricitymaps-MA@measured");
            assertThat(engine.window("1mo", Instant.parse("2026-06-01T00:00:00Z"))
                            .getCo2AvoidedUg())
                    .isEqualTo(30 * 150_000_000L);
        }
    }

    @Test
    void a_site_that_has_changed_its_choice_keeps_the_one_before_for_what_was() {
        try (EngineDriver engine = engine("{average: ember-2023}")) {
            sendHour(engine);
            engine.advanceTwice(Duration.ofDays(20));
            engine.model(yaml("{average: ember-2024}"));
            Instant day = Instant.parse("2026-06-15T00:00:00Z");

            engine.factor("ember-2024@2030", factor("ember-2024", "2030", "1", ""));
            settle(engine);
            assertThat(engine.window("1d", day).getFactorAverage()).isEqualTo("ember-2023@3");
            engine.factor("ember-2023@4", factor("ember-2023", "4", "600", ""));
            settle(engine);
            assertThat(engine.window("1d", day).getFactorAverage()).isEqualTo("ember-2023@4");
        }
    }

    @Test
    void the_same_factor_again_restates_nothing() {
        try (EngineDriver engine = engine("{average: ember-2023}")) {
            sendHour(engine);
            engine.factor(
                    "ember-2023@3",
                    new String(
                            FactorRecord.encode(
                                    Factors.SHIPPED.at("ember-2023", NOON).orElseThrow()),
                            StandardCharsets.UTF_8));
            engine.factor("ember-2023@2", factor("ember-2023", "2", "1", ""));
            settle(engine);
            assertThat(engine.window("1h", START).getRevision()).isZero();
        }
    }

    @Test
    void a_series_is_held_for_two_hours_and_says_so_and_then_the_next_choice_counts() {
        try (EngineDriver engine = engine("{average: [electricitymaps-MA, ember-2024]}")) {
            // counts from 8:30, is held from 9:30 to 11:30
            Instant at = START.minus(Duration.ofMinutes(150));
            engine.factor("electricitymaps-MA/2026-06-15", point(at, 500, false, at));
            sendHour(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(30 * 150_000_000L + 30 * 173_295_000L);
            assertThat(hour.getFactorAverage()).isEqualTo("electricitymaps-MA@held,ember-2024@2025");
            assertThat(hour.getCo2Coverage()).isEqualTo(1);
        }
    }

    @Test
    void a_mass_says_how_many_of_the_minutes_it_is_of() {
        try (EngineDriver engine = engine("{average: electricitymaps-MA}")) {
            Instant at = START.minus(Duration.ofMinutes(150));
            engine.factor("electricitymaps-MA/2026-06-15", point(at, 500, false, at));
            sendHour(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(30 * 150_000_000L);
            assertThat(hour.getCo2Coverage()).isEqualTo(0.5);
            assertThat(hour.getCoverage()).isEqualTo(1);
        }
    }

    @Test
    void a_site_whose_series_has_no_point_has_no_co2_figure() {
        try (EngineDriver engine = engine("{average: watttime-CASA}")) {
            sendHour(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.hasCo2AvoidedUg()).isFalse();
            assertThat(hour.hasCo2ExportUg()).isFalse();
            assertThat(hour.hasCo2LocationUg()).isFalse();
            assertThat(hour.getFactorAverage()).isEmpty();
            assertThat(hour.hasCo2Coverage()).isFalse();
            assertThat(hour.getSelfConsumption()).isEqualTo(0.75);

            // 1000 lb/MWh = 453.59237 g/kWh; 0.3 kWh x that = 136,077,711 micrograms
            engine.factor("watttime-CASA/2026-06-15", "{\"point_time\": \"2026-06-15T11:00:00Z\", \"value\": 1000}");
            settle(engine);
            hour = engine.window("1h", START);
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(60 * 136_077_711L);
            assertThat(hour.getFactorAverage()).isEqualTo("watttime-CASA@held,watttime-CASA@measured");
            assertThat(hour.getCause()).isEqualTo("factor");
        }
    }

    @Test
    void an_estimated_point_that_is_measured_later_restates_its_hour_only() {
        try (EngineDriver engine = engine("{average: electricitymaps-MA}")) {
            engine.factor("electricitymaps-MA/11", point(START, 500, true, START));
            sendHour(engine);
            assertThat(engine.window("1h", START).getFactorAverage()).isEqualTo("electricitymaps-MA@estimated");

            engine.factor("electricitymaps-MA/11", point(START, 400, false, NOON));
            settle(engine);
            SiteWindow hour = engine.window("1h", START);
            assertThat(hour.getFactorAverage()).isEqualTo("electricitymaps-MA@measured");
            assertThat(hour.getCo2AvoidedUg()).isEqualTo(60 * 120_000_000L);
            assertThat(hour.getRevision()).isEqualTo(1);

            engine.factor("electricitymaps-MA/old", point(START, 500, true, START));
            settle(engine);
            assertThat(engine.window("1h", START).getRevision()).isEqualTo(1);
        }
    }

    @Test
    void a_malformed_factor_goes_to_the_dead_letters_and_stops_nobody() {
        try (EngineDriver engine = engine("{average: ember-2023}")) {
            engine.factor("ember-2023@4", "{\"id\": ");
            sendHour(engine);
            TestRecord<String, byte[]> dead = engine.output("hg.rejects").readRecord();
            assertThat(dead.key()).isEqualTo("ember-2023@4");
            assertThat(new String(dead.value(), StandardCharsets.UTF_8)).isEqualTo("{\"id\": ");
            assertThat(header(dead, DeadLetter.REASON)).startsWith("is not JSON");
            assertThat(header(dead, DeadLetter.SOURCE)).isEqualTo("hg.factors-0@0");
            assertThat(engine.window("1h", START).getFactorAverage()).isEqualTo("ember-2023@3");
        }
    }

    private static String header(TestRecord<String, byte[]> dead, String name) {
        return new String(dead.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}

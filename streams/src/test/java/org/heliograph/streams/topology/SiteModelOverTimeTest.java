package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices come, move and go while the engine runs; what a moment counted as is what the model says of that moment. */
class SiteModelOverTimeTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long WH = 3_600_000L;
    private static final long A = 100 * WH;
    private static final long B = 7 * WH;
    private static final String HEAD = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it, area: hall-1}
            """;
    private static final String BEFORE = HEAD + "  - {id: pdu-b, profile: rack-pdu, role: it, area: hall-1}\n";

    @TempDir
    private Path state;

    private EngineDriver engine(Instant now, String yaml) {
        return new EngineDriver(state, now, yaml);
    }

    /** From that moment on the second rack PDU is an auxiliary, in another hall. */
    private static String movedAt(Instant moment) {
        return BEFORE + "  - {id: pdu-b, profile: rack-pdu, role: auxiliary, area: hall-2, validFrom: " + moment
                + "}\n";
    }

    /** A reading on each minute from {@code first} to {@code last} minutes after noon. */
    private static void read(EngineDriver engine, String device, long each, int first, int last) {
        for (int minute = first; minute <= last; minute++) {
            long at = NOON.plus(Duration.ofMinutes(minute)).toEpochMilli();
            engine.send(device, new Sampling().register(Point.ENERGY, at, 1000 * each + each * minute));
        }
    }

    private static SiteWindow minute(EngineDriver engine, int afterNoon) {
        return engine.window("1m", NOON.plus(Duration.ofMinutes(afterNoon)));
    }

    @Test
    void a_moved_device_counts_in_each_role_for_its_time() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), movedAt(NOON))) {
            read(engine, "pdu-a", A, -3, 3);
            read(engine, "pdu-b", B, -3, 3);
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(minute(engine, -1).getEnergyIt3Mj()).isEqualTo(A + B);
            assertThat(minute(engine, -1).hasEnergyAuxiliaryMj()).isFalse();
            assertThat(minute(engine, 0).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(minute(engine, 0).getEnergyAuxiliaryMj()).isEqualTo(B);
            assertThat(engine.read("hg.energy", DeviceMinute::parseFrom))
                    .filteredOn(said -> said.getDevice().equals("pdu-b"))
                    .allSatisfy(said -> assertThat(said.getArea())
                            .isEqualTo(said.getStartMs() < NOON.toEpochMilli() ? "hall-1" : "hall-2"));
        }
    }

    @Test
    void a_late_reading_of_before_the_move_counts_in_the_old_role() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), BEFORE)) {
            read(engine, "pdu-a", A, -20, 5);
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.model(movedAt(NOON));
            read(engine, "pdu-b", B, 0, 5);
            read(engine, "pdu-b", B, -20, -1);
            engine.advanceTwice(Duration.ofSeconds(30));

            for (int minute = -20; minute < 0; minute++) {
                assertThat(minute(engine, minute).getEnergyIt3Mj()).isEqualTo(A + B);
                assertThat(minute(engine, minute).hasEnergyAuxiliaryMj()).isFalse();
            }
            assertThat(minute(engine, 2).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(minute(engine, 2).getEnergyAuxiliaryMj()).isEqualTo(B);
        }
    }

    @Test
    void a_move_announced_for_later_takes_effect_then() {
        try (EngineDriver engine = engine(NOON, BEFORE)) {
            engine.model(movedAt(NOON.plusSeconds(120)));
            for (int minute = -1; minute <= 4; minute++) {
                read(engine, "pdu-a", A, minute, minute);
                read(engine, "pdu-b", B, minute, minute);
                engine.advance(Duration.ofMinutes(1));
            }
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(minute(engine, 1).getEnergyIt3Mj()).isEqualTo(A + B);
            assertThat(minute(engine, 2).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(minute(engine, 2).getEnergyAuxiliaryMj()).isEqualTo(B);
        }
    }

    @Test
    void a_move_within_a_minute_counts_from_the_next_minute_on() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), movedAt(NOON.plusSeconds(30)))) {
            read(engine, "pdu-a", A, -1, 2);
            read(engine, "pdu-b", B, -1, 2);
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(minute(engine, 0).getEnergyIt3Mj()).isEqualTo(A + B);
            assertThat(minute(engine, 1).getEnergyIt3Mj()).isEqualTo(A);
        }
    }

    @Test
    void an_added_device_is_expected_from_its_moment_on_and_only_then() {
        try (EngineDriver engine = engine(NOON.plusSeconds(300), HEAD)) {
            engine.model(HEAD + "  - {id: pdu-b, profile: rack-pdu, role: it, validFrom: " + NOON + "}\n");
            read(engine, "pdu-a", A, -5, 5);
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(minute(engine, -1).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(minute(engine, -1).getState()).isEqualTo(WindowState.FINAL);
            assertThat(minute(engine, 1).getState()).as("one of two is silent").isEqualTo(WindowState.PROVISIONAL);
        }
    }

    @Test
    void publishing_a_model_of_another_past_restates_nothing() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), BEFORE)) {
            read(engine, "pdu-a", A, -20, 5);
            read(engine, "pdu-b", B, -20, 5);
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.advanceTwice(Duration.ofMinutes(2));
            Map<String, SiteWindow> published = engine.windows();

            engine.model(BEFORE.replace(
                    "{id: pdu-b, profile: rack-pdu, role: it", "{id: pdu-b, profile: rack-pdu, role: auxiliary"));
            engine.advanceTwice(Duration.ofSeconds(30));

            Map<String, SiteWindow> now = engine.windows();
            assertThat(now.keySet()).isEqualTo(published.keySet());
            published.forEach((name, window) -> {
                SiteWindow still = now.getOrDefault(name, SiteWindow.getDefaultInstance());
                assertThat(still.getEnergyIt3Mj()).isEqualTo(window.getEnergyIt3Mj());
                assertThat(still.getRevision()).isEqualTo(window.getRevision());
            });
        }
    }

    @Test
    void a_late_reading_of_a_device_that_counts_no_energy_any_more_takes_it_out_of_its_minute() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), BEFORE)) {
            read(engine, "pdu-a", A, -5, 5);
            read(engine, "pdu-b", B, -5, 5);
            engine.advanceTwice(Duration.ofSeconds(10));
            assertThat(minute(engine, 2).getEnergyIt3Mj()).isEqualTo(A + B);

            engine.model(BEFORE.replace(
                    "{id: pdu-b, profile: rack-pdu, role: it", "{id: pdu-b, profile: rack-pdu, role: room"));
            long at = NOON.plusSeconds(150).toEpochMilli();
            engine.send("pdu-b", new Sampling().register(Point.ENERGY, at, 1002 * B + B / 2));
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.advanceTwice(Duration.ofMinutes(1));

            assertThat(minute(engine, 2).getEnergyIt3Mj()).isEqualTo(A);
        }
    }

    @Test
    void a_device_gone_from_the_model_stays_in_the_minutes_that_it_was_counted_in() {
        try (EngineDriver engine = engine(NOON.plusSeconds(600), BEFORE)) {
            read(engine, "pdu-b", B, -20, 5);
            read(engine, "pdu-a", A, -20, -10);
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.model(HEAD);
            read(engine, "pdu-a", A, -9, 5);
            engine.advanceTwice(Duration.ofSeconds(30));

            assertThat(minute(engine, 2).getEnergyIt3Mj()).isEqualTo(A + B);
        }
    }

    /** Four racks of which one was away and another is dismantled later: three are left that were heard, of three. */
    @Test
    void a_device_gone_from_the_model_does_not_stand_in_for_one_that_was_not_heard() {
        String grid = HEAD.replace("devices:\n", "devices:\n  - {id: util-1, profile: utility-meter, role: grid}\n");
        String three = grid
                + "  - {id: pdu-b, profile: rack-pdu, role: it}\n"
                + "  - {id: pdu-c, profile: rack-pdu, role: it}\n";
        String gone = "  - {id: pdu-d, profile: rack-pdu, role: it}\n";
        for (String corrected : List.of(three, three + gone.replace("role: it", "role: cooling"))) {
            try (EngineDriver engine = engine(NOON.plusSeconds(600), three + gone)) {
                for (int minute = -20; minute <= 5; minute++) {
                    long at = NOON.plus(Duration.ofMinutes(minute)).toEpochMilli();
                    engine.send(
                            "util-1",
                            new Sampling()
                                    .register(Point.ENERGY_IMPORT, at, 500 * A * (100 + minute))
                                    .register(Point.ENERGY_EXPORT, at, 0));
                }
                read(engine, "pdu-a", A, -20, -15); // its readings at the ends of two minutes come later
                read(engine, "pdu-a", A, -13, 2);
                read(engine, "pdu-a", A, 4, 5);
                read(engine, "pdu-b", A, -20, 5);
                read(engine, "pdu-c", A, -20, -10);
                read(engine, "pdu-d", A, -20, 5);
                engine.advanceTwice(Duration.ofSeconds(10));
                assertThat(minute(engine, -15).getPue3()).isEqualTo(125);
                SiteWindow lacking = minute(engine, 2);
                assertThat(lacking.hasPue3()).isFalse();

                engine.model(corrected);
                for (int end : new int[] {3, -14}) {
                    register(engine, end, 1000 * A + A * end + 30);
                    engine.advanceTwice(Duration.ofSeconds(30));
                    engine.advanceTwice(Duration.ofMinutes(1));
                }

                SiteWindow touched = minute(engine, 2);
                assertThat(touched.getEnergyIt3Mj()).as("it was touched").isEqualTo(3 * A + 30);
                assertThat(touched.hasPue3()).as("pdu-c wasn't heard").isFalse();
                assertThat(touched.getCompleteCoverage()).isZero();
                SiteWindow heard = minute(engine, -15);
                assertThat(heard.getEnergyIt3Mj()).as("all were heard").isEqualTo(4 * A + 30);
                assertThat(heard.hasPue3()).isTrue();
            }
        }
    }

    @Test
    void after_a_change_of_zone_days_are_the_new_zones_and_the_old_day_is_not_said_again() {
        Instant oldDay = Instant.parse("2026-06-14T23:00:00Z");
        Instant newDay = Instant.parse("2026-06-15T00:00:00Z");
        try (EngineDriver engine = engine(NOON.plusSeconds(60), BEFORE)) {
            read(engine, "pdu-a", A, -20, 0);
            read(engine, "pdu-b", B, -20, 0);
            engine.advanceTwice(Duration.ofSeconds(10));
            SiteWindow old = engine.window("1d", oldDay);
            assertThat(old.getEnergyIt3Mj()).isEqualTo(20 * (A + B));

            engine.model(BEFORE.replace("Africa/Casablanca", "UTC"));
            read(engine, "pdu-a", A, 1, 5);
            read(engine, "pdu-b", B, 1, 5);
            engine.advance(Duration.ofMinutes(6));
            engine.advanceTwice(Duration.ofMinutes(2));

            assertThat(engine.window("1d", newDay).getEnergyIt3Mj()).isEqualTo(25 * (A + B));
            assertThat(engine.window("1d", oldDay)).isEqualTo(old);
        }
    }

    /** Days of both zones, which overlap or leave hours between them; and readings of before that come after the change. */
    @ParameterizedTest
    @CsvSource({
        "Africa/Casablanca, UTC",
        "UTC, Africa/Casablanca",
        "UTC, Asia/Kolkata",
        "America/New_York, UTC",
        "UTC, America/New_York",
    })
    void after_a_change_of_zone_month_and_year_have_every_minute_once(String before, String after) {
        ZoneId zone = ZoneId.of(after);
        try (EngineDriver engine = engine(NOON.plusSeconds(60), HEAD.replace("Africa/Casablanca", before))) {
            readQuarterly(engine, -1200, 0);
            engine.advanceTwice(Duration.ofSeconds(10));

            engine.model(HEAD.replace("Africa/Casablanca", after));
            engine.advance(Duration.ofMinutes(16));
            readQuarterly(engine, 15, 15);
            engine.advanceTwice(Duration.ofMinutes(2));
            assertEverywhere(engine, zone, 1215 * A);

            readQuarterly(engine, -2400, -1215);
            engine.advanceTwice(Duration.ofMinutes(2));
            assertEverywhere(engine, zone, 2415 * A);
        }
    }

    private static void readQuarterly(EngineDriver engine, int first, int last) {
        for (int minute = first; minute <= last; minute += 15) {
            register(engine, minute, 10_000 * A + A * minute);
        }
    }

    private static void assertEverywhere(EngineDriver engine, ZoneId zone, long millijoules) {
        for (Window window : List.of(Window.MONTH, Window.YEAR)) {
            assertThat(engine.window(window.label(), window.startOf(NOON, zone)).getEnergyIt3Mj())
                    .as(window.label())
                    .isEqualTo(millijoules);
        }
    }

    @Test
    void a_replay_takes_its_period_however_long_ago_and_passes_over_the_rest() {
        Instant yearsLater = NOON.plus(Duration.ofDays(1000));
        Scope period = new Scope.Period(EngineDriver.SITE, NOON.minusSeconds(600), NOON, Duration.ofMinutes(1));
        try (EngineDriver engine = new EngineDriver(state, yearsLater, HEAD, period)) {
            read(engine, "pdu-a", A, -30, 30);
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(minute(engine, -1).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(minute(engine, -10).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(engine.windows())
                    .doesNotContainKey("1m@" + NOON.plusSeconds(300).toEpochMilli());
            assertThat(engine.output("hg.rejects").isEmpty()).isTrue();
        }
    }

    @Test
    void what_lay_in_the_topic_at_a_reset_is_not_late_and_what_is_older_than_it_knows_is_not_said() {
        Instant now = NOON.plus(Duration.ofHours(60));
        // three readings lay there; the others came after the reset
        Scope restarted = new Scope.Live(NOON.plusSeconds(60), NOON.minusSeconds(60), Map.of(0, 3L), Map.of());
        try (EngineDriver engine = new EngineDriver(state, now, HEAD, restarted)) {
            read(engine, "pdu-a", A, 0, 4);
            engine.advanceTwice(Duration.ofSeconds(10));

            assertThat(engine.windows()).doesNotContainKey("1m@" + NOON.toEpochMilli());
            assertThat(minute(engine, 1).getEnergyIt3Mj()).isEqualTo(A);
            assertThat(engine.output("hg.rejects").getQueueSize()).isEqualTo(2);
        }
    }

    @Test
    void after_a_reset_of_a_young_topic_a_purge_forgets_nothing() {
        Scope.Live all = new Scope.Live(Instant.EPOCH, Instant.EPOCH, Map.of(0, 31L), Map.of());
        Duration age = Duration.between(Instant.EPOCH, NOON);
        for (int hours : new int[] {0, 3}) { // the first are counted back to before 1970
            try (EngineDriver engine = EngineDriver.restarted(state, NOON.plusSeconds(60), HEAD, all, age)) {
                read(engine, "pdu-a", A, -30, 0);
                engine.advanceTwice(Duration.ofSeconds(10));
                engine.advance(Duration.ofHours(hours));
                engine.advance(Duration.ofMinutes(20));
                read(engine, "pdu-a", A, -40, -31);
                engine.advanceTwice(Duration.ofSeconds(10));

                Instant eleven = NOON.minusSeconds(3600);
                assertThat(engine.window("1h", eleven).getEnergyIt3Mj()).isEqualTo(40 * A);
                assertThat(engine.window("1d", Instant.parse("2026-06-14T23:00:00Z"))
                                .getEnergyIt3Mj())
                        .isEqualTo(40 * A);
            }
        }
    }

    @Test
    void a_retired_device_that_sends_on_keeps_the_meaning_of_its_dip() {
        String retired = HEAD.replace("area: hall-1", "area: hall-1, validTo: " + NOON);
        try (EngineDriver engine = engine(NOON.plusSeconds(600), retired)) {
            register(engine, -60, 1_000_000 * WH);
            for (int minute = -59; minute < -30; minute++) {
                register(engine, minute, 0);
            }
            for (int minute = -30; minute <= 0; minute++) {
                register(engine, minute, 1_000_500 * WH);
            }
            engine.advanceTwice(Duration.ofSeconds(10));
            assertThat(allMinutes(engine)).isEqualTo(500 * WH);

            for (int minute = 1; minute <= 5; minute++) {
                register(engine, minute, 1_000_500 * WH);
            }
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.advanceTwice(Duration.ofSeconds(10));
            assertThat(allMinutes(engine)).isEqualTo(500 * WH);
        }
    }

    @Test
    void a_unit_replaced_after_a_pause_books_nothing_of_its_lifetime() {
        String replaced = HEAD.replace("area: hall-1", "area: hall-1, validTo: " + NOON)
                + "  - {id: pdu-a, profile: rack-pdu, role: it, area: hall-1, validFrom: "
                + NOON.plus(Duration.ofHours(2)) + "}\n";
        try (EngineDriver engine = engine(NOON.plus(Duration.ofHours(3)), replaced)) {
            read(engine, "pdu-a", A, -10, -1);
            for (int minute = 66; minute <= 125; minute++) {
                register(engine, minute, 600_000_000 * WH + A * minute);
            }
            engine.advanceTwice(Duration.ofSeconds(10));
            engine.advanceTwice(Duration.ofSeconds(10));
            assertThat(allMinutes(engine)).isEqualTo((9 + 5) * A);
        }
    }

    private static void register(EngineDriver engine, int afterNoon, long millijoules) {
        long at = NOON.plus(Duration.ofMinutes(afterNoon)).toEpochMilli();
        engine.send("pdu-a", new Sampling().register(Point.ENERGY, at, millijoules));
    }

    private static long allMinutes(EngineDriver engine) {
        return engine.windows().entrySet().stream()
                .filter(window -> window.getKey().startsWith("1m@"))
                .mapToLong(window -> window.getValue().getEnergyIt3Mj())
                .sum();
    }
}

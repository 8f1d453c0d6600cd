package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.heliograph.streams.topology.EngineDriver.sent;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Diagnosis;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeterTreeTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant ELEVEN = NOON.minusSeconds(3600);
    private static final long WH = 3_600_000L;

    /** What each meter reads in a minute, in Wh: 1,200 come in, 960 are used by the racks. */
    private static final Map<String, Long> SOUND = Map.of(
            "util-1", 900L, "inv-1", 400L, "ups-a", 1000L, "fpdu-1", 980L, "pdu-a", 480L, "pdu-b", 480L, "crac-1",
            150L);

    private static final long EXPORT = 100;

    @TempDir
    private Path state;

    private final Map<String, Long> registers = new HashMap<>();
    private @Nullable EngineDriver driver;

    private EngineDriver engine(String yaml) {
        EngineDriver engine = new EngineDriver(state, NOON, yaml);
        driver = engine;
        return engine;
    }

    @AfterEach
    void stop() {
        if (driver != null) {
            driver.close();
        }
    }

    private static String tree() {
        return SiteFixture.YAML
                .replace("role: pv,", "role: pv, parent: util-1,")
                .replace("role: ups}", "role: ups, parent: util-1, accuracy: 1}")
                .replace("role: floor-pdu}", "role: floor-pdu, parent: ups-a}")
                .replace("role: it,", "role: it, parent: fpdu-1,")
                .replace("role: cooling}", "role: cooling, parent: util-1}");
    }

    /** Readings of every minute from the one that begins at {@code from}, with some meters reading something else. */
    private void minutes(EngineDriver engine, Instant from, int n, Map<String, Long> wrong) {
        Map<String, Long> perMinute = new HashMap<>(SOUND);
        perMinute.putAll(wrong);
        for (int i = 0; i <= n; i++) {
            long at = from.plusSeconds(60L * i).toEpochMilli();
            boolean first = i == 0;
            perMinute.forEach((device, wh) -> {
                if (wh < 0) {
                    return; // silent
                }
                long energy = registers.merge(device, first ? 0 : wh * WH, Long::sum);
                Sampling sampling = new Sampling();
                if (device.equals("util-1")) {
                    long export = registers.merge("export", first ? 0 : EXPORT * WH, Long::sum);
                    sampling.register(Point.ENERGY_IMPORT, at, energy).register(Point.ENERGY_EXPORT, at, export);
                } else {
                    sampling.register(Point.ENERGY, at, energy);
                }
                engine.send(sent(device, sampling));
            });
        }
        engine.advanceTwice(Duration.ofSeconds(1));
    }

    private static Branch branch(SiteWindow window, String meter) {
        return window.getBranchesList().stream()
                .filter(branch -> branch.getDevice().equals(meter))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> diagnoses(SiteWindow window) {
        return window.getDiagnosesList().stream()
                .map(it -> String.join(" ", it.getRule(), it.getDevice(), it.getSuspect())
                        .replace("  ", " "))
                .toList();
    }

    @Test
    void every_window_says_what_each_branch_leaves_unexplained() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 60, Map.of());
        Map.of("1m", 1L, "15m", 15L, "1h", 60L).forEach((label, minutes) -> {
            SiteWindow window = engine.window(label, ELEVEN);
            assertThat(window.getBranchesList().stream().map(Branch::getDevice))
                    .containsExactly("fpdu-1", "ups-a", "util-1");
            Branch utility = branch(window, "util-1");
            // 900 in, 100 out; below it the UPS, the cooling and, feeding in, the panels
            assertThat(utility.getOwnMj()).isEqualTo(minutes * 800 * WH);
            assertThat(utility.getChildrenMj()).isEqualTo(minutes * (1000 + 150 - 400) * WH);
            assertThat(utility.getRemainderMj()).isEqualTo(minutes * 50 * WH);
            assertThat(branch(window, "ups-a").getRemainderMj()).isEqualTo(minutes * 20 * WH);
            Branch floor = branch(window, "fpdu-1");
            assertThat(floor.getRemainderMj()).isEqualTo(minutes * 20 * WH);
            assertThat(floor.getMatchedMinutes()).isEqualTo(minutes.intValue());
            assertThat(floor.getCoverage()).isEqualTo(1);
            assertThat(floor.getToleranceMj()).isEqualTo(minutes * (980 + 480 + 480) * WH / 100);
            assertThat(window.getDiagnosesList()).isEmpty();
        });
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).isEmpty();
    }

    @Test
    void a_lost_meter_lowers_the_coverage_of_its_branch_and_accuses_nobody() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of("fpdu-1", -1L));
        engine.advance(Duration.ofHours(49));
        engine.advance(Duration.ofSeconds(1));
        SiteWindow quarter = engine.window("15m", ELEVEN);
        assertThat(quarter.getState()).isEqualTo(WindowState.FINAL);
        for (String meter : List.of("fpdu-1", "ups-a")) {
            Branch branch = branch(quarter, meter);
            assertThat(branch.getCoverage()).isZero();
            assertThat(branch.hasRemainderMj()).isFalse();
        }
        assertThat(branch(quarter, "util-1").getCoverage()).isEqualTo(1);
        assertThat(quarter.getDiagnosesList()).isEmpty();
    }

    /** One meter reads something else; the branch that breaks, and the meter that is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a rack PDU booked twice | pdu-a | 960 | fpdu-1 | pdu-a",
                "a UPS booked twice | ups-a | 2000 | util-1 | ups-a",
                "a UPS with one phase turned | ups-a | 333 | ups-a | ups-a",
                "a utility meter with one phase turned | util-1 | 300 | util-1 | util-1",
                "a floor PDU with one phase turned | fpdu-1 | 327 | fpdu-1 | fpdu-1",
            })
    void the_meter_that_is_wrong_is_named(String what, String meter, long wh, String broken, String named) {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 60, Map.of(meter, wh));

        SiteWindow quarter = engine.window("15m", ELEVEN);
        assertThat(diagnoses(quarter)).as(what).contains("children-above-parent " + broken + " " + named);
        assertThat(quarter.getDiagnosesList().stream().map(Diagnosis::getSuspect))
                .as(what)
                .containsOnly(named);
        assertThat(diagnoses(engine.window("1h", ELEVEN))).isEqualTo(diagnoses(quarter));
        for (SiteWindow window : engine.windows().values()) {
            for (double pue : new double[] {window.getPue(), window.getPue1(), window.getPue2(), window.getPue3()}) {
                assertThat(pue == 0 || pue >= 1)
                        .as("PUE %s of %s", pue, window.getWindow())
                        .isTrue();
            }
        }
    }

    @Test
    void a_pue_below_one_is_absent_and_a_diagnosis() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of("pdu-a", 960L));
        SiteWindow quarter = engine.window("15m", ELEVEN);
        assertThat(quarter.hasPue()).isFalse();
        assertThat(quarter.hasPue3()).isFalse();
        assertThat(quarter.getPue1()).isEqualTo(1.2);
        Diagnosis pue = quarter.getDiagnoses(0);
        assertThat(pue.getRule()).isEqualTo("pue-below-one");
        assertThat(pue.getDevice()).isEmpty();
        assertThat(pue.getSuspect()).isEqualTo("pdu-a");
        assertThat(pue.getValueMj()).isEqualTo(15 * (1440 - 1200) * WH);
        assertThat(pue.getText())
                .isEqualTo("PUE3 would be below 1: the IT energy is 3.600 kWh above that of the whole site;"
                        + " most likely wrong: pdu-a");
        Diagnosis branch = quarter.getDiagnoses(1);
        assertThat(branch.getValueMj()).isEqualTo(15 * (1440 - 980) * WH);
        assertThat(branch.getText())
                .isEqualTo("the meters below fpdu-1 read 21.6 kWh, 6.900 kWh more than it does; their accuracy"
                        + " explains 0.363 kWh; most likely wrong: pdu-a");
    }

    @Test
    void without_a_meter_tree_a_pue_below_one_names_the_level_that_is_wrong() {
        EngineDriver engine = engine(SiteFixture.YAML);
        minutes(engine, ELEVEN, 15, Map.of("pdu-a", 960L));
        SiteWindow quarter = engine.window("15m", ELEVEN);
        assertThat(quarter.getBranchesList()).isEmpty();
        assertThat(quarter.getDiagnosesList()).hasSize(1);
        assertThat(quarter.getDiagnoses(0).getText()).endsWith("most likely wrong: the meters in the role it");

        minutes(engine, ELEVEN.plusSeconds(900), 15, Map.of("util-1", 300L));
        assertThat(engine.window("15m", ELEVEN.plusSeconds(900)).getDiagnoses(0).getText())
                .endsWith("most likely wrong: util-1");
    }

    @Test
    void what_accuracy_explains_is_no_diagnosis() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of("pdu-a", 519L)); // 999 of 980, of 1 % each
        assertThat(branch(engine.window("15m", ELEVEN), "fpdu-1").getRemainderMj())
                .isEqualTo(-15 * 19 * WH);
        assertThat(engine.window("15m", ELEVEN).getDiagnosesList()).isEmpty();

        minutes(engine, ELEVEN.plusSeconds(900), 15, Map.of("pdu-a", 521L));
        assertThat(diagnoses(engine.window("15m", ELEVEN.plusSeconds(900))))
                .containsExactly("children-above-parent fpdu-1 ");
    }

    @Test
    void an_alert_is_raised_once_and_cleared_once() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of());
        minutes(engine, ELEVEN.plusSeconds(900), 30, Map.of("fpdu-1", 900L));
        List<Alert> raised = engine.read("hg.alerts", Alert::parseFrom);
        assertThat(raised).hasSize(1);
        assertThat(raised.getFirst().getState()).isEqualTo(AlertState.RAISED);
        assertThat(raised.getFirst().getDevice()).isEqualTo("fpdu-1");
        assertThat(raised.getFirst().getRule()).isEqualTo("children-above-parent");
        assertThat(raised.getFirst().getValue()).isEqualTo(0.9);
        assertThat(raised.getFirst().getTimeMs())
                .isEqualTo(ELEVEN.plusSeconds(900).toEpochMilli());

        minutes(engine, ELEVEN.plusSeconds(2700), 15, Map.of());
        List<Alert> cleared = engine.read("hg.alerts", Alert::parseFrom);
        assertThat(cleared).hasSize(1);
        assertThat(cleared.getFirst().getState()).isEqualTo(AlertState.CLEARED);
        assertThat(cleared.getFirst().getTimeMs())
                .isEqualTo(ELEVEN.plusSeconds(2700).toEpochMilli());
    }

    /** No quarter of it is closed any more, which would tell. */
    @Test
    void what_stands_of_a_site_that_was_withdrawn_is_cleared_a_day_later() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 30, Map.of("fpdu-1", 900L));
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).hasSize(1);
        engine.withdraw();
        engine.advance(Duration.ofMinutes(10));
        engine.advance(Duration.ofHours(23));
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).isEmpty();
        engine.advance(Duration.ofHours(2));
        List<Alert> cleared = engine.read("hg.alerts", Alert::parseFrom);
        assertThat(cleared).hasSize(1);
        assertThat(cleared.getFirst().getState()).isEqualTo(AlertState.CLEARED);
        assertThat(cleared.getFirst().getMessage()).isEqualTo("cleared: nothing has been judged of it for a day");

        engine.advance(Duration.ofHours(48));
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).isEmpty();
    }

    /** Where alerts are told apart by their time, as in InfluxDB, the later one counts. */
    @Test
    void a_site_that_comes_back_in_the_quarter_in_which_its_alert_was_cleared_raises_it_later_than_that() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of("fpdu-1", 900L));
        engine.withdraw();
        engine.advance(Duration.ofMinutes(10));
        engine.advance(Duration.ofHours(25));
        Alert cleared = engine.read("hg.alerts", Alert::parseFrom).getLast();
        assertThat(cleared.getState()).isEqualTo(AlertState.CLEARED);

        engine.model(tree());
        Instant quarter = NOON.plus(Duration.ofHours(25));
        minutes(engine, quarter, 15, Map.of("fpdu-1", 900L));
        engine.advanceTwice(Duration.ofMinutes(6));
        Alert raised = engine.read("hg.alerts", Alert::parseFrom).getLast();
        assertThat(raised.getState()).isEqualTo(AlertState.RAISED);
        assertThat(raised.getTimeMs()).isEqualTo(quarter.toEpochMilli()).isGreaterThan(cleared.getTimeMs());
    }

    @Test
    void what_quarters_judge_stands_for_longer_than_a_day() {
        EngineDriver engine = engine(tree());
        minutes(engine, ELEVEN, 15, Map.of("fpdu-1", 900L));
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).hasSize(1);
        for (int quarter = 1; quarter <= 6; quarter++) {
            engine.advance(Duration.ofHours(5));
            minutes(engine, ELEVEN.plusSeconds(900L * quarter), 15, Map.of("fpdu-1", 900L));
        }
        assertThat(engine.read("hg.alerts", Alert::parseFrom)).isEmpty();
    }
}

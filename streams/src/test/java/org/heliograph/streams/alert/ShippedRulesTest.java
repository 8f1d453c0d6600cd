package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.ClockDoubt;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.heliograph.telemetry.yaml.Flaws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule that ships, from the figures that the engine publishes to what people are told. */
class ShippedRulesTest {
    private static final long MINUTE = 60_000;
    private static final long MILLIJOULES_PER_KILOWATT_MINUTE = 60_000_000;

    /** An hour and a half of trouble, with time enough before and after. */
    private static final int MINUTES = 240;

    private static final int BAD_FROM = 60;
    private static final int BAD_TO = 150;

    private static final AlertRules RULES = AlertRules.shipped(new Flaws());

    /** What is published in a minute, when what the rule watches for is so and when it isn't. */
    private interface Scenario {
        List<Message> at(int minute, boolean isBad);
    }

    private static final Map<String, Scenario> SCENARIOS = Map.ofEntries(
            Map.entry("pue-high", (minute, isBad) -> quarter(minute, isBad ? 1.8 : 1.4)),
            Map.entry("remainder-high", (minute, isBad) -> branch(minute, isBad ? 40 : 8)),
            Map.entry("inlet-above-recommended", (minute, isBad) -> inlet(minute, isBad ? 28 : 24)),
            Map.entry("inlet-below-recommended", (minute, isBad) -> inlet(minute, isBad ? 17 : 22)),
            Map.entry("inlet-above-allowable", (minute, isBad) -> inlet(minute, isBad ? 33 : 24)),
            Map.entry("inlet-below-allowable", (minute, isBad) -> inlet(minute, isBad ? 14 : 22)),
            Map.entry(
                    "crac-alarm",
                    (minute, isBad) -> List.of(device("crac-1", "cooling", minute, at(Point.EVENTS, isBad ? 4 : 0)))),
            Map.entry(
                    "crac-against-others",
                    (minute, isBad) -> List.of(
                            crac("crac-1", minute, 60, 14, 24), crac("crac-2", minute, 0, isBad ? 27 : 22, 24))),
            Map.entry(
                    "crac-uneven",
                    (minute, isBad) -> List.of(
                            crac("crac-1", minute, isBad ? 95 : 40, 14, 24), crac("crac-2", minute, 30, 14, 24))),
            Map.entry(
                    "inverter-fault",
                    (minute, isBad) -> List.of(device("inv-1", "pv", minute, at(Point.STATE, isBad ? 7 : 8)))),
            Map.entry(
                    "inverter-underperforms",
                    (minute, isBad) -> List.of(
                            inverter("inv-1", minute, isBad ? 20 : 40),
                            inverter("inv-2", minute, 40),
                            inverter("inv-3", minute, 41))),
            Map.entry("import-while-export", (minute, isBad) -> List.of(meter(minute, 10, isBad ? 5 : 0))),
            Map.entry(
                    "leak",
                    (minute, isBad) -> List.of(device("leak-1", "room", minute, at(Point.LEAK, isBad ? 1 : 0)))),
            Map.entry(
                    "breaker-open",
                    (minute, isBad) -> List.of(device("pdu-1", "it", minute, at(Point.BREAKER, isBad ? 1 : 0)))),
            Map.entry("device-silent", ShippedRulesTest::silence),
            Map.entry("packs-missing", (minute, isBad) -> List.of(missing(minute, isBad ? 3 : 0))),
            Map.entry(
                    "readings-late",
                    (minute, isBad) -> List.of(live(minute, isBad ? -600 : -1).build())),
            Map.entry(
                    "agent-backlog",
                    (minute, isBad) -> List.of(live(minute, 0)
                            .addAgents(agent().setBacklogMs(isBad ? 900_000 : 500))
                            .build())),
            Map.entry(
                    "canary-late",
                    (minute, isBad) -> List.of(live(minute, 0)
                            .addCanaries(Canary.newBuilder()
                                    .setDevice("edge-1")
                                    .setSungMs(((isBad ? BAD_FROM : minute) + 1_000) * MINUTE)
                                    .setTravelMs(20))
                            .build())),
            Map.entry(
                    "agent-clock",
                    (minute, isBad) -> List.of(live(minute, 0)
                            .addAgents(isBad ? agent().setClock(ClockDoubt.UNKEPT) : agent())
                            .build())),
            Map.entry("device-clock-behind", ShippedRulesTest::behind),
            Map.entry(
                    "site-model-refused",
                    (minute, isBad) -> List.of(
                            isBad
                                    ? live(minute, 0)
                                            .setModelRefused("devices: are missing")
                                            .build()
                                    : live(minute, 0).build())),
            Map.entry(
                    "clock-ahead",
                    (minute, isBad) -> List.of(live(minute, isBad ? 30 : 0).build())));

    static Stream<String> all() {
        return RULES.rules().stream().map(AlertRule::name);
    }

    /** Without the one that is judged by the clock, of which {@link AlertWatchTest} tells. */
    static Stream<String> rules() {
        return RULES.rules().stream()
                .filter(rule -> rule.watch() != Watch.FIGURES_AGE)
                .map(AlertRule::name);
    }

    @Test
    void each_of_them_is_tried_here() {
        assertThat(rules()).containsExactlyInAnyOrderElementsOf(SCENARIOS.keySet());
    }

    @ParameterizedTest
    @MethodSource("all")
    void the_page_has_a_french_name_for_it(String rule) throws Exception {
        try (InputStream words = ShippedRulesTest.class.getResourceAsStream("/heliograph/page/words.js")) {
            assertThat(new String(words.readAllBytes(), StandardCharsets.UTF_8)).contains("  '" + rule + "': '");
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_rule_tells_once_when_it_begins_and_once_when_it_ends(String rule) throws Exception {
        assertThat(course(rule, said(story(rule)))).containsExactly(AlertState.RAISED, AlertState.CLEARED);
    }

    /** As the watch is restarted: it recalls what was said, and reads again as much as the longest rule looks back. */
    @ParameterizedTest
    @MethodSource("rules")
    void restarts_at_any_moment_make_it_tell_nothing_twice_and_forget_nothing(String rule) throws Exception {
        List<Message> story = story(rule);
        List<Alert> undisturbed = said(story);
        int perMinute = story.size() / MINUTES + 1;
        int back = (int) RULES.longestHold().plus(Duration.ofMinutes(5)).toMinutes() * perMinute;
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Alert> said = new ArrayList<>();
            Telling telling = new Telling(said);
            int next = 0;
            int until = story.size() / 8;
            while (next < story.size()) {
                telling.take(story.get(next++), said);
                if (next >= until && next < story.size()) {
                    until = next + 1 + random.nextInt(story.size() / 4);
                    next = Math.max(0, next - back);
                    telling = new Telling(said);
                }
            }
            assertThat(said).as("seed " + seed).isEqualTo(undisturbed);
        }
    }

    @Test
    void a_restart_says_nothing_new_of_a_device_that_was_never_heard() throws Exception {
        List<Alert> said = new ArrayList<>();
        Telling before = new Telling(said);
        for (int minute = 0; minute < 60; minute++) {
            before.take(neverHeard(minute), said);
        }
        assertThat(course("device-silent", said)).containsExactly(AlertState.RAISED);

        Telling after = new Telling(said);
        for (int minute = 20; minute < 120; minute++) { // it reads again what is younger than its memory
            after.take(neverHeard(minute), said);
        }
        assertThat(course("device-silent", said)).containsExactly(AlertState.RAISED);

        for (int minute = 120; minute < 125; minute++) {
            after.take(live(minute, 0).build(), said);
        }
        assertThat(course("device-silent", said)).containsExactly(AlertState.RAISED, AlertState.CLEARED);
    }

    private static SiteLive neverHeard(int minute) {
        return live(minute, 0)
                .setDevicesStale(1)
                .addSilent(SilentDevice.newBuilder().setDevice("pdu-1"))
                .build();
    }

    /** Packs that never came are missing for ever; restarts may come between, and at any moment. */
    @Test
    void a_second_loss_of_the_same_agent_is_told() throws Exception {
        int day = 24 * 60;
        List<Message> story = new ArrayList<>();
        for (int minute = 0; minute < 4 * day; minute++) {
            story.add(missing(minute, minute < 60 ? 5 : minute < 2 * day ? 8 : 9));
        }
        assertThat(course("packs-missing", said(story)))
                .containsExactly(AlertState.RAISED, AlertState.CLEARED, AlertState.RAISED, AlertState.CLEARED);

        int back = (int) RULES.longestHold().plus(Duration.ofMinutes(5)).toMinutes();
        for (long seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            List<Alert> said = new ArrayList<>();
            for (int next = 0; next < story.size(); next = Math.max(0, next - back)) {
                Telling telling = new Telling(said);
                int until = Math.min(story.size(), next + back + 1 + random.nextInt(day));
                while (next < until) {
                    telling.take(story.get(next++), said);
                }
                if (next == story.size()) {
                    break;
                }
            }
            assertThat(course("packs-missing", said))
                    .as("seed " + seed)
                    .containsExactly(AlertState.RAISED, AlertState.CLEARED, AlertState.RAISED, AlertState.CLEARED);
        }
    }

    private static SiteLive missing(int minute, long packs) {
        return live(minute, 0)
                .addLosses(AgentLoss.newBuilder()
                        .setAgent("edge-1")
                        .setExpected(900)
                        .setMissing(packs))
                .build();
    }

    /** Observer and judge, as the watch has them together. */
    private static final class Telling {
        private final Observer observer = new Observer(RULES.longestHold());
        private final Judge judge = new Judge(RULES, observer.inventory());

        Telling(List<Alert> recalled) throws Exception {
            observer.model(site());
            recalled.forEach(judge::recall);
            observer.recall(judge);
        }

        void take(Message figure, List<Alert> said) {
            List<Observation> seen = switch (figure) {
                case DeviceMinute minute -> observer.of(minute);
                case SiteWindow window -> observer.of(window);
                case SiteLive live -> observer.of(live, judge.alerted(live.getSite()));
                default -> throw new IllegalArgumentException(figure.getClass().getName());
            };
            seen.forEach(one -> said.addAll(judge.observe(one)));
        }
    }

    private static List<Alert> said(List<Message> story) throws Exception {
        List<Alert> said = new ArrayList<>();
        Telling telling = new Telling(List.of());
        story.forEach(figure -> telling.take(figure, said));
        return said;
    }

    private static List<AlertState> course(String rule, List<Alert> said) {
        return said.stream()
                .filter(alert -> alert.getRule().equals(rule))
                .map(Alert::getState)
                .toList();
    }

    private static List<Message> story(String rule) {
        Scenario scenario = SCENARIOS.getOrDefault(rule, (_, _) -> List.of());
        List<Message> story = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
            story.addAll(scenario.at(minute, minute >= BAD_FROM && minute < BAD_TO));
        }
        return story;
    }

    private static SiteModel site() throws Exception {
        return SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: "inv-{1..3}", profile: pv-inverter, role: pv, rating: 50 kW, area: roof}
                """);
    }

    private static DeviceMinute.Builder minuteOf(String device, String role, int minute) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setRole(role)
                .setArea(role.equals("pv") ? "roof" : "hall-1")
                .setStartMs(minute * MINUTE)
                .setCoverage(1);
    }

    private static PointStatistics at(Point point, double value) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMin(value)
                .setMax(value)
                .setMean(value)
                .setLast(value)
                .setCount(6)
                .build();
    }

    private static DeviceMinute device(String device, String role, int minute, PointStatistics... points) {
        return minuteOf(device, role, minute).addAllPoints(List.of(points)).build();
    }

    private static List<Message> inlet(int minute, double celsius) {
        return List.of(device("rack-1", "room", minute, at(Point.INLET_TEMP, celsius)));
    }

    private static DeviceMinute crac(String device, int minute, double demand, double supply, double back) {
        return device(
                device,
                "cooling",
                minute,
                at(Point.COOLING_DEMAND, demand),
                at(Point.SUPPLY_TEMP, supply),
                at(Point.RETURN_TEMP, back));
    }

    private static DeviceMinute inverter(String device, int minute, long kilowatts) {
        return minuteOf(device, "pv", minute)
                .setEnergyMj(kilowatts * MILLIJOULES_PER_KILOWATT_MINUTE)
                .build();
    }

    private static DeviceMinute meter(int minute, long imported, long exported) {
        return minuteOf("util-1", "grid", minute)
                .setEnergyMj(imported - exported)
                .addEnergy(PointEnergy.newBuilder()
                        .setPoint(Point.ENERGY_IMPORT.number())
                        .setMillijoules(imported))
                .addEnergy(PointEnergy.newBuilder()
                        .setPoint(Point.ENERGY_EXPORT.number())
                        .setMillijoules(exported))
                .build();
    }

    private static List<Message> quarter(int minute, double pue) {
        return minute % 15 != 0
                ? List.of()
                : List.of(SiteWindow.newBuilder()
                        .setSite("casa1")
                        .setWindow("15m")
                        .setStartMs((minute - 15) * MINUTE)
                        .setEndMs(minute * MINUTE)
                        .setState(WindowState.FINAL)
                        .setCoverage(1)
                        .setPue(pue)
                        .build());
    }

    private static List<Message> branch(int minute, long remainderPercent) {
        return quarter(minute, 1.4).stream()
                .map(SiteWindow.class::cast)
                .<Message>map(window -> window.toBuilder()
                        .setEnergyDcMj(100)
                        .addBranches(Branch.newBuilder()
                                .setDevice("util-1")
                                .setRemainderMj(remainderPercent)
                                .setCoverage(1))
                        .build())
                .toList();
    }

    /** @param aheadSeconds by how much the newest reading is ahead of the clock */
    private static SiteLive.Builder live(int minute, long aheadSeconds) {
        long timeMillis = (minute + 1_000) * MINUTE;
        return SiteLive.newBuilder()
                .setSite("casa1")
                .setTimeMs(timeMillis)
                .setLatestReadingMs(timeMillis + aheadSeconds * 1_000);
    }

    private static AgentHeard.Builder agent() {
        return AgentHeard.newBuilder().setAgent("edge-1");
    }

    /** An hour behind, and heard in each minute. */
    private static List<Message> behind(int minute, boolean isBehind) {
        SiteLive.Builder live = live(minute, 0);
        if (isBehind) {
            live.setDevicesStale(1)
                    .addSilent(SilentDevice.newBuilder()
                            .setDevice("pdu-1")
                            .setLastMs((minute - 60 + 1_000) * MINUTE)
                            .setHeardMs((minute + 1_000) * MINUTE)
                            .setBehindMs(60 * MINUTE));
        }
        return List.of(live.build());
    }

    private static List<Message> silence(int minute, boolean isSilent) {
        SiteLive.Builder live = live(minute, 0);
        if (isSilent) {
            live.setDevicesStale(1)
                    .addSilent(SilentDevice.newBuilder().setDevice("pdu-1").setLastMs((BAD_FROM - 1 + 1_000) * MINUTE));
        }
        return List.of(live.build());
    }
}

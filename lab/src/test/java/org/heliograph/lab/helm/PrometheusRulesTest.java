package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.lab.server.VictoriaMetrics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules for Prometheus, asked of a server that speaks its language: VictoriaMetrics. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrometheusRulesTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String STREAMS =
            "job=\"heliograph-metrics\",namespace=\"%1$s\",pod=\"%2$s\",instance=\"10.0.%1$s.%2$s\"";

    /** Two installations that are well, and at another time two that are not; at a third nobody is heard. */
    private final Instant well = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofHours(1));

    private final Instant unwell = well.minus(Duration.ofDays(2));
    private final Instant gone = well.minus(Duration.ofDays(9));

    private VictoriaMetrics store;

    record Rule(String name, String expression, String summary) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A metric over minutes before the moment: what it rises by in an hour, up to its value then. */
    private record Course(String metric, String labels, double rise, double value, int minutes) {
        Course(String metric, String labels, double rise, double value) {
            this(metric, labels, rise, value, 60);
        }

        void write(StringBuilder text, Instant moment) {
            for (int minute = minutes; minute >= 0; minute--) {
                text.append(metric).append('{').append(labels).append("} ").append(value - rise * minute / 60);
                text.append(' ')
                        .append(moment.minusSeconds(60L * minute).toEpochMilli())
                        .append('\n');
            }
        }
    }

    @BeforeAll
    void scrape(@TempDir Path folder) {
        assumeTrue(VictoriaMetrics.available(), "victoria-metrics isn't installed");
        store = VictoriaMetrics.start(folder);
        StringBuilder text = new StringBuilder();
        for (String installation : List.of("1", "2")) {
            courses(installation, false).forEach(course -> course.write(text, well));
            courses(installation, true).forEach(course -> course.write(text, unwell));
        }
        for (Instant moment : List.of(well, unwell)) {
            level("heliograph_alerts_leading", "job=\"heliograph-casa1\",instance=\"a:9465\"", 1)
                    .write(text, moment);
            level(
                            "heliograph_alerts_leading",
                            "job=\"heliograph-oujda1\",instance=\"b:9465\"",
                            moment.equals(well) ? 1 : 0)
                    .write(text, moment);
        }
        for (Instant moment : List.of(well, unwell)) {
            courses(moment).forEach(course -> course.write(text, moment.minus(Duration.ofDays(1))));
        }
        store.scraped(text.toString());
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (store.series("up", well).size() < 8 || store.series("up", unwell).size() < 8) {
            assertThat(System.nanoTime()).as("what was scraped shows up").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    @AfterAll
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_rule_is_silent_while_two_installations_are_well(Rule rule) {
        assertThat(store.series(rule.expression(), well)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_rule_fires_when_something_is_wrong_and_names_what_its_summary_tells(Rule rule) {
        boolean ofWhatIsGone = rule.expression().startsWith("absent(");
        List<Map<String, String>> firing = store.series(rule.expression(), ofWhatIsGone ? gone : unwell);
        assertThat(firing).isNotEmpty();
        if (!ofWhatIsGone) {
            assertThat(firing).hasSizeGreaterThan(1);
            if (rule.summary().contains("$labels.agent")) {
                assertThat(firing).extracting(labels -> labels.get("agent")).contains("edge-1", "edge-2");
            }
            if (rule.summary().contains("$labels.pod")) {
                assertThat(firing)
                        .allSatisfy(labels -> assertThat(labels)
                                .containsAnyOf(
                                        Map.entry("pod", "a"),
                                        Map.entry("pod", "b"),
                                        Map.entry("job", "heliograph-agents")));
            }
            if (rule.summary().contains("$labels.reason")) {
                assertThat(firing).allSatisfy(labels -> assertThat(labels).containsKey("reason"));
            }
        }
    }

    @Test
    void each_part_that_is_gone_is_told() {
        assertThat(rules())
                .filteredOn(rule -> rule.expression().startsWith("absent("))
                .extracting(Rule::name)
                .containsExactlyInAnyOrder(
                        "HeliographEngineGone",
                        "HeliographSinkGone",
                        "HeliographPageGone",
                        "HeliographAlertsGone",
                        "HeliographAgentsGone");
    }

    /** What is refused at once, and never again, has made a series that doesn't rise. */
    @Test
    void the_first_refusal_for_a_reason_is_told_too() {
        assertThat(store.series(expression("HeliographDevicesRefused"), unwell))
                .extracting(labels -> labels.get("agent") + ": " + labels.get("reason"))
                .containsExactlyInAnyOrder(
                        "edge-1: no point", "edge-2: no point", "edge-1: too large", "edge-2: too large");
    }

    /** Where no namespace tells them apart: one that two judge doesn't stand in for one that nobody does. */
    @Test
    void installations_that_differ_in_their_job_are_told_apart() {
        assertThat(store.series(expression("HeliographNobodyJudges"), unwell))
                .extracting(labels -> labels.get("job"))
                .contains("heliograph-oujda1")
                .doesNotContain("heliograph-casa1");
    }

    private static String expression(String name) {
        return rules().stream()
                .filter(rule -> rule.name().equals(name))
                .map(Rule::expression)
                .collect(Collectors.joining());
    }

    static List<Rule> rules() {
        try {
            return rules(new YAMLMapper()
                    .readTree(Chart.FOLDER
                            .resolve("examples/prometheus-rules.yaml")
                            .toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Rule> rules(JsonNode file) {
        return file.path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> new Rule(
                        rule.path("alert").asText(),
                        rule.path("expr").asText(),
                        rule.at("/annotations/summary").asText()))
                .toList();
    }

    private List<Course> courses(String installation, boolean wrong) {
        String one = STREAMS.formatted(installation, "a");
        String other = STREAMS.formatted(installation, "b");
        String agent = "job=\"heliograph-agents\",instance=\"board-%s:9464\"".formatted(installation);
        String named = agent + ",agent=\"edge-" + installation + "\",version=\"1\"";
        double seconds = (double) (wrong ? unwell : well).getEpochSecond();
        double up = wrong ? 0 : 1;
        double fault = 1 - up;
        return List.of(
                level("up", one, up),
                level("up", other, up),
                level("up", agent, up),
                level("up", agent.replace("board", "spare"), up),
                new Course("process_start_time_seconds", one, fault * 3_600, seconds),
                new Course("process_start_time_seconds", agent, 0, seconds),
                level("heliograph_page_live_age_seconds", one, wrong ? 600 : 1),
                level("heliograph_alerts_leading", one, up),
                level("heliograph_alerts_leading", other, 0),
                level("heliograph_alerts_receiver_up", one + ",receiver=\"webhook\"", up),
                new Course("heliograph_alerts_refused_total", one + ",receiver=\"mqtt\"", fault * 60, 100),
                level("heliograph_engine_running", one, up),
                new Course("heliograph_engine_lag_records", one, fault * 50_000, 20_000),
                new Course("heliograph_engine_refused_total", one + ",reason=\"unknown-device\"", fault * 60, 100),
                level("heliograph_canary_age_seconds", one, wrong ? 300 : 3),
                level("heliograph_sink_up", one, up),
                level("heliograph_sink_up", other, 1),
                new Course("heliograph_sink_lag_records", other, fault * 50_000, 20_000),
                new Course("heliograph_sink_rejected_total", one, fault * 60, 100),
                level("heliograph_page_feed_up", one, up),
                level("heliograph_agent_build_info", named, 1),
                level("heliograph_agent_uplink_reachable", agent, up),
                level("heliograph_agent_source_connected", agent + ",source=\"mqtt\"", up),
                level("heliograph_agent_source_denials", agent + ",source=\"mqtt\"", fault),
                new Course("heliograph_agent_sessions_lost_total", agent + ",source=\"mqtt\"", fault * 60, 100),
                level("heliograph_agent_dead_letters_wait", agent, fault),
                level("heliograph_agent_config_refused", agent, fault),
                level("heliograph_agent_uplink_lag_seconds", agent, wrong ? 4000 : 1),
                level("heliograph_agent_journal_bytes", agent, wrong ? 300 : 10),
                level("heliograph_agent_journal_capacity_bytes", agent, 512),
                level("heliograph_agent_journal_writing", agent, up),
                new Course("heliograph_agent_journal_errors_total", agent, fault * 60, 100),
                level("heliograph_agent_journal_damaged_total", agent, 100),
                new Course("heliograph_agent_turned_away_total", agent + ",source=\"mqtt\"", fault * 60, 100),
                new Course("heliograph_agent_refused_total", agent + ",reason=\"no point\"", fault * 60, 100),
                new Course("heliograph_agent_refused_total", agent + ",reason=\"too large\"", 0, 400, wrong ? 10 : 60),
                level("heliograph_agent_devices_silent", agent, fault * 7),
                level("heliograph_agent_canary_delivered_seconds", agent, seconds - (wrong ? 900 : 2)),
                level("heliograph_agent_canary_travel_seconds", agent, wrong ? 30 : 0.1));
    }

    /** The agents a day before, at other addresses. */
    private List<Course> courses(Instant moment) {
        return Stream.of("1", "2")
                .flatMap(installation -> {
                    String agent = "job=\"heliograph-agents\",instance=\"former-%s:9464\"".formatted(installation);
                    return Stream.of(
                            level(
                                    "heliograph_agent_build_info",
                                    agent + ",agent=\"edge-" + installation + "\",version=\"1\"",
                                    1),
                            level("heliograph_agent_journal_damaged_total", agent, moment.equals(well) ? 100 : 99));
                })
                .toList();
    }

    private static Course level(String metric, String labels, double value) {
        return new Course(metric, labels, 0, value);
    }
}

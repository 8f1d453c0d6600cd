package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.telemetry.site.SiteFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told to look at is what there is: {@code docs/operate.md}, {@code alerts.md}, {@code metrics.md}. */
class OperationGuideTest {
    private static final Path GUIDE = Chart.REPOSITORY.resolve("docs/operate.md");
    private static final Path ALERTS = Chart.REPOSITORY.resolve("docs/alerts.md");
    private static final Path METRICS = Chart.REPOSITORY.resolve("docs/metrics.md");
    private static final Path DEVICES = Chart.REPOSITORY.resolve("docs/devices.md");
    private static final Path INSTALLATION = Chart.REPOSITORY.resolve("docs/install.md");

    /** As the programs' sources name their metrics. */
    private static final Pattern OF_THE_AGENT = Pattern.compile("PREFIX \\+ \"([a-z_]+)\"");

    private static final Pattern OF_STREAMS = Pattern.compile("(?:gauge|counter)\\(\\s*PREFIX \\+ \"([a-z_]+)\"");
    private static final Pattern OF_THE_PROCESS = Pattern.compile("\"((?:process|jvm)_[a-z_]+)\"");
    private static final Pattern DIAGNOSIS = Pattern.compile("\"([a-z]+(?:-[a-z]+)+)\"");
    private static final Pattern NAME = Pattern.compile("(?:heliograph|process|jvm)_[a-z_]+");
    private static final Pattern TOLD = Pattern.compile("`((?:heliograph|process|jvm)_[a-z_]+)`");

    /** As a row names a rule, its severity, and when it is raised. */
    private static final Pattern RULE = Pattern.compile("\\| `(Heliograph[A-Za-z]+)` \\| [a-z]+ \\| ([^|]*) \\|");

    @Test
    void every_metric_is_told_with_what_to_do_and_none_that_is_not_there() throws Exception {
        Set<String> exposed = exposed();
        assertThat(exposed).as("the sources are read").hasSizeGreaterThan(30);
        assertThat(told(Files.readString(METRICS))).containsAll(exposed);
        assertThat(told(guide() + Files.readString(ALERTS) + Files.readString(METRICS)))
                .isSubsetOf(exposed);
    }

    @Test
    void each_rule_is_told_once_by_the_metrics_that_it_watches() throws Exception {
        Map<String, Set<String>> watched = prometheus().stream()
                .collect(Collectors.toMap(
                        rule -> rule.path("alert").asText(),
                        rule -> watched(rule.path("expr").asText())));
        Map<String, Set<String>> told = RULE.matcher(Files.readString(METRICS))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> told(row.group(2))));

        assertThat(told).isEqualTo(watched);
    }

    /** All metrics of an expression, but for the one that only joins the agent's name to them. */
    private static Set<String> watched(String expression) {
        Set<String> names =
                NAME.matcher(expression).results().map(MatchResult::group).collect(Collectors.toSet());
        if (names.size() > 1) {
            names.remove("heliograph_agent_build_info");
        }
        return names;
    }

    private static Set<String> told(String text) {
        return TOLD.matcher(text).results().map(told -> told.group(1)).collect(Collectors.toSet());
    }

    /** Who is woken by one finds it under the heading that its runbook names. */
    @Test
    void each_rule_for_prometheus_is_told_with_its_severity_where_its_runbook_says() throws Exception {
        assertThat(prometheus()).hasSizeGreaterThan(20).allSatisfy(rule -> {
            String name = rule.path("alert").asText();
            String runbook = rule.at("/annotations/runbook").asText();
            assertThat(runbook).as(name).startsWith("docs/metrics.md#alerts-");
            assertThat(section(runbook.substring(runbook.indexOf('#'))))
                    .as(name)
                    .contains(
                            "| `" + name + "` | " + rule.at("/labels/severity").asText() + " |");
        });
    }

    private static List<JsonNode> prometheus() throws IOException {
        return new YAMLMapper()
                .readTree(Chart.FOLDER.resolve("examples/prometheus-rules.yaml").toFile())
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
    }

    /** What stands in the page on metrics under a heading, by its anchor. */
    private static String section(String anchor) throws IOException {
        StringBuilder section = new StringBuilder();
        boolean isIn = false;
        for (String line : Files.readAllLines(METRICS)) {
            if (line.startsWith("#")) {
                isIn = anchor.equals("#"
                        + line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'));
            } else if (isIn) {
                section.append(line).append('\n');
            }
        }
        return section.toString();
    }

    private static Set<String> exposed() throws IOException {
        Path agent = Path.of("agent/src/main/java/org/heliograph/agent/Metrics.java");
        Set<String> exposed = new TreeSet<>();
        found(OF_THE_AGENT, agent).forEach(name -> exposed.add("heliograph_agent_" + name));
        found(OF_THE_PROCESS, Path.of("telemetry/src/main/java/org/heliograph/telemetry/Exposition.java"))
                .forEach(exposed::add);
        found(OF_STREAMS, Path.of("streams/src/main/java/org/heliograph/streams/PartFigures.java"))
                .forEach(name -> exposed.add("heliograph_" + name));
        return exposed;
    }

    @Test
    void every_shipped_rule_is_told_with_its_severity(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("streams.yaml"), "kafka: {bootstrap: \"kafka:9092\"}\n");
        List<String> rules = StreamsSettings.read(config).alerts().rules().rules().stream()
                .map(rule -> "| `" + rule.name() + "` | " + rule.severity() + " |")
                .toList();
        assertThat(rules).hasSizeGreaterThan(10);
        assertThat(Files.readString(ALERTS)).contains(rules);
        List<String> ofTheEngine = found(
                        DIAGNOSIS, Path.of("streams/src/main/java/org/heliograph/streams/indicator/Diagnosis.java"))
                .map(name -> "| `" + name + "` | warning |")
                .toList();
        assertThat(ofTheEngine).hasSizeGreaterThan(1);
        assertThat(Files.readString(ALERTS)).contains(ofTheEngine);
    }

    /** The files that the installation guide has somebody write are read by the programs that they are for. */
    @Test
    void the_files_of_the_installation_guide_are_right(@TempDir Path folder) throws Exception {
        String guide = Files.readString(INSTALLATION);
        Files.writeString(folder.resolve("site.yaml"), example(guide, "site: lyon1\nzone:"));
        Files.writeString(folder.resolve("factors.yaml"), example(guide, "factors:\n  - {id:"));
        Files.writeString(folder.resolve("page-token"), "0123456789abcdef0123456789abcdef\n");
        Path streams = Files.writeString(
                folder.resolve("streams.yaml"), example(guide, "kafka: {bootstrap: \"localhost:9092\"}"));
        Path agent = Files.writeString(folder.resolve("agent.yaml"), example(guide, "agent: edge-1"));

        assertThat(StreamsSettings.read(streams).sites())
                .singleElement()
                .satisfies(site -> assertThat(site.model().devices()).hasSize(3));
        assertThat(AgentFile.read(agent).agent()).isEqualTo("edge-1");
    }

    /** Who follows one page after the other pastes the line of the second into the file of the first. */
    @Test
    void the_first_device_fits_into_the_site_of_the_installation_guide() throws Exception {
        String site = example(Files.readString(INSTALLATION), "site: lyon1\nzone:");
        String line = Files.readString(DEVICES)
                .lines()
                .filter(one -> one.startsWith("  - {id: pdu-a01a, "))
                .findFirst()
                .orElseThrow();

        assertThat(SiteFile.parse("site.yaml", site + line.replace("pdu-a01a", "pdu-a01b") + "\n")
                        .devices())
                .hasSize(4);
        assertThat(Files.readString(INSTALLATION)).contains("`pdu-a01a` is in your model since step 5");
    }

    /** From its beginning to the end of the block, without the indentation of the list that it is in. */
    private static String example(String guide, String beginning) {
        String text = guide.lines().map(line -> line.replaceFirst("^   ", "")).collect(Collectors.joining("\n"));
        int from = text.indexOf(beginning);
        assertThat(from).as(beginning).isPositive();
        return text.substring(from, text.indexOf("```", from));
    }

    /** What Kubernetes doesn't do by itself, and what has no second copy. */
    @Test
    void what_somebody_has_to_do_when_a_node_or_kafka_is_lost_is_told_as_commands() throws Exception {
        assertThat(guide())
                .contains("kubectl delete node ", "node.kubernetes.io/out-of-service")
                .contains("delete pvc state-heliograph-engine-1 --wait=false")
                .contains("for topic in hg.kpi hg.sites hg.factors; do")
                .contains("kcat -P -b kafka:9092 -t hg.sites");
    }

    /** Two installations may share a namespace: what is deleted by a label is one's own. */
    @Test
    void what_is_deleted_by_a_label_is_of_one_release() throws Exception {
        assertThat(Pattern.compile("delete \\S+ -l ([^\\s`]+)").matcher(guide()).results())
                .extracting(deleted -> deleted.group(1))
                .isNotEmpty()
                .allSatisfy(labels -> assertThat(labels).contains("app.kubernetes.io/instance=heliograph,"));
    }

    private static String guide() throws IOException {
        return Files.readString(GUIDE);
    }

    private static Stream<String> found(Pattern pattern, Path source) throws IOException {
        return pattern.matcher(Files.readString(Chart.REPOSITORY.resolve(source)))
                .results()
                .map(match -> match.group(1));
    }
}

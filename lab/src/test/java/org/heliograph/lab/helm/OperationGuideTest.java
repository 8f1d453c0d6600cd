package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.streams.config.StreamsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told to look at is what there is: {@code docs/operate.md}. */
class OperationGuideTest {
    private static final Path GUIDE = Chart.REPOSITORY.resolve("docs/operate.md");

    /** As the programs' sources name their metrics. */
    private static final Pattern OF_THE_AGENT = Pattern.compile("PREFIX \\+ \"([a-z_]+)\"");

    private static final Pattern OF_STREAMS = Pattern.compile("(?:gauge|counter)\\(\\s*\"([a-z_]+)\"");
    private static final Pattern OF_THE_PROCESS = Pattern.compile("\"((?:process|jvm)_[a-z_]+)\"");
    private static final Pattern DIAGNOSIS = Pattern.compile("\"([a-z]+(?:-[a-z]+)+)\"");
    private static final Pattern NAME = Pattern.compile("heliograph_[a-z_]+");
    private static final Pattern TOLD = Pattern.compile("`((?:heliograph|process|jvm)_[a-z_]+)`");

    @Test
    void every_metric_is_told_with_what_to_do_and_none_that_is_not_there() throws Exception {
        Set<String> exposed = exposed();
        assertThat(exposed).as("the sources are read").hasSizeGreaterThan(30);
        assertThat(TOLD.matcher(guide()).results().map(told -> told.group(1)).collect(Collectors.toSet()))
                .containsAll(exposed)
                .isSubsetOf(exposed);
    }

    @Test
    void what_the_guide_calls_an_alert_prometheus_is_told_to_watch() throws Exception {
        String rules = Files.readString(Chart.FOLDER.resolve("examples/prometheus-rules.yaml"));
        Set<String> watched = NAME.matcher(rules.lines()
                        .filter(line -> line.strip().startsWith("expr:"))
                        .collect(Collectors.joining("\n")))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
        assertThat(watched).isSubsetOf(exposed()).hasSizeGreaterThan(15);
        List<String> told = guide().lines()
                .filter(line -> line.startsWith("| `heliograph_") && line.contains(" alert: "))
                .toList();
        assertThat(told)
                .hasSizeGreaterThan(15)
                .allSatisfy(row -> assertThat(NAME.matcher(row).results())
                        .as(row)
                        .anyMatch(name -> watched.contains(name.group())));
    }

    private static Set<String> exposed() throws IOException {
        Path agent = Path.of("agent/src/main/java/org/heliograph/agent/Metrics.java");
        Set<String> exposed = new TreeSet<>();
        found(OF_THE_AGENT, agent).forEach(name -> exposed.add("heliograph_agent_" + name));
        found(OF_THE_PROCESS, agent).forEach(exposed::add);
        found(OF_STREAMS, Path.of("streams/src/main/java/org/heliograph/streams/Parts.java"))
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
        assertThat(guide()).contains(rules);
        List<String> ofTheEngine = found(
                        DIAGNOSIS, Path.of("streams/src/main/java/org/heliograph/streams/indicator/Diagnosis.java"))
                .map(name -> "| `" + name + "` | warning |")
                .toList();
        assertThat(ofTheEngine).hasSizeGreaterThan(1);
        assertThat(guide()).contains(ofTheEngine);
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

    @Test
    void its_links_lead_somewhere() throws Exception {
        String guide = guide();
        for (MatchResult link : Pattern.compile("]\\(([^)#]*)(#[^)]*)?\\)")
                .matcher(guide)
                .results()
                .toList()) {
            Path target = GUIDE.resolveSibling(link.group(1).isEmpty() ? "operate.md" : link.group(1));
            assertThat(target).exists();
            if (link.group(2) != null) {
                assertThat(headings(target)).as(target.toString()).contains(link.group(2));
            }
        }
    }

    private static String guide() throws IOException {
        return Files.readString(GUIDE);
    }

    private static Stream<String> found(Pattern pattern, Path source) throws IOException {
        return pattern.matcher(Files.readString(Chart.REPOSITORY.resolve(source)))
                .results()
                .map(match -> match.group(1));
    }

    /** As GitHub makes anchors of them. */
    private static Set<String> headings(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.filter(line -> line.startsWith("#"))
                    .map(line -> "#"
                            + line.replaceFirst("^#+ ", "")
                                    .toLowerCase(Locale.ROOT)
                                    .replaceAll("[^a-z0-9 _-]", "")
                                    .replace(' ', '-'))
                    .collect(Collectors.toSet());
        }
    }
}

package org.heliograph.lab.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.page.Board;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HeliographChartTest {
    private static final Path GOLDEN = Chart.MINIMAL.resolveSibling("rendered.yaml");
    private static final Map<String, Class<?>> PROGRAMS =
            Map.of("streams", org.heliograph.streams.Main.class, "agent", org.heliograph.agent.Main.class);

    @BeforeAll
    static void loadHelm() {
        Chart.assumeHelm();
    }

    @Test
    void helm_finds_nothing_to_warn_of() {
        LintResult lint = Chart.lint();
        assertThat(lint.isFailed()).as(lint.getMessages().toString()).isFalse();
        assertThat(lint.getMessages())
                .noneMatch(message -> message.contains("[WARNING]") || message.contains("[ERROR]"));
    }

    @Test
    void the_minimal_example_renders_to_its_golden_file() throws Exception {
        String rendered = Chart.render(Chart.RELEASE, Chart.MINIMAL);
        if (Boolean.getBoolean("golden.renew")) {
            Files.writeString(GOLDEN, rendered);
        }
        assertThat(rendered)
                .as("if the change is meant: -Dgolden.renew=true, and read the difference")
                .isEqualTo(Files.readString(GOLDEN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kafka: {bootstrap: ``}                       | kafka.bootstrap is missing",
                "kafka: {bootstrap: kafka}                    | at '/kafka/bootstrap': 'kafka' does not match pattern '^(?<host_port_list>",
                "kafka: {replication: 0}                      | at '/kafka/replication': minimum: got 0, want 1",
                "kafka: {propertys: {}}                       | 'propertys' not allowed",
                "kafka: {properties: {sasl.jaas.config: x}}   | sasl.jaas.config is a secret",
                "kafka: {properties: {linger.ms: 5}}          | got number, want string",
                "site: ``                                     | site is missing",
                "site: 'zone: Africa/Casablanca'              | site has no field 'site'",
                "site: 'site: 5'                               | quote it",
                "site: '{'                                    | site is not YAML",
                "streams: {replicas: two}                     | got string, want integer",
                "streams: {engine: {grace: 1 minute}}         | '1 minute' does not match pattern '^(?<ISO_8601_duration_such_as_PT1M>",
                "streams: {engine: {cacheMebibytes: 1}}       | /streams/engine/cacheMebibytes",
                "streams: {engine: {standby: 3}}              | /streams/engine/standby",
                "streams: {state: {size: 10 GB}}              | /streams/state/size",
                "streams: {resources: {limit: {cpu: 1}}}      | 'limit' not allowed",
                "sink: {url: influxdb:8086}                   | /sink/url",
                "sink: {url: 'http://me:secret@influxdb'}     | /sink/url",
                "sink: {token: secret}                        | 'token' not allowed",
                "page: {service: {port: 70000}}               | /page/service/port",
                "agent: {mqtt: []}                            | the agent has no source",
                "agent: {mqtt: [{url: 'mqtt://broker'}]}      | /agent/mqtt/0/url",
                "agent: {mqtt: [{topics: [a]}]}               | missing property 'url'",
                "agent: {coap: [{device: crac-01}]}           | missing property 'uri'",
                "agents: {}                                   | 'agents' not allowed",
            })
    void a_wrong_value_is_refused_with_its_name(String values, String message, @TempDir Path folder) {
        Path wrong = Chart.values(folder, values.replace("``", "''"));
        assertThatThrownBy(() -> Chart.render(Chart.RELEASE, Chart.MINIMAL, wrong))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void each_pod_finds_a_configuration_that_streams_accepts(int ordinal, @TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                kafka: {prefix: dc, replication: 3, properties: {security.protocol: SSL, linger.ms: "1000000"}}
                streams: {replicas: 3, engine: {threads: 2, sitePartitions: 1000, grace: PT90S}}
                sink: {url: "https://influx.example:8086/base", tokenSecret: {name: store, key: influx-token}}
                """));
        JsonNode streams = manifests.get("StatefulSet", "heliograph-streams");
        PodFiles.layOut(folder, manifests, streams, ordinal);

        StreamsSettings settings = StreamsSettings.read(folder.resolve(configuration(streams)));

        assertThat(settings.kafka().bootstrap()).isEqualTo("kafka:9092");
        assertThat(settings.kafka().topics().telemetry()).isEqualTo("dc.telemetry");
        assertThat(settings.kafka().replication()).isEqualTo(3);
        assertThat(settings.kafka().properties())
                .containsOnly(Map.entry("security.protocol", "SSL"), Map.entry("linger.ms", "1000000"));
        assertThat(settings.sites()).singleElement().satisfies(site -> {
            assertThat(site.model().site()).isEqualTo("casa1");
            assertThat(site.model().devices()).hasSize(7);
        });
        assertThat(settings.engine().instance()).isEqualTo("heliograph-streams-" + ordinal);
        assertThat(settings.engine().standby()).isEqualTo(1);
        assertThat(settings.engine().threads()).isEqualTo(2);
        assertThat(settings.engine().sitePartitions()).isEqualTo(1000);
        assertThat(settings.engine().grace()).hasSeconds(90);
        assertThat(settings.sink().url()).isEqualTo(URI.create("https://influx.example:8086/base"));
        assertThat(settings.sink().token()).isEqualTo("content of influx-token");
        assertThat(persistent(streams)).anyMatch(settings.engine().state()::startsWith);
    }

    @Test
    void a_pod_alone_keeps_no_copies_for_others(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, "streams: {replicas: 1}"));
        JsonNode streams = manifests.get("StatefulSet", "heliograph-streams");
        PodFiles.layOut(folder, manifests, streams, 0);
        assertThat(StreamsSettings.read(folder.resolve(configuration(streams)))
                        .engine()
                        .standby())
                .isZero();
    }

    @Test
    void the_agent_finds_a_configuration_that_it_accepts(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                agent:
                  name: hall-1
                  mqtt:
                    - {url: "tcp://broker:1883", clientId: hall, sessionExpiry: PT2H, receiveMaximum: 500, topics: ["hg/casa1/+/senml"]}
                  coap: [{device: crac-1, uri: "coap://10.0.3.1"}]
                  journal: {maxBytes: 1 GiB}
                """));
        JsonNode agent = manifests.get("StatefulSet", "heliograph-agent");
        PodFiles.layOut(folder, manifests, agent, 0);

        AgentConfig config = AgentFile.read(folder.resolve(configuration(agent)));

        assertThat(config.agent()).isEqualTo("hall-1");
        assertThat(config.site()).isEqualTo("casa1");
        assertThat(config.kafka().bootstrap()).isEqualTo("kafka:9092");
        assertThat(config.mqtt())
                .singleElement()
                .satisfies(broker -> assertThat(broker.clientId()).isEqualTo("hall"));
        assertThat(config.coap())
                .singleElement()
                .satisfies(device -> assertThat(device.device()).isEqualTo("crac-1"));
        assertThat(config.journal().maxBytes()).isEqualTo(1L << 30);
        assertThat(persistent(agent)).anyMatch(config.journal().path()::startsWith);
    }

    @Test
    void the_agent_is_off_unless_asked_for(@TempDir Path folder) {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, "agent: {enabled: false}"));
        assertThat(manifests.of("StatefulSet")).extracting(Manifests::name).containsExactly("heliograph-streams");
        assertThat(manifests.objects()).extracting(Manifests::name).noneMatch(name -> name.contains("agent"));
    }

    @Test
    void containers_are_started_with_commands_that_the_launcher_and_the_programs_have() throws Exception {
        String launcher = Files.readString(Chart.REPOSITORY.resolve("heliograph"));
        for (JsonNode set : Chart.manifests(Chart.MINIMAL).of("StatefulSet")) {
            List<String> arguments = Manifests.texts(Manifests.container(set).path("args"));
            String program = arguments.getFirst();
            assertThat(launcher).containsPattern("(?m)^  " + program + "\\) run(_" + program + ")? ");
            CommandLine.ParseResult parsed = new CommandLine(Objects.requireNonNull(PROGRAMS.get(program)))
                    .parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
            assertThat(parsed.subcommand().matchedPositionalValue(0, Path.of("")))
                    .isEqualTo(Path.of("/" + configuration(set)));
            for (JsonNode variable : Manifests.container(set).path("env")) {
                String name = variable.path("name").asText();
                assertThat(name.equals("POD_NAME") || launcher.contains("${" + name + ":-}"))
                        .as(name)
                        .isTrue();
            }
        }
    }

    @Test
    void the_page_is_reached_through_its_service_and_answers_the_probes(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL);
        JsonNode streams = manifests.get("StatefulSet", "heliograph-streams");
        JsonNode container = Manifests.container(streams);
        PodFiles.layOut(folder, manifests, streams, 0);
        PageSettings page =
                StreamsSettings.read(folder.resolve(configuration(streams))).page();
        JsonNode port = container.at("/ports/0");
        JsonNode service = manifests.get("Service", "heliograph-page");
        JsonNode labels = streams.at("/spec/template/metadata/labels");

        assertThat(page.enabled()).isTrue();
        assertThat(page.host()).isEqualTo("0.0.0.0");
        assertThat(port.path("containerPort").asInt()).isEqualTo(page.port());
        assertThat(service.at("/spec/ports/0/targetPort").asText())
                .isEqualTo(port.path("name").asText());
        assertThat(labels.properties()).containsAll(service.at("/spec/selector").properties());
        try (LivePage running = LivePage.start(new PageSettings(true, "127.0.0.1", 0), new Board())) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                JsonNode get = container.path(probe).path("httpGet");
                assertThat(get.path("port").asText())
                        .isEqualTo(port.path("name").asText());
                try (InputStream answer = running.address()
                        .resolve(get.path("path").asText())
                        .toURL()
                        .openStream()) {
                    assertThat(new String(answer.readAllBytes(), UTF_8)).isEqualTo("ok\n");
                }
            }
        }
    }

    @Test
    void stateful_sets_select_their_own_pods_and_have_their_headless_service() {
        Manifests manifests = Chart.manifests(Chart.MINIMAL);
        for (JsonNode set : manifests.of("StatefulSet")) {
            JsonNode labels = set.at("/spec/template/metadata/labels");
            JsonNode selector = set.at("/spec/selector/matchLabels");
            assertThat(labels.properties()).containsAll(selector.properties());
            JsonNode service =
                    manifests.get("Service", set.at("/spec/serviceName").asText());
            assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("None");
            assertThat(service.at("/spec/selector")).isEqualTo(selector);
        }
    }

    @Test
    void pods_have_no_rights_and_a_root_file_system_that_they_cannot_write() {
        for (JsonNode set : Chart.manifests(Chart.MINIMAL).of("StatefulSet")) {
            JsonNode pod = set.at("/spec/template/spec");
            JsonNode security = Manifests.container(set).path("securityContext");
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(Manifests.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
            assertThat(pod.path("volumes").findValues("hostPath")).isEmpty();
            assertThat(mounts(set, "tmp")).containsExactly(Path.of("/tmp"));
        }
    }

    @Test
    void a_changed_configuration_restarts_the_pods(@TempDir Path folder) {
        Path changed = Chart.values(folder, "sink: {bucket: other}\nkafka: {prefix: other}");
        for (String name : List.of("heliograph-streams", "heliograph-agent")) {
            assertThat(checksum(Chart.manifests(Chart.MINIMAL, changed), name))
                    .hasSize(64)
                    .isNotEqualTo(checksum(Chart.manifests(Chart.MINIMAL), name));
        }
    }

    @Test
    void the_longest_release_name_still_gives_names_that_kubernetes_takes() {
        String longest = "a".repeat(53);
        Manifests manifests = Manifests.parse(Chart.render(longest, Chart.MINIMAL));
        assertThat(manifests.of("StatefulSet"))
                .hasSize(2)
                .allSatisfy(set -> assertThat(Manifests.name(set)).hasSizeLessThanOrEqualTo(52));
        assertThat(manifests.of("Service"))
                .allSatisfy(service -> assertThat(Manifests.name(service)).hasSizeLessThanOrEqualTo(63));
    }

    /** The configuration file that a container is started with, below the root. */
    private static String configuration(JsonNode statefulSet) {
        return Manifests.texts(Manifests.container(statefulSet).path("args"))
                .getLast()
                .substring(1);
    }

    private static String checksum(Manifests manifests, String name) {
        return manifests
                .get("StatefulSet", name)
                .at("/spec/template/metadata/annotations/checksum~1config")
                .asText();
    }

    /** Where volumes are mounted that outlive a pod. */
    private static Stream<Path> persistent(JsonNode statefulSet) {
        return mounts(
                statefulSet,
                statefulSet.at("/spec/volumeClaimTemplates/0/metadata/name").asText())
                .stream();
    }

    private static List<Path> mounts(JsonNode statefulSet, String volume) {
        return Manifests.container(statefulSet)
                .path("volumeMounts")
                .valueStream()
                .filter(mount -> mount.path("name").asText().equals(volume))
                .map(mount -> Path.of(mount.path("mountPath").asText()))
                .toList();
    }
}

package org.heliograph.lab.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.sim.plant.Layout;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.health.HealthSettings;
import org.heliograph.streams.health.Vitals;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the pods find, read by the programs that they start. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartConfigurationTest {
    private static final Map<String, Class<?>> PROGRAMS = Map.of(
            "streams", org.heliograph.streams.Main.class,
            "agent", org.heliograph.agent.Main.class,
            "sim", org.heliograph.sim.Main.class);

    /** What the devices that the examples map publish, by topic, as their makers document it. */
    private static final Map<String, String> OF_MAKERS =
            Map.of("solar/114100000001/0/power", "31250.5", "solar/114100000001/0/yieldtotal", "1234.567");

    private OperatorSecrets secrets = new OperatorSecrets("", "", "");

    @BeforeAll
    void prepare(@TempDir Path folder) throws Exception {
        Chart.assumeHelm();
        secrets = OperatorSecrets.make(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void every_pod_of_an_example_finds_a_configuration_that_its_program_accepts(String example, @TempDir Path folder)
            throws Exception {
        Manifests manifests = Chart.manifests(Chart.example(example));
        assertThat(manifests.workloads()).isNotEmpty();
        for (Workload workload : manifests.workloads()) {
            int pods = workload.object().at("/spec/replicas").asInt(1);
            for (int ordinal = 0; ordinal < pods; ordinal++) {
                Path root = folder.resolve(workload.name() + "-" + ordinal);
                PodFiles files = PodFiles.layOut(root, manifests, workload, secrets);
                Path config = files.path(workload.configuration(ordinal));
                StringWriter said = new StringWriter();
                int status = new CommandLine(program(workload))
                        .setOut(new PrintWriter(said))
                        .setErr(new PrintWriter(said))
                        .execute("check", config.toString());
                assertThat(status).as(workload + ": " + said).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge"})
    void what_an_example_maps_is_heard_as_the_devices_of_its_site(String example, @TempDir Path folder)
            throws Exception {
        Manifests manifests = Chart.manifests(Chart.example(example));
        Set<String> ofTheSite = settings("engine", manifests, folder.resolve("engine")).sites().stream()
                .flatMap(site -> site.model().devices().stream())
                .map(Device::id)
                .collect(Collectors.toSet());
        for (Workload workload : manifests.workloads()) {
            if (!workload.program().equals("agent")) {
                continue;
            }
            PodFiles files = PodFiles.layOut(folder.resolve(workload.name()), manifests, workload, secrets);
            AgentConfig config = AgentFile.read(files.path(workload.configuration(0)));
            for (AgentConfig.Mqtt broker : config.mqtt()) {
                Set<String> listed = broker.rules().stream()
                        .flatMap(rule -> rule.devices().values().stream())
                        .collect(Collectors.toSet());
                assertThat(heard(new JsonDecoder(config.site(), broker.rules())))
                        .as(workload + " hears each device that it lists when its maker's message comes")
                        .isEqualTo(listed);
                assertThat(ofTheSite).containsAll(listed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge"})
    void the_meters_of_an_example_hang_on_one_another(String example, @TempDir Path folder) throws Exception {
        assertThat(settings("engine", Chart.manifests(Chart.example(example)), folder)
                        .sites())
                .singleElement()
                .satisfies(site -> assertThat(site.model().devices())
                        .filteredOn(device -> device.role().countsEnergy() && device.role() != Role.GRID)
                        .isNotEmpty()
                        .allSatisfy(device -> assertThat(device.parent())
                                .as("what is upstream of " + device.id())
                                .isNotEmpty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production"})
    void the_site_of_an_example_can_be_simulated(String example, @TempDir Path folder) throws Exception {
        SiteModel model = settings("engine", Chart.manifests(Chart.example(example)), folder)
                .sites()
                .getFirst()
                .model();
        assertThat(Layout.of(model, Instant.now()).devices()).isEqualTo(model.devices());
    }

    /** The devices that the makers' messages come from. */
    private static Set<String> heard(JsonDecoder decoder) {
        Set<String> heard = new TreeSet<>();
        OF_MAKERS.forEach((topic, payload) -> {
            if (decoder.knows(topic)) {
                switch (decoder.decode(topic, payload.getBytes(UTF_8), Instant.now())) {
                    case Decoded.Accepted accepted ->
                        accepted.readings()
                                .forEach(readings -> heard.add(readings.device().device()));
                    case Decoded.Refused refused -> throw new AssertionError(topic + ": " + refused.reason());
                }
            }
        });
        return heard;
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void containers_are_started_with_commands_that_their_programs_have(String example) {
        for (Workload workload : Chart.manifests(Chart.example(example)).workloads()) {
            CommandLine.ParseResult parsed = new CommandLine(program(workload))
                    .parseArgs(workload.arguments(0).toArray(String[]::new));
            while (parsed.hasSubcommand()) {
                parsed = parsed.subcommand();
            }
            assertThat(parsed.matchedPositionalValue(0, Path.of(""))).isEqualTo(workload.configuration(0));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store, apply, --days, 800",
                "store, fill",
                "topics, show",
                "reset, --yes, --from, '2026-11-01T00:00:00Z'",
                "replay, --site, corrected.yaml",
            })
    void a_command_of_the_guide_runs_as_a_job_that_knows_engine_and_sink(String arguments, @TempDir Path folder)
            throws Exception {
        Manifests manifests = Chart.manifests(Chart.PRODUCTION, Chart.values(folder, """
                job: {arguments: [%s], files: {corrected.yaml: "site: casa1"}}
                """.formatted(arguments)));
        assertThat(TypedObjects.faults(manifests)).isEmpty();
        Workload job = manifests.workload("heliograph-job-" + arguments.replaceFirst(",.*", ""));
        PodFiles files = PodFiles.layOut(folder.resolve("job"), manifests, job, secrets);
        CommandLine.ParseResult parsed =
                new CommandLine(program(job)).parseArgs(job.arguments(0).toArray(String[]::new));
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        assertThat(parsed.commandSpec().name())
                .isIn(List.of(arguments.split(", ", -1)).subList(0, 2));
        assertThat(files.path(
                        Path.of(job.container().path("workingDir").asText()).resolve("corrected.yaml")))
                .exists();
        StreamsSettings settings = StreamsSettings.read(files.path(job.configuration(0)));
        assertThat(settings.sites()).hasSize(1);
        assertThat(settings.engine().application()).isEqualTo("heliograph");
        assertThat(settings.engine().state()).startsWithRaw(files.path(Path.of("/var/lib/heliograph")));
        assertThat(settings.sink().url()).isEqualTo(URI.create("https://influxdb.monitoring:8086"));
        assertThat(settings.sink().token()).isPresent();
    }

    @Test
    void simulated_devices_are_started_as_their_program_takes_it(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(
                Chart.MINIMAL,
                Chart.values(folder, "sim: {enabled: true, mqtt: \"tcp://mosquitto:1883\", itLoad: 0.1}"));
        Workload sim = manifests.workload("heliograph-sim");
        PodFiles files = PodFiles.layOut(folder, manifests, sim, secrets);
        CommandLine.ParseResult run = new CommandLine(program(sim))
                .parseArgs(sim.arguments(0).toArray(String[]::new))
                .subcommand();
        assertThat(run.commandSpec().name()).isEqualTo("run");
        assertThat(run.<Double>matchedOptionValue("--it-load", 0.0)).isEqualTo(0.1);
        assertThat(run.matchedOptionValue("--coap-host", "")).isEqualTo("10.1.2.3");
        assertThat(files.path(run.matchedOptionValue("--site", Path.of(""))))
                .content()
                .contains("site: casa1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void each_engine_knows_its_own_name_its_site_and_where_its_state_outlives_the_pod(int ordinal, @TempDir Path folder)
            throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                kafka: {prefix: dc, replication: 3, properties: {linger.ms: "1000000"}}
                engine: {replicas: 3, threads: 2, sitePartitions: 1000, grace: PT90S}
                """));
        Workload engine = manifests.workload("heliograph-engine");
        PodFiles files = PodFiles.layOut(folder, manifests, engine, secrets);

        StreamsSettings settings = StreamsSettings.read(files.path(engine.configuration(ordinal)));

        assertThat(settings.kafka().bootstrap()).isEqualTo("kafka:9092");
        assertThat(settings.kafka().topics().telemetry()).isEqualTo("dc.telemetry");
        assertThat(settings.kafka().replication()).isEqualTo(3);
        assertThat(settings.kafka().properties()).containsOnly(Map.entry("linger.ms", "1000000"));
        assertThat(settings.sites()).singleElement().satisfies(site -> {
            assertThat(site.model().site()).isEqualTo("casa1");
            assertThat(site.model().devices()).hasSize(17);
        });
        assertThat(settings.engine().instance()).isEqualTo("heliograph-engine-" + ordinal);
        assertThat(settings.engine().standby()).isEqualTo(1);
        assertThat(settings.engine().threads()).isEqualTo(2);
        assertThat(settings.engine().sitePartitions()).isEqualTo(1000);
        assertThat(settings.engine().grace()).hasSeconds(90);
        assertThat(engine.persistent())
                .anyMatch(kept -> settings.engine().state().startsWith(files.path(kept)));
    }

    @Test
    void an_engine_alone_keeps_no_copies_for_others(@TempDir Path folder) throws Exception {
        assertThat(settings("engine", Chart.manifests(Chart.MINIMAL), folder)
                        .engine()
                        .standby())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"engine", "sink", "page", "alerts"})
    void a_part_runs_alone_and_makes_the_same_topics_as_the_others(String part, @TempDir Path folder) throws Exception {
        StreamsSettings settings = settings(part, Chart.manifests(Chart.PRODUCTION), folder);

        assertThat(Map.of(
                        "engine", settings.engine().enabled(),
                        "sink", settings.sink().enabled(),
                        "page", settings.page().enabled(),
                        "alerts", settings.alerts().enabled()))
                .allSatisfy((name, enabled) -> assertThat(enabled).isEqualTo(name.equals(part)));
        assertThat(settings.engine().devicePartitions()).isEqualTo(12);
        assertThat(settings.engine().sitePartitions()).isEqualTo(6);
        assertThat(settings.kafka().replication()).isEqualTo(3);
        assertThat(settings.sites()).hasSize(part.equals("engine") ? 1 : 0);
    }

    @Test
    void the_sink_writes_over_tls_with_its_token(@TempDir Path folder) throws Exception {
        StreamsSettings settings = settings("sink", Chart.manifests(Chart.PRODUCTION), folder);
        assertThat(settings.sink().url()).isEqualTo(URI.create("https://influxdb.monitoring:8086"));
        assertThat(settings.sink().org()).isEqualTo("facility");
        assertThat(settings.sink().token().orElseThrow().text()).isEqualTo(OperatorSecrets.TOKEN);
        assertThat(settings.sink().tls()).isPresent();
    }

    @Test
    void alerts_reach_their_receivers_by_the_rules_that_are_given(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.PRODUCTION, Chart.values(folder, """
                alerts:
                  rules: |
                    rules:
                      - {rule: hot, watch: inlet-high, above: 26}
                  mqtt: {url: "ssl://mosquitto:8883", user: me, password: {secret: mqtt}, ca: {secret: mqtt}}
                """));
        StreamsSettings settings = settings("alerts", manifests, folder);
        assertThat(settings.alerts().rules().rules()).hasSize(1);
        assertThat(settings.alerts().webhook()).hasValueSatisfying(webhook -> {
            assertThat(webhook.url()).isEqualTo(URI.create("https://alertmanager.monitoring:9093/api/v2/alerts"));
            assertThat(webhook.token()).isPresent();
            assertThat(webhook.tls()).isPresent();
        });
        assertThat(settings.alerts().mqtt()).hasValueSatisfying(mqtt -> {
            assertThat(mqtt.user()).isEqualTo("me");
            assertThat(mqtt.password()).isPresent();
            assertThat(mqtt.tls()).isPresent();
        });
    }

    @Test
    void the_page_is_reached_through_its_service_by_whoever_has_the_token(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.PRODUCTION);
        StreamsSettings settings = settings("page", manifests, folder);
        Workload page = manifests.workload("heliograph-page");
        JsonNode service = manifests.get("Service", "heliograph-page");

        assertThat(settings.page().host()).isEqualTo("0.0.0.0");
        assertThat(settings.page().token()).isPresent();
        assertThat(settings.page().tls()).isPresent();
        assertThat(page.port(service.at("/spec/ports/0/targetPort").asText()))
                .isEqualTo(settings.page().port());
        assertThat(page.labels().properties())
                .containsAll(service.at("/spec/selector").properties());
    }

    @Test
    void an_agent_finds_its_devices_its_site_and_where_its_journal_outlives_the_pod(@TempDir Path folder)
            throws Exception {
        Manifests manifests = Chart.manifests(Chart.EDGE);
        Workload agent = manifests.workload("heliograph-agent-edge-hall-1");
        PodFiles files = PodFiles.layOut(folder, manifests, agent, secrets);

        AgentConfig config = AgentFile.read(files.path(agent.configuration(0)));

        assertThat(config.agent()).isEqualTo("edge-hall-1");
        assertThat(config.site()).isEqualTo("casa1");
        assertThat(config.mqtt())
                .singleElement()
                .satisfies(broker -> assertThat(broker.login()).isNotNull());
        assertThat(config.coap())
                .singleElement()
                .satisfies(device -> assertThat(device.device()).isEqualTo("crac-01"));
        assertThat(agent.port("coaps")).isEqualTo(5684);
        assertThat(Files.exists(
                        Objects.requireNonNull(config.operation().silence().site())))
                .isTrue();
        assertThat(config.journal().maxBytes()).isEqualTo(1L << 30);
        assertThat(agent.persistent()).anyMatch(kept -> config.journal().path().startsWith(files.path(kept)));
        assertThat(agent.container()
                        .at("/resources/limits/smarter-devices~1i2c-1")
                        .asInt())
                .isOne();
    }

    @Test
    void what_seldom_has_to_be_told_can_be_told_through_the_chart(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                engine: {factorReach: P800D}
                sink: {batchLines: 500, pollRecords: 600}
                alerts: {mqtt: {url: "mqtts://mosquitto:8883", clientId: second}}
                agents:
                  edge-1:
                    journal: {commitEvery: PT0.1S, commitAt: 50, waitForTime: PT1M, deviceTimeFrom: 2020-01-01T00:00:00Z}
                    config:
                      mqtt: [{url: "mqtts://mosquitto:8883", speaksFor: [edge-1]}]
                      canary: {device: edge-1}
                """));
        assertThat(settings("engine", manifests, folder.resolve("engine"))
                        .engine()
                        .factorReach())
                .hasDays(800);
        StreamsSettings sink = settings("sink", manifests, folder.resolve("sink"));
        assertThat(sink.sink().batchLines()).isEqualTo(500);
        assertThat(sink.sink().pollRecords()).isEqualTo(600);
        assertThat(settings("alerts", manifests, folder.resolve("alerts"))
                        .alerts()
                        .mqtt())
                .hasValueSatisfying(mqtt -> assertThat(mqtt.clientId()).isEqualTo("second"));
        Workload agent = manifests.workload("heliograph-agent-edge-1");
        AgentConfig config = AgentFile.read(PodFiles.layOut(folder.resolve("agent"), manifests, agent, secrets)
                .path(agent.configuration(0)));
        assertThat(config.journal().commitEvery()).hasMillis(100);
        assertThat(config.journal().commitAt()).isEqualTo(50);
        assertThat(config.journal().waitForTime()).hasMinutes(1);
        assertThat(config.journal().deviceTimeFrom()).isEqualTo("2020-01-01T00:00:00Z");
        assertThat(config.mqtt())
                .singleElement()
                .satisfies(broker -> assertThat(broker.speaksFor()).containsExactly("edge-1"));
    }

    @Test
    void topics_of_strimzi_are_those_that_the_programs_make(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.PRODUCTION);
        StreamsSettings settings = settings("engine", manifests, folder);
        assertThat(manifests.of("KafkaTopic").stream()
                        .map(topic -> topic.path("spec"))
                        .map(topic -> topic.path("topicName").asText() + " "
                                + topic.path("partitions").asInt() + " "
                                + topic.path("replicas").asInt() + " " + configs(topic.path("config"))))
                .containsExactlyInAnyOrderElementsOf(TopicPlan.planned(settings.kafka(), settings.engine()).stream()
                        .map(topic -> topic.name() + " " + topic.partitions() + " " + topic.replication() + " "
                                + new TreeMap<>(topic.configs()))
                        .toList());
    }

    @Test
    void what_the_launcher_passes_on_to_java_the_pods_give_it() throws Exception {
        String launcher = Files.readString(Chart.REPOSITORY.resolve("heliograph"));
        Set<String> ours = Set.of("POD_NAME", "POD_IP");
        for (Workload workload : Chart.manifests(Chart.EDGE).workloads()) {
            for (JsonNode variable : workload.container().path("env")) {
                String name = variable.path("name").asText();
                assertThat(ours.contains(name) || launcher.contains("${" + name + ":-}"))
                        .as(name)
                        .isTrue();
            }
        }
    }

    @Test
    void the_probes_and_monitoring_ask_what_listens_on_their_port(@TempDir Path folder) throws Exception {
        Manifests manifests = Chart.manifests(Chart.EDGE);
        try (var streams = org.heliograph.streams.health.HealthServer.start(
                        new HealthSettings("127.0.0.1", 0), () -> new Vitals(Map.of(), ""), () -> true);
                var agent = org.heliograph.agent.health.HealthServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        () -> new Health(List.of()),
                        () -> "")) {
            for (Workload workload : manifests.workloads()) {
                boolean isAgent = workload.program().equals("agent");
                for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                    JsonNode get = workload.container().path(probe).path("httpGet");
                    if (!workload.part().equals("topics")) {
                        assertThat(get.path("port").asText()).isEqualTo("health");
                        assertThat(status(
                                        isAgent ? agent.address() : streams.address(),
                                        get.path("path").asText()))
                                .isEqualTo(200);
                    }
                }
                Path root = folder.resolve(workload.name());
                Path config =
                        PodFiles.layOut(root, manifests, workload, secrets).path(workload.configuration(0));
                int listens = isAgent
                        ? Objects.requireNonNull(
                                        AgentFile.read(config).operation().health())
                                .port()
                        : StreamsSettings.read(config)
                                .health()
                                .map(HealthSettings::port)
                                .orElse(0);
                assertThat(workload.port("health")).as(workload.name()).isEqualTo(listens);
            }
            assertThat(status(agent.address(), "/metrics")).isEqualTo(200);
            assertThat(status(streams.address(), "/metrics")).isEqualTo(200);
        }
    }

    private static int status(URI server, String path) throws Exception {
        return ((HttpURLConnection) server.resolve(path).toURL().openConnection()).getResponseCode();
    }

    private StreamsSettings settings(String part, Manifests manifests, Path folder) throws Exception {
        Workload workload = manifests.workload("heliograph-" + part);
        PodFiles files = PodFiles.layOut(folder, manifests, workload, secrets);
        return StreamsSettings.read(files.path(workload.configuration(0)));
    }

    private static Map<String, String> configs(JsonNode config) {
        return config.propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().asText(), (one, _) -> one, TreeMap::new));
    }

    private static Class<?> program(Workload workload) {
        assertThat(List.copyOf(PROGRAMS.keySet())).contains(workload.program());
        return Objects.requireNonNull(PROGRAMS.get(workload.program()));
    }
}

package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders. */
class HeliographChartTest {
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

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void an_example_renders_to_its_golden_file(String example, @TempDir Path folder) throws Exception {
        Path values = Chart.example(example);
        Path golden = values.resolveSibling("rendered.yaml");
        Path withoutDashboards = Chart.values(folder, "dashboards: {enabled: false}"); // nine tenths, thrice the same
        String rendered = Chart.render(Chart.RELEASE, values, withoutDashboards);
        if (Boolean.getBoolean("golden.renew")) {
            Files.writeString(golden, rendered);
        }
        assertThat(rendered)
                .as("if the change is meant: -Dgolden.renew=true, and read the difference")
                .isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void every_object_is_one_that_kubernetes_knows_with_no_field_that_it_does_not(String example) {
        Path values = Chart.example(example);
        assertThat(TypedObjects.faults(Chart.manifests(values))).isEmpty();
        assertThat(Chart.render(Chart.NEWEST, Chart.RELEASE, values))
                .as("nothing depends on the version of Kubernetes")
                .isEqualTo(Chart.render(Chart.OLDEST, Chart.RELEASE, values));
    }

    /** Who applies it from the client, as Argo CD does, writes all of it once more into an annotation: of 256 KiB at most. */
    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void every_object_is_small_enough_to_be_applied_by_kubectl(String example) {
        assertThat(Chart.manifests(Chart.example(example)).objects())
                .allSatisfy(object ->
                        assertThat(object.toString()).as(Manifests.name(object)).hasSizeLessThan(200_000));
    }

    @Test
    void a_release_and_an_agent_may_be_called_a_number(@TempDir Path folder) {
        Path numbered = Chart.values(folder, "agents: {'101': {config: {mqtt: [{url: 'tcp://mosquitto:1883'}]}}}");
        Manifests manifests = Manifests.parse(Chart.render("2027", Chart.MINIMAL, numbered));
        assertThat(TypedObjects.faults(manifests)).isEmpty();
        assertThat(manifests
                        .workload("2027-heliograph-agent-101")
                        .labels()
                        .path("heliograph/agent")
                        .isTextual())
                .isTrue();
        for (JsonNode object : manifests.objects()) {
            assertThat(object.at("/metadata/labels").valueStream())
                    .as(Manifests.name(object))
                    .allMatch(JsonNode::isTextual);
        }
    }

    @Test
    void everything_switched_on_at_once_is_known_to_kubernetes(@TempDir Path folder) {
        Manifests all = Chart.manifests(Chart.EDGE, everything(folder));
        assertThat(TypedObjects.faults(all)).isEmpty();
        assertThat(all.objects())
                .extracting(object -> object.path("kind").asText())
                .contains(
                        "HTTPRoute",
                        "Ingress",
                        "ServiceMonitor",
                        "PrometheusRule",
                        "KafkaTopic",
                        "KafkaUser",
                        "PodDisruptionBudget");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Deployment     | heliograph-sink   | /spec/template/spec/containers/0/livenessProbe | httpGett",
                "StatefulSet    | heliograph-engine | /spec/volumeClaimTemplates/0/spec             | storageclass",
                "NetworkPolicy  | heliograph-page   | /spec                                         | egres",
                "Service        | heliograph-page   | /spec/ports/0                                 | targetport",
                "KafkaUser      | heliograph-streams | /spec/authorization/acls/0                   | operation_",
                "ServiceMonitor | heliograph        | /spec/endpoints/0                             | intervall",
                "PrometheusRule | heliograph        | /spec/groups/0/rules/0                        | expression",
                "HTTPRoute      | heliograph-page   | /spec/rules/0                                 | backendRef",
            })
    void a_field_that_kubernetes_does_not_know_is_found(
            String kind, String name, String where, String field, @TempDir Path folder) {
        Manifests all = Chart.manifests(Chart.EDGE, everything(folder));
        ((com.fasterxml.jackson.databind.node.ObjectNode) all.get(kind, name).at(where)).put(field, "x");
        assertThat(TypedObjects.faults(all)).isNotEmpty().allMatch(fault -> fault.contains(field));
    }

    /** Where every other part is told which nodes are its own, the hook would wait for a node that takes it. */
    @Test
    void the_topics_are_made_where_the_engine_runs(@TempDir Path folder) {
        JsonNode pod = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                        engine: {nodeSelector: {disk: ssd}, tolerations: [{key: dedicated, operator: Exists}]}
                        """))
                .workload("heliograph-topics")
                .pod();
        assertThat(pod.at("/nodeSelector/disk").asText()).isEqualTo("ssd");
        assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("dedicated");
    }

    @Test
    void the_rules_are_those_of_what_the_release_runs_and_of_its_own_job_and_namespace(@TempDir Path folder) {
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                serviceMonitor: {enabled: true}
                prometheusRule: {enabled: true}
                page: {enabled: false}
                """));
        String job = manifests
                .get("ServiceMonitor", "heliograph")
                .at("/spec/endpoints/0/relabelings/0/replacement")
                .asText();
        assertThat(job).isEqualTo("heliograph-metrics");
        List<PrometheusRulesTest.Rule> expected = PrometheusRulesTest.rules().stream()
                .filter(rule -> !rule.name().equals("HeliographPageGone"))
                .map(rule -> new PrometheusRulesTest.Rule(
                        rule.name(),
                        rule.expression()
                                .replaceFirst(
                                        "^absent\\((\\w+)\\)",
                                        "absent($1{job=\"" + job + "\",namespace=\"heliograph\"})"),
                        rule.summary()))
                .toList();
        assertThat(PrometheusRulesTest.rules(
                        manifests.get("PrometheusRule", "heliograph").path("spec")))
                .isEqualTo(expected);
    }

    @Test
    void the_rules_find_the_job_of_a_release_of_any_name(@TempDir Path folder) {
        Path monitored = Chart.values(folder, "serviceMonitor: {enabled: true}");
        for (String release : List.of("casa1", "facility-monitoring-casablanca-north", "a".repeat(53))) {
            assertThat(Manifests.parse(Chart.render(release, Chart.MINIMAL, monitored))
                            .of("ServiceMonitor"))
                    .singleElement()
                    .satisfies(monitor -> assertThat(monitor.at("/spec/endpoints/0/relabelings/0/replacement")
                                    .asText())
                            .contains("heliograph"));
        }
    }

    @Test
    void agents_have_annotations_of_their_own_and_a_build_can_be_pinned(@TempDir Path folder) {
        String digest = "sha256:" + "0a".repeat(32);
        Manifests manifests = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                podAnnotations: {prometheus.io/scrape: "true", prometheus.io/port: "9465"}
                agentDefaults: {podAnnotations: {prometheus.io/port: "9464"}}
                image: {agent: {digest: "%s"}}
                """.formatted(digest)));
        Workload agent = manifests.workload("heliograph-agent-edge-1");
        assertThat(annotation(agent, "port")).isEqualTo("9464");
        assertThat(annotation(agent, "scrape")).isEqualTo("true");
        assertThat(annotation(manifests.workload("heliograph-engine"), "port")).isEqualTo("9465");
        assertThat(agent.container().path("image").asText()).isEqualTo("heliograph/agent@" + digest);
    }

    private static String annotation(Workload workload, String name) {
        return workload.object()
                .at("/spec/template/metadata/annotations/prometheus.io~1" + name)
                .asText();
    }

    @Test
    void each_part_scales_for_itself_and_keeps_what_it_has_to() {
        Manifests production = Chart.manifests(Chart.PRODUCTION);
        assertThat(production.of("StatefulSet")).extracting(Manifests::name).containsExactly("heliograph-engine");
        assertThat(production.of("Deployment"))
                .extracting(Manifests::name)
                .containsExactlyInAnyOrder("heliograph-sink", "heliograph-page", "heliograph-alerts");
        assertThat(production.workloads())
                .extracting(
                        Workload::part,
                        workload -> workload.object().at("/spec/replicas").asInt())
                .contains(
                        org.assertj.core.groups.Tuple.tuple("engine", 3),
                        org.assertj.core.groups.Tuple.tuple("sink", 2));
        assertThat(production.of("PodDisruptionBudget"))
                .hasSize(4)
                .allSatisfy(budget ->
                        assertThat(budget.at("/spec/maxUnavailable").asInt()).isOne())
                .allSatisfy(budget -> assertThat(
                                budget.at("/spec/unhealthyPodEvictionPolicy").asText())
                        .as("engines that take over are not ready")
                        .isEqualTo(
                                Manifests.name(budget).equals("heliograph-engine")
                                        ? "IfHealthyBudget"
                                        : "AlwaysAllow"));
        assertThat(Chart.manifests(Chart.MINIMAL).of("PodDisruptionBudget")).isEmpty();
    }

    @Test
    void a_rolling_restart_waits_for_each_pod_and_gives_it_time_to_end() {
        for (Workload workload : Chart.manifests(Chart.PRODUCTION).workloads()) {
            assertThat(workload.container().at("/readinessProbe/httpGet/path").asText())
                    .isEqualTo("/ready");
            // the engine's own patience is 10 s, the sink's 40
            assertThat(workload.pod().path("terminationGracePeriodSeconds").asInt())
                    .isGreaterThanOrEqualTo(workload.part().equals("sink") ? 45 : 30);
        }
    }

    @Test
    void stateful_sets_have_their_headless_service_and_every_selector_selects() {
        for (Path example : List.of(Chart.MINIMAL, Chart.PRODUCTION, Chart.EDGE)) {
            Manifests manifests = Chart.manifests(example);
            for (Workload workload : manifests.workloads()) {
                assertThat(workload.labels().properties())
                        .containsAll(workload.selector().properties());
            }
            for (JsonNode set : manifests.of("StatefulSet")) {
                JsonNode service =
                        manifests.get("Service", set.at("/spec/serviceName").asText());
                assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("None");
                assertThat(service.at("/spec/selector")).isEqualTo(set.at("/spec/selector/matchLabels"));
            }
            for (JsonNode service : manifests.of("Service")) {
                assertThat(manifests.workloads())
                        .as(Manifests.name(service))
                        .anyMatch(workload -> workload.labels()
                                .properties()
                                .containsAll(service.at("/spec/selector").properties()));
            }
        }
    }

    @Test
    void no_two_workloads_select_the_same_pods() {
        List<Workload> sets = new ArrayList<>(Chart.manifests(Chart.EDGE).workloads());
        sets.removeIf(workload -> workload.selector().isMissingNode());
        for (Workload one : sets) {
            assertThat(sets)
                    .filteredOn(other -> other.labels()
                            .properties()
                            .containsAll(one.selector().properties()))
                    .containsExactly(one);
        }
    }

    @Test
    void agents_simulated_devices_and_monitoring_are_off_unless_asked_for(@TempDir Path folder) {
        Manifests manifests = Chart.manifests(Chart.values(folder, """
                kafka: {bootstrap: "kafka:9092"}
                page: {anonymous: true}
                sites: {casa1: "site: casa1"}
                """));
        assertThat(manifests.workloads())
                .extracting(Workload::part)
                .containsExactlyInAnyOrder("engine", "sink", "page", "alerts", "topics");
        assertThat(manifests.of("ServiceMonitor")).isEmpty();
        assertThat(manifests.of("Ingress")).isEmpty();
        assertThat(manifests.of("KafkaUser")).isEmpty();
    }

    /** The engine, its topics, its user and its page are another release's. */
    @Test
    void agents_alone_are_a_release_that_has_no_engine_and_makes_no_topics(@TempDir Path folder) {
        Path agents = Chart.example("agents");
        Path strimzi = Chart.values(folder, "{strimzi: {enabled: true, cluster: energy}, topics: {by: strimzi}}");
        for (Manifests manifests : List.of(Chart.manifests(agents), Chart.manifests(agents, strimzi))) {
            assertThat(manifests.workloads()).extracting(Workload::name).containsExactly("heliograph-agent-edge-roof");
            assertThat(manifests.of("KafkaTopic")).isEmpty();
            assertThat(manifests.of("KafkaUser")).extracting(Manifests::name).isSubsetOf("heliograph-agent-edge-roof");
            assertThat(manifests.of("NetworkPolicy"))
                    .extracting(Manifests::name)
                    .containsExactlyInAnyOrder("heliograph", "heliograph-agent-edge-roof");
        }
        assertThat(Chart.notes(agents)).contains("heliograph/agent:").doesNotContain("heliograph/streams:");
    }

    /** A rolling update of an ordered set waits for a pod that can't become ready before it is put right. */
    @Test
    void pods_that_are_not_ready_are_replaced_when_what_they_start_with_was_put_right() {
        assertThat(Chart.manifests(Chart.EDGE).of("StatefulSet"))
                .hasSize(3)
                .allSatisfy(set ->
                        assertThat(set.at("/spec/podManagementPolicy").asText()).isEqualTo("Parallel"));
    }

    @Test
    void a_changed_configuration_restarts_the_pods_that_read_it_once(@TempDir Path folder) {
        Manifests before = Chart.manifests(Chart.MINIMAL);
        Manifests after = Chart.manifests(Chart.MINIMAL, Chart.values(folder, "kafka: {prefix: other}"));
        for (Workload workload : before.workloads()) {
            if (!workload.part().equals("topics")) {
                assertThat(checksum(after, workload.name()))
                        .hasSize(64)
                        .isNotEqualTo(checksum(before, workload.name()));
            }
        }
    }

    @Test
    void a_changed_list_of_devices_restarts_no_agent_and_more_engines_restart_none(@TempDir Path folder) {
        Manifests before = Chart.manifests(Chart.MINIMAL);
        Manifests after = Chart.manifests(Chart.MINIMAL, Chart.values(folder, """
                engine: {replicas: 3, standby: 0}
                agents: {edge-1: {config: {coap: [{device: crac-1, uri: "coap://10.0.3.1"}]}}}
                """));
        for (String name : List.of("heliograph-agent-edge-1", "heliograph-engine")) {
            assertThat(checksum(after, name)).isEqualTo(checksum(before, name));
        }
    }

    @Test
    void the_notes_say_how_the_page_is_entered_and_what_is_to_be_done_once() {
        assertThat(Chart.notes(Chart.PRODUCTION))
                .contains("get secret page-token -o jsonpath='{.data.token}' | base64 -d")
                .contains("store apply");
        assertThat(Chart.notes(Chart.MINIMAL)).contains("it has no login").doesNotContain("get secret");
    }

    @Test
    void the_notes_warn_of_a_tag_that_many_builds_have(@TempDir Path folder) {
        assertThat(Chart.notes(Chart.MINIMAL)).contains("SNAPSHOT is the tag of many builds");
        assertThat(Chart.notes(Chart.values(
                        folder, Chart.read(Chart.MINIMAL) + "image: {streams: {tag: a1}, agent: {tag: a1}}\n")))
                .contains("heliograph/streams:a1")
                .doesNotContain("many builds");
    }

    @Test
    void the_longest_release_name_still_gives_names_that_kubernetes_takes() {
        Manifests manifests = Manifests.parse(Chart.render("a".repeat(53), Chart.MINIMAL));
        assertThat(manifests.workloads())
                .hasSize(6)
                .allSatisfy(workload -> assertThat(workload.name()).hasSizeLessThanOrEqualTo(54));
        assertThat(manifests.of("StatefulSet"))
                .allSatisfy(set -> assertThat(Manifests.name(set)).hasSizeLessThanOrEqualTo(52));
    }

    private static String checksum(Manifests manifests, String name) {
        return manifests
                .workload(name)
                .object()
                .at("/spec/template/metadata/annotations/checksum~1config")
                .asText();
    }

    /** On top of the edge example. */
    private static Path everything(Path folder) {
        return Chart.values(folder, """
                image: {pullSecrets: [registry]}
                podAnnotations: {example.org/a: b}
                strimzi: {enabled: true, cluster: energy}
                topics: {by: strimzi}
                factors: {ours: "factors: []"}
                engine: {replicas: 2, priorityClassName: high, nodeSelector: {disk: ssd}, tolerations: [{key: a, operator: Exists}]}
                sink: {url: "https://influxdb:8086", tls: {ca: {secret: store-ca}, identity: {secret: store-identity}}}
                page:
                  tls: {secret: page-tls, readersCa: {secret: readers}}
                  ingress: {enabled: true, host: energy.example.org, tlsSecret: energy, annotations: {a/b: c}}
                  route: {enabled: true, host: energy.example.org, parents: [{name: gateway, namespace: infra, sectionName: https}]}
                alerts:
                  rules: "rules: []"
                  webhook: {url: "https://alertmanager/api/v2/alerts", token: {secret: am}, ca: {secret: am}}
                  mqtt: {url: "ssl://mosquitto:8883", user: me, password: {secret: mqtt}, ca: {secret: mqtt}, identity: {secret: mqtt}}
                sim: {enabled: true, mqtt: "tcp://mosquitto:1883"}
                job: {arguments: [replay, --site, new.yaml], files: {new.yaml: "site: casa1"}}
                serviceMonitor: {enabled: true, labels: {release: prometheus}}
                prometheusRule: {enabled: true, labels: {release: prometheus}}
                datasource: {enabled: true, caVariable: STORE_CA}
                networkPolicy: {readers: [{namespaceSelector: {}}]}
                """);
    }
}

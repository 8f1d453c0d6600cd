package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.heliograph.lab.security.Acls;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what in a cluster: pods have no rights, the network lets through what is configured, Kafka what is needed. */
class ChartSecurityTest {
    private static final Set<String> VOLUMES = Set.of("configMap", "secret", "emptyDir", "name");

    @BeforeAll
    static void loadHelm() {
        Chart.assumeHelm();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void pods_are_restricted_as_kubernetes_defines_it(String example) {
        for (Workload workload : Chart.manifests(Chart.example(example)).workloads()) {
            JsonNode pod = workload.pod();
            JsonNode security = workload.container().path("securityContext");
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(Manifests.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(workload.mounts("tmp")).containsExactly(Path.of("/tmp"));
            assertThat(workload.container().at("/resources/limits/memory").isMissingNode())
                    .isFalse();
            if (!workload.name()
                    .equals("heliograph-agent-edge-roof")) { // which keeps its journal in the board's folder
                assertThat(pod.path("volumes")
                                .valueStream()
                                .flatMap(volume -> volume.propertyStream().map(Map.Entry::getKey)))
                        .isSubsetOf(VOLUMES);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "edge", "agents"})
    void no_secret_is_in_any_object(String example) {
        Manifests manifests = Chart.manifests(Chart.example(example));
        assertThat(manifests.of("Secret")).isEmpty();
        for (JsonNode map : manifests.of("ConfigMap")) {
            if (!map.at("/metadata/labels").has("grafana_dashboard")) {
                assertThat(map.path("data").toString())
                        .doesNotContainPattern("(?i)(password|token|jaas[a-z.]*|psk|\\.key)\\\\?\"?: *[^ {$\\\\/\"]");
            }
        }
    }

    @Test
    void the_network_lets_each_part_out_to_what_its_configuration_names_and_no_further() {
        assertThat(network("egress", Chart.PRODUCTION))
                .containsOnly(
                        Map.entry("heliograph-engine", Set.of("53/TCP", "53/UDP", "9093/TCP")),
                        Map.entry("heliograph-sink", Set.of("53/TCP", "53/UDP", "9093/TCP", "8086/TCP")),
                        Map.entry("heliograph-page", Set.of("53/TCP", "53/UDP", "9093/TCP")),
                        Map.entry("heliograph-alerts", Set.of("53/TCP", "53/UDP", "9093/TCP")));
        assertThat(network("egress", Chart.EDGE))
                .containsEntry("heliograph-topics", Set.of("53/TCP", "53/UDP", "9094/TCP"))
                .containsEntry("heliograph-alerts", Set.of("53/TCP", "53/UDP", "9094/TCP"))
                .containsEntry(
                        "heliograph-agent-edge-hall-1", Set.of("53/TCP", "53/UDP", "9094/TCP", "8883/TCP", "5683/UDP"))
                .containsEntry("heliograph-agent-edge-roof", Set.of("53/TCP", "53/UDP", "9094/TCP", "1883/TCP"));
    }

    /** Hooks run before any other object is there. */
    @Test
    void the_job_for_topics_is_let_out_by_what_is_there_before_it() {
        Manifests manifests = Chart.manifests(Chart.MINIMAL);
        JsonNode job = manifests.get("Job", "heliograph-topics");
        int runs = hookWeight(job);
        List<JsonNode> before = manifests.of("NetworkPolicy").stream()
                .filter(policy -> policy.at("/metadata/annotations").has("helm.sh/hook") && hookWeight(policy) < runs)
                .toList();
        assertThat(before)
                .singleElement()
                .satisfies(policy -> assertThat(policy.at("/spec/egress").findValuesAsText("port"))
                        .containsExactlyInAnyOrder("53", "53", "9092"));
    }

    private static int hookWeight(JsonNode object) {
        return Integer.parseInt(
                object.at("/metadata/annotations").path("helm.sh/hook-weight").asText());
    }

    @Test
    void a_command_reaches_kafka_and_the_store_and_nothing_else(@TempDir Path folder) {
        Path command = Chart.values(folder, "job: {arguments: [store, fill]}");
        assertThat(network("egress", Chart.MINIMAL, command))
                .containsEntry("heliograph-job-store", Set.of("53/TCP", "53/UDP", "9092/TCP", "8086/TCP"));
    }

    @Test
    void ports_that_no_address_names_are_let_out_where_they_are_given(@TempDir Path folder) {
        Path more = Chart.values(folder, "networkPolicy: {morePorts: {kafka: [9093, 9095], store: [8087]}}");
        assertThat(network("egress", Chart.MINIMAL, more))
                .containsEntry(
                        "heliograph-sink",
                        Set.of("53/TCP", "53/UDP", "9092/TCP", "9093/TCP", "9095/TCP", "8086/TCP", "8087/TCP"))
                .containsEntry("heliograph-page", Set.of("53/TCP", "53/UDP", "9092/TCP", "9093/TCP", "9095/TCP"));
    }

    @Test
    void the_network_lets_in_readers_of_the_page_devices_that_push_and_monitoring_of_any_kind() {
        assertThat(Chart.manifests(Chart.EDGE).of("ServiceMonitor")).isEmpty();
        assertThat(network("ingress", Chart.EDGE))
                .allSatisfy((workload, ports) -> assertThat(ports)
                        .isEqualTo(
                                switch (workload) {
                                    case "heliograph-page" -> Set.of("page/TCP", "health/TCP");
                                    case "heliograph-agent-edge-hall-1" -> Set.of("5684/UDP", "health/TCP");
                                    default -> Set.of("health/TCP");
                                }));
        assertThat(network("ingress", Chart.PRODUCTION))
                .allSatisfy((workload, ports) -> assertThat(ports)
                        .isEqualTo(
                                workload.equals("heliograph-page")
                                        ? Set.of("page/TCP", "health/TCP")
                                        : Set.of("health/TCP")));
    }

    @Test
    void users_of_strimzi_have_the_rights_that_the_secured_broker_was_tried_with(@TempDir Path folder) {
        Manifests manifests = Chart.manifests(Chart.EDGE, Chart.values(folder, """
                kafka: {prefix: dc}
                strimzi: {enabled: true, cluster: energy}
                """));
        Topics topics = new Topics("dc");
        assertThat(rights(manifests.get("KafkaUser", "heliograph-streams")))
                .isEqualTo(rights(Acls.streams("User:any", topics, "heliograph")));
        for (String agent : List.of("edge-hall-1", "edge-roof")) {
            JsonNode user = manifests.get("KafkaUser", "heliograph-agent-" + agent);
            assertThat(rights(user)).isEqualTo(rights(Acls.agent("User:any", topics)));
            assertThat(user.at("/spec/authentication/type").asText()).isEqualTo("scram-sha-512");
        }
    }

    @Test
    void without_a_named_secret_the_parts_are_the_users_that_strimzi_makes() {
        Manifests manifests = Chart.manifests(Chart.PRODUCTION);
        assertThat(manifests.of("KafkaUser")).extracting(Manifests::name).containsExactly("heliograph-streams");
        for (Workload workload : manifests.workloads()) {
            assertThat(workload.pod()
                            .path("volumes")
                            .valueStream()
                            .filter(volume -> volume.path("name").asText().startsWith("kafka-"))
                            .map(volume -> volume.at("/secret/secretName").asText()))
                    .containsExactly("energy-cluster-ca-cert", "heliograph-streams");
        }
    }

    /** What the policies that select each workload's pods let through: port and protocol. */
    private static Map<String, Set<String>> network(String direction, Path... values) {
        Manifests manifests = Chart.manifests(values);
        String type = direction.substring(0, 1).toUpperCase(Locale.ROOT) + direction.substring(1);
        return manifests.workloads().stream().collect(Collectors.toMap(Workload::name, workload -> {
            List<JsonNode> policies = manifests.of("NetworkPolicy").stream()
                    .filter(policy -> workload.labels()
                            .properties()
                            .containsAll(
                                    policy.at("/spec/podSelector/matchLabels").properties()))
                    .toList();
            assertThat(policies)
                    .as("what no policy selects is open")
                    .anyMatch(policy ->
                            Manifests.texts(policy.at("/spec/policyTypes")).contains(type));
            return policies.stream()
                    .flatMap(policy -> policy.path("spec").path(direction).valueStream())
                    .flatMap(rule -> rule.path("ports").valueStream())
                    .map(port -> port.path("port").asText() + "/"
                            + port.path("protocol").asText())
                    .collect(Collectors.toSet());
        }));
    }

    private static Set<String> rights(JsonNode user) {
        List<String> all = new ArrayList<>();
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            JsonNode resource = acl.path("resource");
            Manifests.texts(acl.path("operations"))
                    .forEach(operation -> all.add(operation.toUpperCase(Locale.ROOT) + " "
                            + resource.path("type")
                                    .asText()
                                    .replace("transactionalId", "transactional_id")
                                    .toUpperCase(Locale.ROOT)
                            + " "
                            + resource.path("patternType")
                                    .asText()
                                    .replace("prefix", "prefixed")
                                    .toUpperCase(Locale.ROOT)
                            + " " + resource.path("name").asText()));
        }
        return new TreeSet<>(all);
    }

    private static Set<String> rights(List<AclBinding> acls) {
        return acls.stream()
                .flatMap(acl -> Stream.of(acl.entry().operation().name().replace("_", "") + " "
                        + acl.pattern().resourceType() + " " + acl.pattern().patternType() + " "
                        + acl.pattern().name()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

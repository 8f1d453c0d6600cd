package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong values are refused before anything is installed, with their name and what would be right. */
class ChartValuesTest {
    @BeforeAll
    static void loadHelm() {
        Chart.assumeHelm();
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
                "kafka: {properties: {ssl.key.password: x}}   | ssl.key.password is a secret",
                "kafka: {protocol: SSL, user: {secret: a}, properties: {ssl.keystore.location: x}} | ssl.keystore.location follows from",
                "kafka: {protocol: SSL, user: {secret: a}, ca: {secret: b}, properties: {ssl.truststore.location: x}} | ssl.truststore.location follows from",
                "kafka: {properties: {linger.ms: 5}}          | got number, want string",
                "kafka: {protocol: TLS}                       | value must be one of 'PLAINTEXT', 'SSL', 'SASL_SSL'",
                "kafka: {protocol: SSL}                       | kafka.user.secret is missing: with kafka.protocol SSL",
                "kafka: {protocol: SSL, user: {secret: me}}   | agents.edge-1.kafkaUser.secret is missing",
                "kafka: {user: {password: x}}                 | 'password' not allowed",
                "topics: {by: hand}                           | value must be one of 'job', 'strimzi', 'none'",
                "topics: {by: strimzi}                        | give strimzi.cluster",
                "strimzi: {enabled: true}                     | strimzi.cluster is missing",
                "strimzi: {enabled: true, cluster: energy}    | users of Strimzi prove who they are",
                "{strimzi: {enabled: true, cluster: e}, kafka: {protocol: SSL}, sink: {group: influx}} | 'influx' doesn't begin with engine.application",
                "{strimzi: {enabled: true, cluster: e}, kafka: {protocol: SSL}} | topics.by is job, which runs before Strimzi has made its user",
                "sites: {casa1: ``}                           | sites.casa1 is empty",
                "sites: {casa1: `zone: Africa/Casablanca`}    | sites.casa1 has no field 'site'",
                "sites: {casa1: `site: 5`}                    | quote it",
                "sites: {casa1: `{`}                          | sites.casa1 is not YAML",
                "sites: {`casa 1`: `site: casa1`}             | invalid propertyName 'casa 1'",
                "sites: {other: `site: other`}                | agents.edge-1.site is missing: one of casa1, other",
                "{sites: {b: `site: casa1`}, agents: {edge-1: {site: casa1}}} | sites.b and sites.casa1 both describe the site 'casa1'",
                "engine: {replicas: two}                      | got string, want integer",
                "engine: {grace: 1 minute}                    | '1 minute' does not match pattern '^(?<ISO_8601_duration_such_as_PT1M>",
                "engine: {cacheMebibytes: 1}                  | /engine/cacheMebibytes",
                "engine: {standby: 3}                         | /engine/standby",
                "engine: {state: {size: 10 GB}}               | '10 GB' does not match pattern '^(?<size_such_as_10Gi>",
                "engine: {resources: {limits: {memory: 2 GB}}} | '^(?<quantity_such_as_500m_or_2Gi>",
                "engine: {resources: {limit: {cpu: 1}}}       | 'limit' not allowed",
                "streams: {replicas: 2}                       | 'streams' not allowed",
                "sink: {url: influxdb:8086}                   | /sink/url",
                "sink: {url: `http://me:secret@influxdb`}     | does not match pattern '^(?<http_address_without_password>",
                "sink: {token: secret}                        | at '/sink/token': got string, want object",
                "sink: {tls: {identity: {secret: me}}}        | sink.tls is given, but sink.url isn't https",
                "sink: {batchLines: 100001}                   | /sink/batchLines",
                "sink: {tls: {ca: {secret: ca}}}              | sink.tls is given, but sink.url isn't https",
                "page: {anonymous: false}                     | the page would be open to everybody",
                "page: {service: {port: 70000}}               | /page/service/port",
                "page: {tls: {readersCa: {secret: ca}}}       | page.tls.readersCa is given without page.tls.secret",
                "page: {ingress: {enabled: true}}             | page.ingress.host is missing",
                "page: {ingress: {enabled: true, host: `https://a`}} | '^(?<host_name>",
                "page: {ingress: {enabled: true, host: a.org}} | networkPolicy.readers lets in this namespace's pods only",
                "page: {route: {enabled: true, parents: [{name: gateway}]}} | networkPolicy.readers lets in",
                "page: {service: {type: LoadBalancer}}        | networkPolicy.readers lets in",
                "page: {route: {enabled: true}}               | page.route.parents is missing",
                "alerts: {webhook: {url: alertmanager}}       | /alerts/webhook/url",
                "alerts: {webhook: {url: `http://a`, ca: {secret: a}}} | alerts.webhook.ca is given, but alerts.webhook.url isn't https: http://a",
                "alerts: {webhook: {token: {secret: a}}}      | alerts.webhook.token is given without alerts.webhook.url",
                "alerts: {mqtt: {url: `tcp://a:1`, ca: {secret: a}}} | alerts.mqtt.ca or identity is given, but alerts.mqtt.url isn't ssl: tcp://a:1",
                "alerts: {mqtt: {url: `tcp://a:1`, identity: {secret: a}}} | alerts.mqtt.ca or identity is given",
                "alerts: {mqtt: {user: me}}                   | alerts.mqtt.user is given without alerts.mqtt.url",
                "alerts: {mqtt: {url: `tcp://a:1`, password: {secret: a}}} | alerts.mqtt.password is given without alerts.mqtt.user",
                "agents: {Edge: {}}                           | invalid propertyName 'Edge'",
                "agents: {edge-2: {}}                         | agents.edge-2 has no source",
                "agents: {edge-1: {site: casa2}}              | agents.edge-1.site is 'casa2', which is none of sites: casa1",
                "agents: {edge-1: {config: {kafka: {}}}}      | 'kafka' not allowed",
                "agents: {edge-1: {config: {mqtt: [{url: `http://broker:1`}]}}} | '^(?<tcp_or_ssl_host_port>",
                "agents: {edge-1: {config: {mqtt: [{topics: [a]}]}}} | missing property 'url'",
                "agents: {edge-1: {config: {mqtt: [{url: `tcp://b:1`, password: x}]}}} | at '/agents/edge-1/config/mqtt/0/password': got string, want object",
                "agents: {edge-1: {config: {coap: [{device: crac-01}]}}} | missing property 'uri'",
                "agents: {edge-1: {config: {coapServer: {plain: {listen: `127.0.0.1:5683`}}}}} | '^(?<address_of_all_the_pod>",
                "agents: {edge-1: {config: {coapServer: {burst: 1}}}} | /agents/edge-1/config/coapServer/burst",
                "agents: {edge-1: {config: {silence: {perods: 3}}}} | 'perods' not allowed",
                "agents: {edge-1: {config: {silence: {expected: {m: 15m}}}}} | '^(?<ISO_8601_duration_such_as_PT1M>",
                "agents: {edge-1: {config: {limit: {packsPerSecond: 0}}}} | /agents/edge-1/config/limit/packsPerSecond",
                "agents: {edge-1: {config: {canary: {devise: a}}}} | 'devise' not allowed",
                "agents: {edge-1: {config: {led: {pin: 27}}}} | board.resources names no device files",
                "agents: {edge-1: {board: {resources: {gpio: 1}}}} | '^(?<resource_of_a_device_plugin>",
                "agents: {edge-1: {journal: {hostPath: /data}}} | name that board in nodeSelector",
                "agents: {a-name-that-is-too-long-for-a-set-of-pods-x: {config: {coap: [{device: a, uri: `coap://a`}]}}} | shorten the agent's name",
                "agents: {edge-1: {journal: {maxBytes: 4 GiB}}} | agents.edge-1.journal.size is 2Gi, too small for a journal of 4 GiB",
                "prometheusRule: {enabled: true}              | prometheusRule.enabled is given without serviceMonitor.enabled",
                "image: {streams: {repository: `reg/heliograph/streams:1.0`}} | '^(?<repository_without_tag>",
                "image: {streams: {tag: `a b`}}               | '^(?<tag>",
                "image: {streams: {digest: `sha256:12`}}      | '^(?<digest_such_as_sha256_0123>",
                "agents: {edge-1: {secrets: [a, a]}}          | items at 0 and 1 are equal",
                "agents: {edge-1: {secrets: [kafka-user]}}    | would lie where the chart puts Kafka's",
                "agent: {enabled: true}                       | 'agent' not allowed",
                "sim: {enabled: true}                         | sim.mqtt is missing",
                "networkPolicy: {kafka: [{cidr: 10.0.0.0/8}]} | 'cidr' not allowed",
                "networkPolicy: {morePorts: {kafka: [0]}}     | /networkPolicy/morePorts/kafka/0",
            })
    void a_wrong_value_is_refused_with_its_name(String values, String message, @TempDir Path folder) {
        Path wrong = Chart.values(folder, values.replace("``", "''").replace('`', '"'));
        assertThatThrownBy(() -> Chart.render(Chart.RELEASE, Chart.MINIMAL, wrong))
                .hasMessageContaining(message);
    }

    /** As Kubernetes takes them: it says itself how it would rather have them. */
    @ParameterizedTest
    @ValueSource(
            strings = {"2", "0.5", ".5", "1.", "500m", "500000u", "2Gi", "2G", "1Ei", "1e9", "1E+9", "128974848000m"})
    void a_quantity_may_be_written_in_each_way_that_kubernetes_reads(String quantity, @TempDir Path folder) {
        Path right = Chart.values(folder, "engine: {resources: {limits: {memory: '" + quantity + "'}}}");
        assertThat(Chart.render(Chart.RELEASE, Chart.MINIMAL, right))
                .containsPattern("memory: \"?" + Pattern.quote(quantity) + "\"?\n");
    }
}

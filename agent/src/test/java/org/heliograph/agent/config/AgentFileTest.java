package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentFileTest {
    /** A setting of the broker in comments, with the lines that belong to it. */
    private static final Pattern SHOWN_MQTT =
            Pattern.compile("(?m)^    # (?:protocol|mappings|sparkplug):.*\\n(?:    #   .*\\n)*");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void the_example_is_right_and_shows_the_defaults() throws Exception {
        AgentConfig config = AgentFile.read(Path.of("examples/agent.yaml"));

        assertThat(config.agent()).isEqualTo("edge-1");
        assertThat(config.kafka())
                .isEqualTo(new KafkaSection("kafka-1:9092,kafka-2:9092", Topics.DEFAULT, Optional.empty(), Map.of()));
        assertThat(config.journal())
                .isEqualTo(new AgentConfig.Journal(
                        Path.of("examples/data/edge-1.journal").toAbsolutePath(),
                        Duration.ofMillis(10),
                        500,
                        512L << 20,
                        new WhenFull(List.of()),
                        Duration.ofMinutes(10),
                        java.time.Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(config.mqtt())
                .containsExactly(new AgentConfig.Mqtt(
                        "tcp://broker:1883",
                        AgentConfig.Protocol.V5,
                        "heliograph-edge-1",
                        Duration.ofDays(1),
                        1000,
                        List.of(),
                        List.of(),
                        null,
                        Set.of(),
                        null,
                        null));
        assertThat(config.coap())
                .contains(new AgentConfig.Coap("inlet-01", URI.create("coap://10.0.3.51/senml"), null, null));
        assertThat(config.board().pulses())
                .containsExactly(new Board.Pulses(
                        "lights-1", 17, Point.ENERGY, 1000, Duration.ofMillis(3), Duration.ofSeconds(10)));
        assertThat(config.board().contacts())
                .containsExactly(
                        new Board.Contact(
                                "tray-1", 22, Point.LEAK, true, 2, Duration.ofMillis(50), Duration.ofSeconds(10)),
                        new Board.Contact(
                                "rack-a01", 23, Point.DOOR, false, 1, Duration.ofMillis(50), Duration.ofSeconds(10)));
        assertThat(config.board().sensors())
                .containsExactly(
                        new Board.Sensor("rack-a01", new Board.Chip.Sht3x(), 1, 0x44, Duration.ofSeconds(10)),
                        new Board.Sensor(
                                "dc-48v",
                                new Board.Chip.Ina226(new Board.Shunt(0.002, 20)),
                                1,
                                0x40,
                                Duration.ofSeconds(10)));
        assertThat(config.board().led()).isEqualTo(new Board.Led(27, false));
        assertThat(config.operation())
                .isEqualTo(new Operation(
                        new Operation.Health("127.0.0.1", 9464),
                        new Operation.Limit(20, 100_000),
                        new Operation.Silence(null, 3, Duration.ofMinutes(1), Map.of()),
                        null));
    }

    @Test
    void what_the_example_shows_of_mqtt_in_comments_is_right_as_well() throws Exception {
        String example = Files.readString(Path.of("examples/agent.yaml"));
        String shown = SHOWN_MQTT
                .matcher(example)
                .replaceAll(part -> Matcher.quoteReplacement(part.group().replaceAll("(?m)^    # ", "    ")));

        AgentConfig.Mqtt mqtt = AgentFile.read(file(shown)).mqtt().getFirst();

        assertThat(mqtt.protocol()).isEqualTo(AgentConfig.Protocol.V5);
        assertThat(mqtt.rules().stream().map(rule -> rule.topic().text()))
                .contains("tele/{device}/SENSOR", "solar/{serial}/0/power", "plant/{device}/meter");
        assertThat(mqtt.sparkplug())
                .isEqualTo(new AgentConfig.Sparkplug(
                        List.of("casa1"),
                        "heliograph",
                        Duration.ofSeconds(10),
                        new SparkplugNames(
                                Map.of("casa1/edge-7/meter", "util-1"),
                                Map.of("Active Power", new SparkplugNames.Metric(Point.POWER, "kW")))));
    }

    @Test
    void all_faults_are_reported_at_once_with_line_and_field() throws IOException {
        Path file = file("""
                agent: edge 1
                kafka:
                  bootstrap: nowhere
                  prefix: "h g"
                  properties: {acks: "0", linger.ms: 5}
                journal: {path: j.db, commitEvery: 10ms, maxBytes: 12}
                mqtt:
                  - url: http://broker:8883
                  - {url: "tcp://broker:1883", receiveMaximum: 0}
                  - {url: "tcp://broker:1883"}
                coap:
                  - {device: crac-01, uri: "http://10.0.0.1"}
                  - {device: crac-01, uri: "coap://10.0.0.1"}
                gpio:
                  - {device: lights, pin: -1, debounce: PT1S, point: power}
                influx: 1
                """);

        assertThat(flaws(file))
                .containsExactlyInAnyOrder(
                        "1 agent",
                        "1 site",
                        "3 kafka.bootstrap",
                        "4 kafka.prefix",
                        "5 kafka.properties.acks",
                        "6 journal.commitEvery",
                        "6 journal.maxBytes",
                        "8 mqtt[0].url",
                        "9 mqtt[1].receiveMaximum",
                        "10 mqtt[2].clientId",
                        "12 coap[0].uri",
                        "13 coap[1].device",
                        "15 gpio[0].pin",
                        "15 gpio[0].debounce",
                        "15 gpio[0].point",
                        "15 gpio[0].pulsesPerKilowattHour",
                        "16 influx");
    }

    @Test
    void what_would_scatter_a_device_over_partitions_is_refused() throws IOException {
        Path file = file("""
                agent: edge-1
                site: casa1
                kafka:
                  bootstrap: kafka:9092
                  properties:
                    partitioner.class: org.apache.kafka.clients.producer.RoundRobinPartitioner
                    partitioner.ignore.keys: true
                journal: {path: j.db}
                mqtt: [{url: "tcp://broker:1883"}]
                """);

        assertThat(flaws(file))
                .containsExactlyInAnyOrder(
                        "6 kafka.properties.partitioner.class", "7 kafka.properties.partitioner.ignore.keys");
    }

    @Test
    void an_agent_without_sources_or_sections_is_told_what_it_lacks() throws IOException {
        assertThat(flaws(file("agent: a\nsite: s\n")))
                .containsExactlyInAnyOrder("1 kafka.bootstrap", "1 journal.path", "1 mqtt");
        assertThat(flaws(file("agent: a\nsite: s\nkafka:\njournal:\n")))
                .as("all of it commented out")
                .contains("1 kafka.bootstrap", "1 journal.path");
    }

    @Test
    void what_is_wrong_with_the_journals_policies_and_times_is_told() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal:
                  path: j.db
                  whenFull:
                    - {devices: "a/b", then: drop-oldest}
                    - {devices: "inlet-*", then: drop}
                    - {devices: "inlet-*", then: thin-out, since: 1}
                  waitForTime: ten minutes
                  deviceTimeFrom: yesterday
                mqtt: [{url: "tcp://b:1"}]
                """)))
                .containsExactlyInAnyOrder(
                        "7 journal.whenFull[0].devices",
                        "8 journal.whenFull[1].then",
                        "9 journal.whenFull[2].since",
                        "10 journal.waitForTime",
                        "11 journal.deviceTimeFrom");
    }

    @Test
    void an_empty_list_of_brokers_is_no_source() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                mqtt: []
                """))).containsExactly("5 mqtt");
    }

    @Test
    void the_faults_of_a_board_are_told() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                gpio:
                  - {device: d, pin: 5, point: leak, contact: sometimes, severity: bad}
                  - {device: d, pin: 6, point: leak}
                  - {device: d, pin: 5, point: door, heartbeat: PT1H}
                  - {device: d, pin: 7, point: power}
                i2c:
                  - {device: e, chip: bme280}
                  - {device: f, chip: sht3x, address: 0x99, bus: 300}
                  - {device: g, chip: ina219}
                  - {device: h, chip: ina226, shuntOhms: 0.1, maxAmperes: 3, address: 0x41}
                  - {device: i, chip: ina219, shuntOhms: 0.1, maxAmperes: 3.2, address: 0x41}
                  - {device: j, chip: ina226, shuntOhms: 0.1, maxAmperes: 0.819, address: 0x42}
                  - {device: k, chip: ina219, shuntOhms: 0.1, maxAmperes: 3.21, address: 0x43}
                led: {activeLow: maybe}
                """)))
                .containsExactlyInAnyOrder(
                        "6 gpio[0].contact",
                        "6 gpio[0].severity",
                        "7 gpio[1].device",
                        "8 gpio[2].pin",
                        "8 gpio[2].heartbeat",
                        "9 gpio[3].point",
                        "9 gpio[3].pulsesPerKilowattHour",
                        "11 i2c[0].chip",
                        "12 i2c[1].address",
                        "12 i2c[1].bus",
                        "13 i2c[2].shuntOhms",
                        "13 i2c[2].maxAmperes",
                        "14 i2c[3].maxAmperes",
                        "15 i2c[4].address",
                        "17 i2c[6].maxAmperes",
                        "18 led.pin",
                        "18 led.activeLow");
    }

    @Test
    void the_faults_of_operation_are_told() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coap: [{device: c, uri: "coap://10.0.0.1"}]
                health: {listen: 9464}
                limit: {packsPerSecond: 0, burst: -1}
                silence:
                  site: nowhere.yaml
                  periods: 0
                  atLeast: PT0S
                  expected: {c: PT0S}
                canary: {device: c, period: PT0.1S}
                """)))
                .containsExactlyInAnyOrder(
                        "6 health.listen",
                        "7 limit.packsPerSecond",
                        "7 limit.burst",
                        "9 silence.site",
                        "10 silence.periods",
                        "11 silence.atLeast",
                        "12 silence.expected.c",
                        "13 canary.device",
                        "13 canary.period");
    }

    @Test
    void a_wildcard_in_the_wrong_place_is_a_fault_of_its_line() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                mqtt:
                  - url: tcp://b:1
                    topics:
                      - hg/s/+/senml
                      - $share/edge/hg/#
                      - hg/#/senml
                      - hg/dev+/senml
                      - hg/s#
                      - ""
                """)))
                .containsExactly(
                        "10 mqtt[0].topics[2]", "11 mqtt[0].topics[3]", "12 mqtt[0].topics[4]", "13 mqtt[0].topics[5]");
    }

    @Test
    void a_journal_that_is_a_folder_or_below_a_file_is_a_fault() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        for (String path : List.of("data", "agent.yaml", "agent.yaml/journal")) {
            assertThat(flaws(file("""
                    agent: a
                    site: s
                    kafka: {bootstrap: "k:1"}
                    journal: {path: %s}
                    mqtt: [{url: "tcp://b:1"}]
                    """.formatted(path)))).as(path).containsExactly("4 journal.path");
        }
    }

    @Test
    void two_ports_of_a_server_that_are_one_are_a_fault() throws IOException {
        Files.writeString(folder.resolve("key"), "0123456789abcdef");
        for (String plain : List.of("127.0.0.1:5700", "0.0.0.0:5700")) {
            assertThat(flaws(file("""
                    agent: a
                    site: s
                    kafka: {bootstrap: "k:1"}
                    journal: {path: j.db}
                    coapServer:
                      dtls: {listen: "127.0.0.1:5700", devices: [{device: d, identity: d, key: {file: key}}]}
                      plain: {listen: "%s", devices: [{device: e, address: 10.0.0.1}]}
                    """.formatted(plain)))).as(plain).containsExactly("7 coapServer.plain");
        }
    }

    @Test
    void a_server_without_a_port_is_a_fault() throws IOException {
        for (String bootstrap : List.of("k", "k:", "k:0", "k:99999", "k:1,l", "k:1,")) {
            assertThat(flaws(file("""
                    agent: a
                    site: s
                    kafka: {bootstrap: "%s"}
                    journal: {path: j.db}
                    mqtt: [{url: "tcp://b:1"}]
                    """.formatted(bootstrap)))).as(bootstrap).containsExactly("3 kafka.bootstrap");
        }
    }

    @Test
    void a_password_is_in_a_file_or_the_environment_and_never_in_the_configuration() throws Exception {
        Files.writeString(folder.resolve("password"), "s3cret\n");
        String yaml = """
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                mqtt: [{url: "tcp://b:1", user: edge, password: %s}]
                """;
        AgentConfig config = AgentFile.read(file(yaml.formatted("{file: password}")));
        AgentConfig.Login login =
                Objects.requireNonNull(config.mqtt().getFirst().login());
        assertThat(login.user()).isEqualTo("edge");
        assertThat(login.password().read()).asString().isEqualTo("s3cret");
        assertThat(config.toString()).doesNotContain("s3cret");

        assertThat(flaws(file(yaml.formatted("{file: none}")))).containsExactly("5 mqtt[0].password.file");
        assertThat(flaws(file(yaml.formatted("{env: HELIOGRAPH_IS_NOT_SET}"))))
                .containsExactly("5 mqtt[0].password.env");
        assertThat(flaws(file(yaml.formatted("s3cret")))).contains("5 mqtt[0].password");
    }

    @Test
    void certificates_that_cannot_be_read_are_a_fault() throws IOException {
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                mqtt:
                  - {url: "ssl://b:1", clientId: a, tls: {ca: ca.pem}}
                  - {url: "ssl://b:1", clientId: b, tls: {ca: none.pem}}
                  - {url: "ssl://b:1", clientId: c, tls: {certificate: ca.pem}}
                  - {url: "tcp://b:1", clientId: d, tls: {}}
                """)))
                .containsExactly("6 mqtt[0].tls", "7 mqtt[1].tls", "8 mqtt[2].tls", "9 mqtt[3].tls");
    }

    @Test
    void kafkas_certificates_lie_in_files_of_their_own_and_are_said_once() throws IOException {
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        String yaml = """
                agent: a
                site: s
                kafka:
                  bootstrap: "k:1"
                  tls: %s
                  properties: {ssl.keystore.location: own.pem, ssl.truststore.location: "FOLDER/ca.pem"}
                journal: {path: j.db}
                """.replace("FOLDER", folder.toString());
        assertThat(flaws(file(yaml.formatted("{ca: ca.pem}"))))
                .contains("5 kafka.tls", "6 kafka.properties.ssl.truststore.location");
        assertThat(flaws(file(yaml.formatted("{certificate: none.crt, key: none.key}"))))
                .contains("5 kafka.tls", "6 kafka.properties.ssl.keystore.location")
                .doesNotContain("6 kafka.properties.ssl.truststore.location");
        assertThat(flaws(file(yaml.formatted("{key: none.key}")))).contains("5 kafka.tls");
    }

    @Test
    void a_missing_file_is_a_fault() {
        Path file = folder.resolve("none.yaml");

        assertThat(faultsOf(file)).first().hasToString(file + ": no such file");
    }

    @Test
    void a_file_that_is_no_yaml_is_a_fault_at_its_line() throws IOException {
        assertThat(flaws(file("agent: a\nsite: [\n"))).first().asString().startsWith("3 ");
    }

    private List<String> flaws(Path file) {
        return faultsOf(file).stream()
                .map(flaw -> flaw.line() + " " + flaw.field())
                .toList();
    }

    private static List<Flaw> faultsOf(Path file) {
        ConfigurationException thrown = catchThrowableOfType(ConfigurationException.class, () -> AgentFile.read(file));
        return thrown.flaws();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), yaml);
    }

    @Test
    void coap_devices_prove_themselves_by_keys_or_certificates() throws Exception {
        Files.writeString(folder.resolve("nine.psk"), "0123456789abcdef\n");
        AgentConfig config = AgentFile.read(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coap:
                  - {device: c-2, uri: "coaps://10.0.3.2", psk: {identity: edge, key: {file: nine.psk}}, askEvery: PT25S}
                coapServer:
                  messagesPerSecond: 5
                  burst: 100
                  dtls:
                    listen: 0.0.0.0:6684
                    devices: [{device: c-9, identity: nine, key: {file: nine.psk}}]
                  plain:
                    devices: [{device: c-8, address: 10.0.3.8}]
                """));

        Secret key = new Secret.InFile(folder.toAbsolutePath().resolve("nine.psk"));
        assertThat(config.coap().getFirst().security()).isEqualTo(new CoapSecurity.Psk("edge", key));
        assertThat(config.coap().getFirst().askEvery()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.coapServer())
                .isEqualTo(new CoapPush(
                        new CoapPush.Plain(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 5683),
                                Map.of(InetAddress.ofLiteral("10.0.3.8"), "c-8"),
                                false),
                        new CoapPush.Dtls(
                                new InetSocketAddress("0.0.0.0", 6684),
                                Map.of("nine", new CoapPush.Psk("c-9", key)),
                                Map.of(),
                                null),
                        new CoapPush.Rate(5, 100)));
        assertThat(Objects.requireNonNull(config.coapServer()).devices()).containsExactlyInAnyOrder("c-8", "c-9");
        assertThat(config.toString()).doesNotContain("0123456789abcdef");
    }

    @Test
    void the_faults_of_coap_are_told() throws IOException {
        Files.writeString(folder.resolve("short.psk"), "short");
        Files.writeString(folder.resolve("nine.psk"), "0123456789abcdef");
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coap:
                  - {device: c-1, uri: "coaps://10.0.0.1"}
                  - {device: c-2, uri: "coap://10.0.0.2", psk: {identity: e, key: {file: nine.psk}}}
                  - {device: c-3, uri: "coaps://10.0.0.3", psk: {key: {file: none.psk}}}
                  - {device: c-4, uri: "coap://10.0.0.4", subject: c-4, askEvery: PT9S}
                coapServer:
                  burst: 10
                  dtls:
                    listen: nowhere
                    devices:
                      - {device: c-1, identity: one, key: {file: nine.psk}}
                      - {device: d-2, identity: two, key: {file: short.psk}}
                      - {device: d-3, identity: two, key: {file: nine.psk}}
                      - {device: d-4, identity: four}
                      - {device: d-5}
                      - {device: d-6, subject: six}
                  plain:
                    devices:
                      - {device: d-7, address: d-7.example}
                      - {device: d-8, address: 10.0.0.8}
                      - {device: d-9, address: 10.0.0.8}
                """)))
                .containsExactlyInAnyOrder(
                        "6 coap[0].uri",
                        "7 coap[1].psk",
                        "8 coap[2].psk.identity",
                        "8 coap[2].psk.key.file",
                        "9 coap[3].subject",
                        "9 coap[3].askEvery",
                        "11 coapServer.burst",
                        "13 coapServer.dtls.listen",
                        "15 coapServer.dtls.devices[0].device",
                        "16 coapServer.dtls.devices[1].key",
                        "17 coapServer.dtls.devices[2].identity",
                        "18 coapServer.dtls.devices[3].key",
                        "19 coapServer.dtls.devices[4].device",
                        "13 coapServer.dtls.tls",
                        "23 coapServer.plain.devices[0].address",
                        "25 coapServer.plain.devices[2].address");
    }

    @Test
    void an_address_that_two_devices_have_or_that_no_request_can_have_is_a_fault() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coap:
                  - {device: c-1, uri: "coap://pdu.hall"}
                  - {device: c-2, uri: "coap://PDU.hall:5683/"}
                  - {device: c-3, uri: "coap://pdu.hall/a"}
                  - {device: c-4, uri: "coap://pdu.hall:5683/a"}
                  - {device: c-5, uri: "coap://pdu.hall/a?outlet=2"}
                  - {device: c-6, uri: "coap://pdu.hall/b#c"}
                """))).containsExactly("7 coap[1].uri", "9 coap[3].uri", "11 coap[5].uri");
    }

    @Test
    void a_host_whose_name_no_address_can_hold_is_told_by_what_is_wrong_with_it() throws IOException {
        Path file = file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coap: [{device: c-1, uri: "coap://crac_01/senml"}]
                """);
        assertThatThrownBy(() -> AgentFile.read(file)).hasMessageContaining("the name of a host has no '_'");
    }

    @Test
    void a_session_without_a_name_and_a_mapping_of_a_shared_subscription_are_faults() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                mqtt:
                  - url: "tcp://b:1"
                    clientId: ""
                    mappings:
                      - topic: $share/g/tele/{device}/SENSOR
                        points: {power: {at: /w}}
                """))).containsExactlyInAnyOrder("7 mqtt[0].clientId", "9 mqtt[0].mappings[0].topic");
    }

    @Test
    void a_server_that_would_believe_anyone_has_to_be_asked_for() throws IOException {
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coapServer:
                  plain: {listen: "127.0.0.1:5683"}
                """))).containsExactly("6 coapServer.plain.devices");
        assertThat(flaws(file("""
                agent: a
                site: s
                kafka: {bootstrap: "k:1"}
                journal: {path: j.db}
                coapServer: {}
                """))).containsExactly("5 coapServer");
    }
}

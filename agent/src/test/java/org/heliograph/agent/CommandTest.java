package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.source.mqtt.SelfSigned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandTest {
    private static final String RIGHT = """
            agent: edge-1
            site: casa1
            kafka: {bootstrap: "127.0.0.1:1"}
            journal: {path: edge.journal}
            mqtt: [{url: "tcp://127.0.0.1:1"}]
            """;

    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void check_accepts_a_right_configuration() throws IOException {
        assertThat(execute("check", file(RIGHT))).isZero();
        assertThat(out.toString()).contains("ok, agent edge-1 of site casa1: 1 MQTT brokers");
    }

    @Test
    void check_warns_of_a_password_that_anyone_on_the_network_can_read() throws IOException {
        String secret =
                Files.writeString(folder.resolve("broker.password"), "p").toString();
        String login = ", user: edge, password: {file: \"" + secret + "\"}}]";

        assertThat(execute("check", file(RIGHT.replace("127.0.0.1:1\"}]", "127.0.0.1:1\"" + login))))
                .isZero();
        assertThat(out.toString()).as("it doesn't leave the machine").doesNotContain("warning");
        assertThat(execute("check", file(RIGHT.replace("127.0.0.1:1\"}]", "broker.hall:1\"" + login))))
                .isZero();
        assertThat(out.toString())
                .contains("warning: mqtt[0].password: goes over the network for everyone to read; make the url ssl://");
    }

    @Test
    void check_warns_of_local_times_that_nobody_knows_the_zone_of() throws IOException {
        String mapped = RIGHT.replace("127.0.0.1:1\"}]", "127.0.0.1:1\", mappings: [{use: tasmota-energy%s}]}]");

        assertThat(execute("check", file(mapped.formatted("")))).isZero();
        assertThat(out.toString()).contains("warning: mqtt[0].mappings: local times without a zone are no times");
        out.getBuffer().setLength(0);
        assertThat(execute("check", file(mapped.formatted(", zone: Africa/Casablanca"))))
                .isZero();
        assertThat(out.toString()).doesNotContain("warning");
    }

    @Test
    void check_warns_of_devices_that_the_sites_model_lacks() throws IOException {
        Path site = Files.writeString(folder.resolve("site.yaml"), """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: inv-1, profile: pv-inverter, role: pv}
                """);
        String mapped = RIGHT.replace(
                        "127.0.0.1:1\"}]",
                        "127.0.0.1:1\", mappings: [{use: opendtu, devices: {inv-1141: inv-1, inv-1142: inv-2}}]}]")
                + "silence: {site: site.yaml}\n";

        assertThat(execute("check", file(mapped))).isZero();
        assertThat(out.toString())
                .contains("warning: 'inv-2' is no device of " + site + ": the engine will refuse what it says")
                .doesNotContain("'inv-1'");

        assertThat(execute("check", file(mapped.replace("site: casa1", "site: casa2"))))
                .isZero();
        assertThat(out.toString())
                .contains("warning: silence.site: '" + site + "' is of the site 'casa1', the agent of 'casa2'");
        out.getBuffer().setLength(0);
        assertThat(execute("check", file(RIGHT))).isZero();
        assertThat(out.toString()).as("without a model nobody knows").doesNotContain("warning");
    }

    @Test
    void check_warns_of_names_that_neither_the_model_nor_the_configuration_has() throws IOException {
        Path site = Files.writeString(folder.resolve("site.yaml"), """
                site: casa1
                zone: Africa/Casablanca
                devices:
                  - {id: meter-7, profile: slow-meter, role: auxiliary}
                """);
        String named = RIGHT.replaceAll("(journal: \\{path: [^}]*)}", "$1, whenFull: [%s]}")
                + "silence: {site: site.yaml, expected: {%s: PT15M}}\n";

        assertThat(execute("check", file(named.formatted("{devices: 'meter*', then: thin-out}", "meter-7"))))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).doesNotContain("warning");
        assertThat(execute("check", file(named.formatted("{devices: 'inlet-*', then: thin-out}", "meter-8"))))
                .isZero();
        assertThat(out.toString())
                .contains("warning: silence.expected: 'meter-8' is no device of " + site)
                .contains("warning: journal.whenFull[0]: 'inlet-*' fits no device of " + site);
    }

    @Test
    void check_warns_of_a_line_that_was_copied_and_still_has_the_others_device() throws IOException {
        String mapped = RIGHT.replace("127.0.0.1:1\"}]", "127.0.0.1:1\", mappings: [%s, %s]}]");
        String first = "{topic: all, device: pdu-1, points: {power: {at: /m1/w}}}";

        assertThat(execute("check", file(mapped.formatted(first, first.replace("m1", "m2")))))
                .isZero();
        assertThat(out.toString())
                .contains("warning: mqtt[0].mappings: the power of 'pdu-1' is both '/m1/w' and '/m2/w' of all");
        out.getBuffer().setLength(0);
        assertThat(execute(
                        "check",
                        file(mapped.formatted(first, first.replace("m1", "m2").replace("pdu-1", "pdu-2")))))
                .isZero();
        assertThat(execute(
                        "check",
                        file(mapped.formatted(
                                first, first.replace("m1", "m2").replace("points", "optional: true, points")))))
                .isZero();
        assertThat(out.toString()).doesNotContain("warning");
    }

    @Test
    void check_warns_of_topics_that_bring_no_senml_of_the_site() throws IOException {
        String subscribed = RIGHT.replace("127.0.0.1:1\"}]", "127.0.0.1:1\", topics: [\"%s\"]}]");

        for (String topic : List.of("plant/+/senml", "hg/other/+/senml", "hg/casa1/senml", "hg/casa1/+/senml/x")) {
            out.getBuffer().setLength(0);
            assertThat(execute("check", file(subscribed.formatted(topic)))).isZero();
            assertThat(out.toString())
                    .contains("warning: mqtt[0].topics[0]: '" + topic
                            + "' brings no SenML of this site, whose topics are hg/casa1/{device}/senml");
        }
        out.getBuffer().setLength(0);
        for (String topic : List.of("#", "hg/+/pdu-1/senml", "hg/casa1/#", "$share/edge/hg/casa1/+/senml")) {
            assertThat(execute("check", file(subscribed.formatted(topic)))).isZero();
        }
        assertThat(out.toString()).doesNotContain("warning");
    }

    @Test
    void check_and_run_exit_2_and_name_file_line_and_field() throws IOException {
        String file = file(RIGHT.replace("tcp:", "http:"));
        for (String command : new String[] {"check", "run"}) {
            assertThat(execute(command, file)).isEqualTo(2);
        }
        assertThat(err.toString())
                .contains(file + ":5: mqtt[0].url: 'http://127.0.0.1:1' is not tcp://host:port or ssl://host:port");
    }

    /** At a boot a disk, a secret or a name may come after the agent: systemd starts it again after a 1. */
    @Test
    void run_exits_1_when_only_that_is_missing_which_may_come_yet() throws IOException {
        String secret =
                RIGHT.replace("127.0.0.1:1\"}]", "127.0.0.1:1\", user: edge, password: {file: late.password}}]");
        for (String yaml : new String[] {
            secret,
            RIGHT + "silence: {site: late.yaml}\n",
            kafka("properties: {security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512,"
                    + " sasl.jaas.config: \"${directory:/nowhere/heliograph:kafka.jaas}\"}"),
            kafka(
                    "properties: {security.protocol: SSL, ssl.truststore.type: PEM, ssl.truststore.location: /nowhere/ca.pem}"),
            kafka("tls: {ca: late.pem}"),
            RIGHT.replace("tcp://127.0.0.1:1\"}", "ssl://127.0.0.1:1\", tls: {ca: late.pem}}"),
        }) {
            assertThat(execute("run", file(yaml))).as(yaml).isEqualTo(1);
            assertThat(err.toString()).as(yaml).contains("start it again when this is there");
            err.getBuffer().setLength(0);
            assertThat(execute("check", file(yaml)))
                    .as("who checks won't start it again, and may have mistyped it: " + yaml)
                    .isEqualTo(2);
            assertThat(err.toString()).isNotBlank().doesNotContain("start it again");
            assertThat(execute("run", file(yaml.replace("site: casa1", "site: casa 1"))))
                    .as("what is wrong stays wrong")
                    .isEqualTo(2);
            err.getBuffer().setLength(0);
        }
        assertThat(Files.readAllLines(Path.of("src/main/packaging/heliograph-agent.service")))
                .contains("Restart=always", "RestartPreventExitStatus=2", "StartLimitIntervalSec=0");
        Files.writeString(folder.resolve("late.password"), "x".repeat(5_000));
        assertThat(execute("run", file(secret))).as("it is there, and wrong").isEqualTo(2);
    }

    @Test
    void a_journal_that_is_somebody_elses_file_is_a_wrong_configuration() throws IOException {
        Files.writeString(folder.resolve("ca.pem"), "no journal");
        String file = file(RIGHT.replaceFirst("path: [^}]*}", "path: ca.pem}"));
        for (String command : new String[] {"check", "run"}) {
            assertThat(execute(command, file)).as(command).isEqualTo(2);
        }
        assertThat(err.toString()).contains(file + ": journal.path: ").contains("ca.pem is no journal");
        assertThat(folder.resolve("ca.pem")).hasContent("no journal");
    }

    @Test
    void check_takes_what_guards_nothing_secret() throws IOException {
        assertThat(execute("check", file(kafka("properties: {ssl.truststore.password: changeit}"))))
                .as(err.toString())
                .isZero();
    }

    @Test
    void once_and_test_exit_1_likewise() throws IOException {
        for (String command : new String[] {"once", "test"}) {
            assertThat(execute(command, file(RIGHT + "silence: {site: late.yaml}\n")))
                    .isEqualTo(1);
            assertThat(execute(command, file(RIGHT.replace("tcp:", "http:")))).isEqualTo(2);
        }
    }

    @Test
    void check_refuses_a_secret_in_the_configuration_and_one_that_the_environment_lacks() throws IOException {
        String login = "properties: {sasl.jaas.config: 'a.PlainLoginModule required username=\"a\" password=\"%s\";'}";
        String file = file(kafka(login.formatted("hunter2")));

        assertThat(execute("check", file)).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        file + ":3: kafka.properties.sasl.jaas.config: holds a secret; write ${directory:FOLDER:FILE}")
                .doesNotContain("hunter2");
        assertThat(execute("check", file(kafka("properties: {ssl.key.password: hunter2}"))))
                .isEqualTo(2);
        assertThat(execute("check", file(kafka(login.formatted("${env:HELIOGRAPH_NOT_SET}")))))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("kafka.properties.sasl.jaas.config: the environment has no HELIOGRAPH_NOT_SET");
    }

    @Test
    void check_refuses_a_key_that_no_connection_could_use_and_warns_of_a_certificate_that_ends() throws Exception {
        Path hall = Files.createDirectory(folder.resolve("hall"));
        Path other = Files.createDirectory(folder.resolve("other"));
        Path edwards = Files.createDirectory(folder.resolve("edwards"));
        SelfSigned.tls(hall, "127.0.0.1", "EC");
        SelfSigned.tls(other, "127.0.0.1", "EC");
        SelfSigned.tls(edwards, "127.0.0.1", "Ed25519");
        String tls = "tls: {certificate: %s/CERTIFICATE.pem, key: \"%s/PRIVATE KEY.pem\"}";

        assertThat(execute("check", file(kafka(tls.formatted("hall", "other")))))
                .isEqualTo(2);
        assertThat(execute("run", file(kafka(tls.formatted("hall", "other")))))
                .as("a renewal may be under way")
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("kafka.tls: can't be used: ", "other/PRIVATE KEY.pem isn't the key of the certificate in");
        assertThat(execute("check", file(kafka(tls.formatted("edwards", "edwards")))))
                .isEqualTo(2);
        assertThat(err.toString()).contains("kafka.tls: Kafka's clients know keys of RSA and EC, not of EdDSA");

        Path right = Path.of(file(kafka(tls.formatted("hall", "hall"))));
        assertThat(execute("check", right.toString())).as(err.toString()).isZero();
        AgentConfig config = AgentFile.read(right);
        assertThat(config.warnings(Instant.now())).isEmpty();
        assertThat(config.warnings(Instant.now().plus(Duration.ofDays(85))))
                .singleElement()
                .asString()
                .startsWith("kafka.tls.certificate: is valid until ");
        assertThat(config.warnings(Instant.now().plus(Duration.ofDays(95))))
                .singleElement()
                .asString()
                .startsWith("kafka.tls.certificate: was valid until ");
    }

    @Test
    void run_exits_1_while_the_journals_folder_is_not_writable() throws IOException {
        Path mount = Files.createDirectory(folder.resolve("mnt"));
        assumeTrue(mount.toFile().setWritable(false) && !Files.isWritable(mount), "root may write everywhere");

        assertThat(execute("run", file(RIGHT.replace("edge.journal", "mnt/edge.journal"))))
                .isEqualTo(1);
        assertThat(err.toString()).contains("journal.path: '" + mount + "' is not writable");
    }

    @Test
    void check_refuses_producer_properties_that_the_producer_would_refuse() throws IOException {
        String file = file(RIGHT.replace(
                "127.0.0.1:1\"}\njournal",
                "127.0.0.1:1\", properties: {linger.mss: 5, compression.type: zip, batch.size: many}}\njournal"));

        assertThat(execute("check", file)).isEqualTo(2);
        assertThat(err.toString())
                .contains(file + ":3: kafka.properties.linger.mss: is no property of Kafka's producer")
                .contains(file + ":3: kafka.properties.compression.type: Invalid value zip")
                .contains(file + ":3: kafka.properties.batch.size: Invalid value many");
    }

    @Test
    void check_refuses_properties_that_do_not_go_together() throws IOException {
        String file = file(RIGHT.replace(
                "127.0.0.1:1\"}\njournal", "127.0.0.1:1\", properties: {delivery.timeout.ms: 1000}}\njournal"));

        assertThat(execute("check", file)).isEqualTo(2);
        assertThat(err.toString()).contains(file + ":3: kafka.properties: delivery.timeout.ms should be");
    }

    @Test
    void run_exits_1_when_another_agent_has_the_journal() throws Exception {
        Path journal = folder.resolve("edge.journal");
        try (Journal _ = Journal.open(journal, new Journal.Limits(Duration.ZERO, 1, 1 << 20), InstantSource.system())) {
            assertThat(execute("run", file(RIGHT))).isEqualTo(1);
        }
        assertThat(err.toString()).contains("in use by another agent");
    }

    @Test
    void a_missing_argument_or_command_is_wrong_usage() {
        assertThat(execute("check")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("frobnicate")).isEqualTo(2);
    }

    @Test
    void a_time_that_no_clock_can_count_is_wrong_usage() {
        for (String time : List.of("0s", "-5s", "soon", "P1000D", "PT2562047788015215H")) {
            for (String[] command : new String[][] {{"test", "--for"}, {"once", "--within"}}) {
                err.getBuffer().setLength(0);
                assertThat(execute(command[0], command[1], time)).as(time).isEqualTo(2);
                assertThat(err.toString()).contains("'" + time + "' is not a time such as 30s or 5m");
            }
        }
    }

    @Test
    void only_a_run_that_leaves_nothing_to_parse_does_without_the_parser() {
        assertThat(Main.isPlainRun("run", "/etc/heliograph/agent.yaml")).isTrue();
        assertThat(List.of(
                        Main.isPlainRun(),
                        Main.isPlainRun("run"),
                        Main.isPlainRun("run", ""),
                        Main.isPlainRun("run", "--help"),
                        Main.isPlainRun("run", "@arguments"),
                        Main.isPlainRun("run", "no\0path.yaml"),
                        Main.isPlainRun("run", "a.yaml", "b.yaml"),
                        Main.isPlainRun("check", "agent.yaml")))
                .containsOnly(false);
    }

    @Test
    void a_name_that_can_be_no_file_is_wrong_usage() {
        assertThat(execute("run", "no\0path.yaml")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("no\0path.yaml").doesNotContain("\tat ");
    }

    @Test
    void help_has_examples() {
        for (String[] command : new String[][] {{"--help"}, {"run", "--help"}, {"check", "--help"}}) {
            assertThat(execute(command)).isZero();
            assertThat(out.toString()).contains("Examples:", "./heliograph agent");
            out.getBuffer().setLength(0);
        }
    }

    private static String kafka(String more) {
        return RIGHT.replace("127.0.0.1:1\"}\njournal", "127.0.0.1:1\", " + more + "}\njournal");
    }

    private int execute(String... arguments) {
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), yaml).toString();
    }
}

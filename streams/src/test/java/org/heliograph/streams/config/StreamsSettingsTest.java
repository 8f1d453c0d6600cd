package org.heliograph.streams.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.heliograph.streams.health.HealthSettings;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsSettingsTest {
    @TempDir
    private Path folder;

    private StreamsSettings read(String streams) throws IOException, ConfigurationException {
        return StreamsSettings.read(Files.writeString(folder.resolve("streams.yaml"), streams));
    }

    private ConfigurationException faultsOf(String streams) throws IOException {
        Path file = Files.writeString(folder.resolve("streams.yaml"), streams);
        ConfigurationException flaws =
                catchThrowableOfType(ConfigurationException.class, () -> StreamsSettings.read(file));
        assertThat(flaws).isNotNull();
        return flaws;
    }

    @Test
    void the_shipped_example_is_right() throws ConfigurationException {
        StreamsSettings settings = StreamsSettings.read(Path.of("examples", "streams.yaml"));
        assertThat(settings.sites()).hasSize(1);
        assertThat(settings.sites().getFirst().model().site()).isEqualTo("casa1");
        assertThat(settings.engine().instance()).isEqualTo("streams-1");
        assertThat(settings.health()).hasValue(HealthSettings.DEFAULT);
    }

    @Test
    void the_example_of_a_site_is_right_and_so_are_the_defaults_that_it_tells() throws Exception {
        String example = Files.readString(Path.of("examples", "site.yaml"));
        SiteModel model = SiteFile.parse("site.yaml", example);
        assertThat(model.site()).isEqualTo("casa1");
        assertThat(model.devicesAt(Instant.parse("2026-07-02T00:00:00Z"))).hasSize(132);
        assertThat(model.device("chiller-1", Instant.EPOCH)
                        .orElseThrow()
                        .profile()
                        .name())
                .isEqualTo("hall-meter");

        String told =
                example.replaceAll("(?m)^( *)# (late|fuel|accuracy|states|area|serial|resets|state)(:.*)$", "$1$2$3");
        assertThat(told).contains("\nlate:", "\n    accuracy: 0.5", "\n    accuracy: 1 ", "\n        resets: daily");
        SiteModel whole = SiteFile.parse("site.yaml", told);
        assertThat(whole.late()).isEqualTo(model.late());
        assertThat(whole.device("util-1", Instant.EPOCH).orElseThrow().accuracyBasisPoints())
                .isEqualTo(model.device("util-1", Instant.EPOCH).orElseThrow().accuracyBasisPoints());
    }

    @Test
    void a_site_whose_minute_is_more_than_a_record_may_be_is_told_how_many_partitions_it_needs()
            throws IOException, ConfigurationException {
        Files.writeString(
                folder.resolve("site.yaml"),
                "site: huge\nzone: UTC\ndevices: [{id: 'pdu-{000001..040000}', profile: rack-pdu, role: it}]\n");
        String streams = "kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\nengine: {devicePartitions: %d}\n";

        assertThat(faultsOf(streams.formatted(1)).flaws()).singleElement().satisfies(flaw -> {
            assertThat(flaw.field()).isEqualTo("sites");
            assertThat(flaw.message()).contains("40000 devices").contains("2 are enough");
        });
        assertThat(read(streams.formatted(2)).sites()).hasSize(1);
        assertThat(read(streams.formatted(1).replace("devicePartitions: 1", "enabled: false"))
                        .sites())
                .as("without an engine")
                .hasSize(1);
    }

    @Test
    void where_the_process_answers_for_itself_is_an_address_and_by_default_nowhere()
            throws IOException, ConfigurationException {
        assertThat(read("kafka: {bootstrap: 'k:1'}\n").health()).isEmpty();
        assertThat(read("kafka: {bootstrap: 'k:1'}\nhealth: {listen: '[::1]:80'}\n")
                        .health())
                .hasValue(new HealthSettings("::1", 80));
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nhealth: {listen: '127.0.0.1'}\n")
                        .getMessage())
                .contains("streams.yaml:2: health.listen: '127.0.0.1' is not address:port");
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nhealth: {listen: '127.0.0.1:70000', port: 1}\n")
                        .flaws())
                .extracting(Flaw::field)
                .containsExactlyInAnyOrder("health.listen", "health.port");
    }

    @Test
    void kafkas_certificates_lie_in_files_of_their_own_and_are_said_once() throws IOException {
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        String yaml = """
                kafka:
                  bootstrap: "k:1"
                  tls: %s
                  properties: {ssl.keystore.location: own.pem, ssl.truststore.location: ca.pem}
                """;
        assertThat(faultsOf(yaml.formatted("{ca: ca.pem}")).getMessage())
                .contains("streams.yaml:3: kafka.tls: can't be used")
                .contains("streams.yaml:4: kafka.properties.ssl.truststore.location: follows from tls")
                .contains("streams.yaml:4: kafka.properties.ssl.keystore.location: 'own.pem' isn't there")
                .doesNotContain("ssl.keystore.location: follows", "truststore.location: 'ca.pem'");
        assertThat(faultsOf(yaml.formatted("{certificate: none.crt, key: none.key}"))
                        .getMessage())
                .contains("streams.yaml:3: kafka.tls: can't be used")
                .contains("none.key")
                .contains("streams.yaml:4: kafka.properties.ssl.keystore.location: follows from tls");
        assertThat(faultsOf(yaml.formatted("{key: none.key}")).getMessage())
                .contains("streams.yaml:3: kafka.tls: certificate and key go together");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{bootstrap: kafka}                                                    | 1: kafka.bootstrap: 'kafka' is not host:port",
                "{bootstrap: 'k:1,k'}                                                  | 1: kafka.bootstrap: 'k' is not host:port",
                "{bootstrap: 'k:1', properties: {security.protocol: FOO}}              | 1: kafka.properties.security.protocol: Invalid value FOO",
                "{bootstrap: 'k:1', properties: {consumer.session.timeout.ms: long}}   | 1: kafka.properties.consumer.session.timeout.ms: Invalid value long",
                "{bootstrap: 'k:1', properties: {ssl.truststore.location: none.pem}}   | 1: kafka.properties.ssl.truststore.location: 'none.pem' isn't there, or can't be read",
                "{bootstrap: 'k:1', properties: {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN}} | 1: kafka.properties: Could not find a 'KafkaClient' entry",
            })
    void what_kafkas_clients_would_never_take_is_a_fault(String kafka, String flaw) throws IOException {
        assertThat(faultsOf("kafka: " + kafka + "\n").getMessage())
                .startsWith(folder.resolve("streams.yaml") + ":" + flaw);
    }

    @Test
    void a_password_in_kafkas_properties_is_refused() throws IOException, ConfigurationException {
        String kafka = "kafka: {bootstrap: 'k:1', properties: {ssl.key.password: '%s'}}\n";
        assertThat(faultsOf(kafka.formatted("hunter2")).flaws()).singleElement().satisfies(flaw -> {
            assertThat(flaw.field()).isEqualTo("kafka.properties.ssl.key.password");
            assertThat(flaw.message()).startsWith("holds a secret; write ${directory:");
        });
        assertThat(faultsOf("""
                kafka:
                  bootstrap: "k:1"
                  properties:
                    sasl.jaas.config: a.ScramLoginModule required username="x" password="hunter2";
                """).getMessage())
                .contains("streams.yaml:4: kafka.properties.sasl.jaas.config: holds a secret")
                .doesNotContain("hunter2");
        Files.writeString(folder.resolve("key.password"), "hunter2");
        assertThat(read(kafka.formatted("${directory:" + folder + ":key.password}"))
                        .kafka()
                        .properties())
                .hasSize(1);
    }

    @Test
    void what_kafkas_clients_take_is_none() throws IOException, ConfigurationException {
        assertThat(read("""
                kafka:
                  bootstrap: "k:1, [::1]:2"
                  properties: {consumer.session.timeout.ms: "6000", num.stream.threads: "2", linger.ms: "5"}
                """).kafka().properties()).hasSize(3);
    }

    @Test
    void a_number_or_a_choice_may_be_read_from_a_file_as_a_text_may() throws IOException, ConfigurationException {
        Files.writeString(folder.resolve("timeout"), "12000");
        Files.writeString(folder.resolve("protocol"), "PLAINTEXT");
        Files.writeString(folder.resolve("wrong"), "FOO");
        String yaml = """
                kafka:
                  bootstrap: "k:1"
                  properties: {request.timeout.ms: "${directory:FOLDER:timeout}", security.protocol: "${directory:FOLDER:%s}"}
                """.replace("FOLDER", folder.toString());
        assertThat(read(yaml.formatted("protocol")).kafka().properties()).hasSize(2);
        assertThat(faultsOf(yaml.formatted("wrong")).getMessage())
                .contains("streams.yaml:3: kafka.properties: Invalid value FOO");
    }

    /** As after a power cut in which the identity provider comes up later than this machine. */
    public static final class NobodyToLogInWith implements LoginModule {
        @Override
        public void initialize(
                Subject subject, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {}

        @Override
        public boolean login() throws LoginException {
            throw new LoginException("Connection refused");
        }

        @Override
        public boolean commit() {
            return false;
        }

        @Override
        public boolean abort() {
            return true;
        }

        @Override
        public boolean logout() {
            return true;
        }
    }

    @Test
    void who_gives_out_tickets_or_tokens_may_be_away_as_a_broker_may() throws IOException, ConfigurationException {
        assertThat(read("""
                kafka:
                  bootstrap: "k:1"
                  properties:
                    security.protocol: SASL_PLAINTEXT
                    sasl.mechanism: PLAIN
                    sasl.jaas.config: %s required;
                """.formatted(NobodyToLogInWith.class.getName()))
                        .kafka()
                        .properties())
                .hasSize(3);
    }

    @Test
    void an_application_and_an_instance_are_named_as_kafka_names_its_groups_and_topics()
            throws IOException, ConfigurationException {
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nengine: {application: a b, instance: 's/1'}\n")
                        .getMessage())
                .contains("streams.yaml:2: engine.application: 'a b' is not a name")
                .contains("streams.yaml:2: engine.instance: 's/1' is not a name");
        assertThat(read("kafka: {bootstrap: 'k:1'}\nengine: {application: a.b_2, instance: ''}\n")
                        .engine()
                        .application())
                .isEqualTo("a.b_2");
    }

    @Test
    void what_no_file_system_takes_for_a_path_is_a_fault_of_its_field() throws IOException {
        assertThat(faultsOf("""
                kafka: {bootstrap: "k:1"}
                sites: ["a\\0b"]
                factors: ["a\\0b"]
                engine: {state: "a\\0b"}
                sink: {token: {file: "a\\0b"}}
                alerts: {rules: "a\\0b"}
                """).flaws())
                .allSatisfy(flaw -> assertThat(flaw.message()).contains("is not a path"))
                .extracting(Flaw::field)
                .containsExactlyInAnyOrder("sites[0]", "factors[0]", "engine.state", "sink.token.file", "alerts.rules");
    }

    @Test
    void two_files_of_one_site_are_a_fault() throws IOException {
        String site = """
                site: casa1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """;
        Files.writeString(folder.resolve("a.yaml"), site);
        Files.writeString(folder.resolve("b.yaml"), site);
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nsites: [a.yaml, b.yaml]\n")
                        .getMessage())
                .contains("streams.yaml:2: sites: " + folder.resolve("b.yaml") + " and " + folder.resolve("a.yaml")
                        + " both describe the site 'casa1'");
    }

    @Test
    void what_is_not_said_has_its_default() throws IOException, ConfigurationException {
        StreamsSettings settings = read("kafka: {bootstrap: 'k:9092'}\n");
        assertThat(settings.kafka().topics().telemetry()).isEqualTo("hg.telemetry");
        assertThat(settings.engine().state()).isEqualTo(folder.resolve("state"));
        assertThat(settings.engine().factorReach()).isEqualTo(Duration.ofDays(400));
        assertThat(settings.page().host()).isEqualTo("127.0.0.1");
        assertThat(settings.sink().enabled()).isTrue();
    }

    @Test
    void all_faults_of_the_file_and_of_its_sites_are_reported_at_once() throws IOException {
        Files.writeString(folder.resolve("site.yaml"), """
                site: s1
                zone: Mars/Olympus
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: toaster, role: pv}
                """);
        ConfigurationException flaws = faultsOf("""
                kafka:
                  prefix: "not a prefix"
                sites: [site.yaml, missing.yaml]
                engine:
                  threads: many
                  colour: blue
                page: {port: 70000}
                """);

        assertThat(flaws.flaws().stream().map(Flaw::field))
                .contains(
                        "kafka.bootstrap",
                        "kafka.prefix",
                        "zone",
                        "devices[1].profile",
                        "engine.threads",
                        "engine.colour",
                        "page.port");
        assertThat(flaws.getMessage())
                .contains(folder.resolve("streams.yaml") + ":5: engine.threads: 'many' is not a whole number")
                .contains(folder.resolve("site.yaml") + ":2: zone: 'Mars/Olympus'")
                .contains(folder.resolve("missing.yaml") + ": no such file");
    }

    @Test
    void a_site_that_chooses_an_unknown_emission_factor_is_told_where_and_the_known_ones() throws IOException {
        Path site = Files.writeString(folder.resolve("site.yaml"), """
                site: s1
                zone: Africa/Casablanca
                factors: {average: [electricitymaps-MA, guess-1999]}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n").getMessage())
                .contains(site + ":3: factors.average: 'guess-1999' is not an emission factor")
                .contains("ember-2024");
    }

    @Test
    void each_of_a_sites_choices_names_known_factors() throws IOException {
        Path site = Files.writeString(folder.resolve("site.yaml"), """
                site: s
                zone: UTC
                factors:
                  - {average: ember-2024}
                  - {average: [ember-2023, guess-1999], validFrom: 2026-07-01}
                devices: [{id: m, profile: energy-meter, role: auxiliary}]
                """);
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n").flaws())
                .singleElement()
                .satisfies(flaw -> assertThat(flaw.toString())
                        .startsWith(site + ":5: factors[1].average: 'guess-1999' is not an emission factor"));
    }

    @Test
    void a_factor_file_adds_to_the_shipped_factors() throws IOException, ConfigurationException {
        Files.writeString(folder.resolve("factors.yaml"), """
                factors:
                  - id: contract-2026
                    version: "1"
                    source: the supplier's statement of 2026
                    gramsPerKilowattHour: 412.5
                    validFrom: "2026-01-01T00:00:00+01:00"
                """);
        Files.writeString(folder.resolve("site.yaml"), """
                site: s1
                zone: Africa/Casablanca
                factors: {average: contract-2026}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        StreamsSettings settings = read("kafka: {bootstrap: 'k:1'}\nfactors: [factors.yaml]\nsites: [site.yaml]\n");
        assertThat(settings.factors().at("contract-2026", Instant.parse("2025-12-31T23:00:00Z")))
                .isPresent();
        assertThat(settings.factors().at("contract-2026", Instant.parse("2025-12-31T22:59:59Z")))
                .isEmpty();
        assertThat(settings.factors().knows("ember-2024")).isTrue();
    }

    @Test
    void the_faults_of_a_factor_file_are_reported_with_its_lines() throws IOException {
        Path file = Files.writeString(folder.resolve("factors.yaml"), """
                factors:
                  - {id: a, version: "1", source: s, gramsPerKilowattHour: much}
                  - {id: b, version: new, source: s, gramsPerKilowattHour: 5}
                  - {id: c, version: "1", source: s, gramsPerKilowattHour: 5, until: "2026"}
                  - {id: c, version: "1", source: s, gramsPerKilowattHour: 6}
                  - {id: d, version: "1", gramsPerKilowattHour: 6, validFrom: yesterday}
                """);
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nfactors: [factors.yaml]\n")
                        .getMessage())
                .contains(file + ":2: factors[0].gramsPerKilowattHour: 'much' is not a number")
                .contains(file + ":3: factors[1].id: 'new' is not a version")
                .contains(file + ":4: factors[2].until: unknown field")
                .contains(file + ":5: factors[3].version: c@1 is there twice")
                .contains(file + ":6: factors[4].source: is missing")
                .contains(file + ":6: factors[4].validFrom:");
    }

    @Test
    void a_grace_of_months_is_a_fault() throws Exception {
        assertThat(faultsOf("engine: {grace: PT720H}").getMessage()).contains("grace", "longer than an hour");
    }
}

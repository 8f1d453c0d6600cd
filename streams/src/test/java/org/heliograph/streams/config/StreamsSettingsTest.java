package org.heliograph.streams.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsSettingsTest {
    @TempDir
    private Path folder;

    private StreamsSettings read(String streams) throws IOException, ConfigurationException {
        return StreamsSettings.read(Files.writeString(folder.resolve("streams.yaml"), streams));
    }

    private ConfigurationException faultsOf(String streams) throws IOException {
        Path file = Files.writeString(folder.resolve("streams.yaml"), streams);
        ConfigurationException faults =
                catchThrowableOfType(ConfigurationException.class, () -> StreamsSettings.read(file));
        assertThat(faults).isNotNull();
        return faults;
    }

    @Test
    void the_shipped_example_is_right() throws ConfigurationException {
        StreamsSettings settings = StreamsSettings.read(Path.of("examples", "streams.yaml"));
        assertThat(settings.sites()).hasSize(1);
        assertThat(settings.sites().getFirst().model().site()).isEqualTo("casa1");
        assertThat(settings.engine().instance()).isEqualTo("streams-1");
    }

    @Test
    void what_is_not_said_has_its_default() throws IOException, ConfigurationException {
        StreamsSettings settings = read("kafka: {bootstrap: 'k:9092'}\n");
        assertThat(settings.kafka().topics().telemetry()).isEqualTo("hg.telemetry");
        assertThat(settings.engine().state()).isEqualTo(folder.resolve("state"));
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
        ConfigurationException faults = faultsOf("""
                kafka:
                  prefix: "not a prefix"
                sites: [site.yaml, missing.yaml]
                engine:
                  threads: many
                  colour: blue
                page: {port: 70000}
                """);

        assertThat(faults.faults().stream().map(Fault::field))
                .contains(
                        "kafka.bootstrap",
                        "kafka.prefix",
                        "zone",
                        "devices[1].profile",
                        "engine.threads",
                        "engine.colour",
                        "page.port");
        assertThat(faults.getMessage())
                .contains(folder.resolve("streams.yaml") + ":5: engine.threads: 'many' is not a whole number")
                .contains(folder.resolve("site.yaml") + ":2: zone: 'Mars/Olympus'")
                .contains(folder.resolve("missing.yaml") + ": no such file");
    }

    @Test
    void a_site_that_chooses_an_unknown_emission_factor_is_told_the_known_ones() throws IOException {
        Files.writeString(folder.resolve("site.yaml"), """
                site: s1
                zone: Africa/Casablanca
                factors: {average: guess-1999}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        assertThat(faultsOf("kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n").getMessage())
                .contains("factors.average: 'guess-1999' is not an emission factor")
                .contains("ember-2024");
    }
}

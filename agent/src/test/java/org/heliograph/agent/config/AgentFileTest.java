package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentFileTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void the_example_is_right_and_shows_the_defaults() throws Exception {
        AgentConfig config = AgentFile.read(Path.of("examples/agent.yaml"));

        assertThat(config.agent()).isEqualTo("edge-1");
        assertThat(config.kafka()).isEqualTo(new AgentConfig.Kafka("kafka-1:9092,kafka-2:9092", "hg", Map.of()));
        assertThat(config.journal())
                .isEqualTo(new AgentConfig.Journal(
                        Path.of("examples/data/edge-1.journal").toAbsolutePath(),
                        Duration.ofMillis(10),
                        500,
                        512L << 20));
        assertThat(config.mqtt())
                .containsExactly(new AgentConfig.Mqtt(
                        "tcp://broker:1883", "heliograph-edge-1", Duration.ofDays(1), 1000, List.of()));
        assertThat(config.coap()).contains(new AgentConfig.Coap("inlet-01", URI.create("coap://10.0.3.51/senml")));
        assertThat(config.gpio())
                .containsExactly(new AgentConfig.Gpio(
                        "lights-1", 17, Point.ENERGY, 1000, Duration.ofMillis(3), Duration.ofSeconds(10)));
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
                  - url: ssl://broker:8883
                  - {url: "tcp://broker:1883", receiveMaximum: 0}
                  - {url: "tcp://broker:1883"}
                coap:
                  - {device: crac-01, uri: "http://10.0.0.1"}
                  - {device: crac-01, uri: "coap://10.0.0.1"}
                gpio:
                  - {device: lights, pin: -1, debounce: PT1S, point: power}
                influx: 1
                """);

        assertThat(faults(file))
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
    void an_agent_without_sources_or_sections_is_told_what_it_lacks() throws IOException {
        assertThat(faults(file("agent: a\nsite: s\n"))).containsExactlyInAnyOrder("1 kafka", "1 journal", "1 mqtt");
    }

    @Test
    void a_missing_file_is_a_fault() {
        Path file = folder.resolve("none.yaml");

        assertThat(faultsOf(file)).first().hasToString(file + ": no such file");
    }

    @Test
    void a_file_that_is_no_yaml_is_a_fault_at_its_line() throws IOException {
        assertThat(faults(file("agent: a\nsite: [\n"))).first().asString().startsWith("3 ");
    }

    private List<String> faults(Path file) {
        return faultsOf(file).stream()
                .map(fault -> fault.line() + " " + fault.field())
                .toList();
    }

    private static List<Fault> faultsOf(Path file) {
        ConfigurationException thrown = catchThrowableOfType(ConfigurationException.class, () -> AgentFile.read(file));
        return thrown.faults();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), yaml);
    }
}

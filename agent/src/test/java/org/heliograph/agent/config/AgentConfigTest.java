package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_part_that_is_changed_is_taken_up_or_needs_a_restart() throws Exception {
        AgentConfig config = read("""
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "k1:9092"}
                journal: {path: one.db}
                mqtt: [{url: "tcp://broker-1:1883"}]
                """);
        AgentConfig changed = read("""
                agent: edge-2
                site: casa2
                kafka: {bootstrap: "k2:9092"}
                journal: {path: two.db}
                mqtt: [{url: "tcp://broker:1883"}]
                coap: [{device: crac-10, uri: "coap://127.0.0.1/senml"}]
                coapServer: {plain: {devices: [{device: crac-08, address: 127.0.0.1}]}}
                i2c: [{device: rack-a01, chip: sht3x}]
                health: {listen: "127.0.0.1:9999"}
                limit: {packsPerSecond: 7}
                silence: {periods: 9}
                canary: {device: edge-2}
                """);

        AgentConfig taken = config.taking(changed);

        assertThat(same(AgentConfig.class, taken, config)).containsExactly("agent", "journal", "kafka", "site");
        assertThat(same(AgentConfig.class, taken, changed)).containsExactly("board", "coap", "coapServer", "mqtt");
        assertThat(same(Operation.class, taken.operation(), config.operation())).containsExactly("health");
        assertThat(same(Operation.class, taken.operation(), changed.operation()))
                .containsExactly("canary", "limit", "silence");
    }

    /** The components in which two records are equal. */
    private static <R extends Record> Set<String> same(Class<R> type, R one, R other)
            throws ReflectiveOperationException {
        Set<String> same = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Object value = component.getAccessor().invoke(one);
            if (Objects.equals(value, component.getAccessor().invoke(other))) {
                same.add(component.getName());
            }
        }
        return same;
    }

    private AgentConfig read(String text) throws IOException, ConfigurationException {
        return AgentFile.read(Files.writeString(folder.resolve("agent.yaml"), text));
    }
}

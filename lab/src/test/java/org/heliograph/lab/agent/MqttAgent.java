package org.heliograph.lab.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** Of an agent of casa1 what reads one broker, as its file says. */
final class MqttAgent {
    static final long BYTES_UNDER_WAY_MAX = 64 << 20;

    private MqttAgent() {}

    /**
     * The file's entry of a broker.
     *
     * @param folder what the file is in, and what it names
     * @param keys beside the address and the protocol: one line, or several that are indented by four
     */
    static AgentConfig.Mqtt config(Path folder, String url, Protocol protocol, String keys)
            throws IOException, ConfigurationException {
        Path file = Files.writeString(
                folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "kafka:9092"}
                journal: {path: agent.journal}
                mqtt:
                  - url: %s
                    protocol: %s
                    %s
                """.formatted(url, protocol == Protocol.V5 ? "5" : "3.1.1", keys));
        return AgentFile.read(file).mqtt().getFirst();
    }

    static MqttSource start(AgentConfig.Mqtt config, Intake intake) {
        MqttSource source = new MqttSource(
                config, "casa1", MachineClock.of(InstantSource.system()), BYTES_UNDER_WAY_MAX, Names.NONE);
        source.start(intake);
        return source;
    }
}

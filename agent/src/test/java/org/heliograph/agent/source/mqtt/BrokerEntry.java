package org.heliograph.agent.source.mqtt;

import java.nio.file.Files;
import java.nio.file.Path;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;

/** A broker as the file of an agent of casa1 has it. */
final class BrokerEntry {
    private BrokerEntry() {}

    /** @param keys beside the address, as they stand between braces */
    static AgentConfig.Mqtt of(Path folder, String keys) throws Exception {
        return of(folder, "tcp://broker:1883", keys);
    }

    static AgentConfig.Mqtt of(Path folder, String url, AgentConfig.Protocol protocol, String... keys)
            throws Exception {
        String version = protocol == AgentConfig.Protocol.V5 ? "5" : "3.1.1";
        return of(folder, url, "protocol: " + version + ", " + String.join(", ", keys));
    }

    static AgentConfig.Mqtt of(Path folder, String url, String keys) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "kafka:9092"}
                journal: {path: agent.journal}
                mqtt: [{url: "%s", %s}]
                """.formatted(url, keys));
        return AgentFile.read(file).mqtt().getFirst();
    }
}

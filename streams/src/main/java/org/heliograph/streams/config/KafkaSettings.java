package org.heliograph.streams.config;

import java.util.HashMap;
import java.util.Map;
import org.heliograph.telemetry.kafka.ClientProperties;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.kafka.KafkaSecurity;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code kafka:} section.
 *
 * @param replication copies of each topic that the engine makes
 * @param properties further properties of every Kafka client: security, timeouts, and what follows from {@code tls}
 */
public record KafkaSettings(String bootstrap, Topics topics, int replication, Map<String, String> properties) {
    private static final int MAX_REPLICATION = 9;

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** What every Kafka client of this program has. */
    public Map<String, Object> clientProperties() {
        Map<String, Object> all = new HashMap<>(KafkaSecurity.PROPERTIES);
        all.putAll(properties);
        all.put("bootstrap.servers", bootstrap);
        return all;
    }

    static KafkaSettings read(Section section) {
        KafkaSection kafka =
                KafkaSection.read(section, new KafkaSection.Check(ClientProperties::faults, ClientProperties::trouble));
        int replication = section.integer("replication", 1, 1, MAX_REPLICATION);
        section.finish();
        return new KafkaSettings(kafka.bootstrap(), kafka.topics(), replication, kafka.whole());
    }
}

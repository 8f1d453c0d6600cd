package org.heliograph.streams.topology;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.heliograph.streams.config.KafkaSettings;

/** Properties that every Kafka client of this program has. */
final class ClientProperties {
    private ClientProperties() {}

    static Map<String, Object> of(KafkaSettings kafka) {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrap());
        return properties;
    }
}

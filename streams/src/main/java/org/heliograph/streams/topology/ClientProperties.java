package org.heliograph.streams.topology;

import java.util.Map;
import org.heliograph.streams.config.KafkaSettings;

/** Properties that every Kafka client of this program has. */
final class ClientProperties {
    private ClientProperties() {}

    static Map<String, Object> of(KafkaSettings kafka) {
        return kafka.clients();
    }
}

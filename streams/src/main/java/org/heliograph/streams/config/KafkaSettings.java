package org.heliograph.streams.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.kafka.KafkaSecurity;
import org.heliograph.telemetry.security.Tls;
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

    /** @param file the configuration's: paths are relative to it */
    static KafkaSettings read(Section section, Path file) {
        String bootstrap = section.text("bootstrap");
        Topics topics = section.optional("prefix", Topics::new).orElse(Topics.DEFAULT);
        int replication = section.integer("replication", 1, 1, MAX_REPLICATION);
        Section further = section.section("properties");
        Map<String, String> properties = new HashMap<>();
        Optional<Tls> tls = Tls.of(section, file);
        tls.ifPresent(files -> properties.putAll(KafkaSecurity.tls(files.ca(), files.certificate(), files.key())));
        for (String key : further.keys()) {
            String value = further.text(key);
            if (tls.isPresent() && tls.get().decides(key)) {
                further.fault(key, "follows from tls");
            }
            properties.put(key, value);
        }
        section.finish();
        return new KafkaSettings(bootstrap, topics, replication, properties);
    }
}

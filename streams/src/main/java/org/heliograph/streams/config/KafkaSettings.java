package org.heliograph.streams.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.kafka.ClientProperties;
import org.heliograph.telemetry.kafka.KafkaReferences;
import org.heliograph.telemetry.kafka.KafkaSecurity;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.HostPort;
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
        String bootstrap = section.parsed("bootstrap", HostPort::knownList, "");
        Topics topics = section.optional("prefix", Topics::new).orElse(Topics.DEFAULT);
        int replication = section.integer("replication", 1, 1, MAX_REPLICATION);
        Section further = section.section("properties");
        Optional<Tls> tls = Tls.of(section, file);
        Map<String, String> said = new HashMap<>();
        for (String key : further.keys()) {
            String value = further.text(key);
            if (tls.isPresent() && tls.get().decides(key)) {
                further.fault(key, "follows from tls");
            } else {
                said.put(key, value);
            }
        }
        section.finish();
        Map<String, String> properties = new HashMap<>();
        tls.ifPresent(files -> properties.putAll(KafkaSecurity.tls(files.ca(), files.certificate(), files.key())));
        properties.putAll(said);
        boolean areFilesSound = isSound(section, tls);
        // a client is made of them only where nothing else is wrong: what it says then is of what is there
        if (isSound(further, said) && areFilesSound && !properties.isEmpty()) {
            ClientProperties.trouble(properties)
                    .ifPresent(message -> section.fault(section.has("properties") ? "properties" : "tls", message));
        }
        return new KafkaSettings(bootstrap, topics, replication, properties);
    }

    /** Whether Kafka's clients can use the files of {@code tls}. */
    private static boolean isSound(Section section, Optional<Tls> tls) {
        Optional<String> unfit = tls.flatMap(KafkaSecurity::trouble);
        unfit.ifPresent(message -> section.fault("tls", message));
        return unfit.or(() -> tls.flatMap(Tls::trouble)).isEmpty();
    }

    private static boolean isSound(Section section, Map<String, String> properties) {
        Map<String, String> wrong = new HashMap<>(ClientProperties.faults(properties));
        Map<String, String> absent = new HashMap<>();
        properties.forEach((key, value) -> KafkaReferences.missing(key, value)
                .ifPresent(missing -> (missing.mayCome() ? absent : wrong).put(key, missing.reason())));
        wrong.forEach(section::fault);
        absent.forEach(section::absent);
        return wrong.isEmpty() && absent.isEmpty();
    }
}

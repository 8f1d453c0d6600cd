package org.heliograph.agent.uplink;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.telemetry.kafka.ClientProperties;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.kafka.KafkaSecurity;

/** The producer's settings: those that suit an agent, those of the operator, those that its promise needs. */
public final class KafkaProperties {
    private KafkaProperties() {}

    static Map<String, Object> of(String bootstrap, String clientId, Map<String, String> extra) {
        Map<String, Object> all = new HashMap<>(KafkaSecurity.PROPERTIES);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        all.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 5_000);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L << 20);
        // its figures are at /metrics; over JMX and in reports to Kafka's operators they would cost it 3 MB and a tenth
        // of a second
        all.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        all.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        all.putAll(extra);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return Map.copyOf(all);
    }

    /** What the producer would say of an operator's properties. */
    public static final KafkaSection.Check CHECK =
            new KafkaSection.Check(KafkaProperties::faults, KafkaProperties::trouble);

    private static Map<String, String> faults(Map<String, String> extra) {
        Map<String, String> faults = new LinkedHashMap<>();
        Map<String, ConfigDef.ConfigKey> known = ProducerConfig.configDef().configKeys();
        extra.forEach((name, value) -> {
            ConfigDef.ConfigKey key = known.get(name);
            if (key == null) {
                faults.put(name, "is no property of Kafka's producer");
                return;
            }
            ClientProperties.fault(name, value, key).ifPresent(message -> faults.put(name, message));
        });
        return faults;
    }

    private static Optional<String> trouble(Map<String, String> extra) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(of(ClientProperties.NOWHERE, "check", extra))) {
            producer.close(Duration.ZERO);
            return Optional.empty();
        } catch (KafkaException e) {
            return ClientProperties.trouble(e);
        }
    }
}

package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.topology.state.BoundedRocksDb;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;

/** What the configuration says, as Kafka Streams understands it. */
class EngineRunTest {
    private static final long CACHE_BYTES = 48L << 20;

    private static StreamsConfig config(String instance, Map<String, String> properties) {
        KafkaSettings kafka = new KafkaSettings("kafka:9092", new Topics("hg"), 3, properties);
        EngineSection engine = new EngineSection(
                true,
                "casa",
                instance,
                Path.of("/var/lib/casa"),
                2,
                3,
                8,
                4,
                Duration.ofMinutes(1),
                EngineSection.DEFAULT_FACTOR_REACH,
                CACHE_BYTES);
        return new StreamsConfig(EngineRun.properties(kafka, engine, EngineRun.Guarantee.EXACTLY_ONCE));
    }

    private static Map<String, Object> consumer(StreamsConfig config) {
        return config.getMainConsumerConfigs("casa", "client", 1);
    }

    @Test
    void a_named_instance_is_a_static_member_and_one_without_a_name_is_not() {
        assertThat(consumer(config("engine-0", Map.of())).get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG))
                .asString()
                .startsWith("engine-0");
        assertThat(consumer(config("", Map.of()))).doesNotContainKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    }

    @Test
    void one_that_died_is_missed_after_a_quarter_of_a_minute_and_its_transaction_ends_soon_after() {
        StreamsConfig config = config("engine-0", Map.of());
        assertThat(consumer(config)).containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 15_000);
        assertThat(config.getProducerConfigs("client"))
                .containsEntry(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000);
        assertThat(consumer(config("engine-0", Map.of("consumer.session.timeout.ms", "6000"))))
                .as("the operator knows better")
                .containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000");
    }

    @Test
    void application_state_threads_standby_and_replication_are_the_configurations() {
        StreamsConfig config = config("engine-0", Map.of());
        assertThat(config.getString(StreamsConfig.APPLICATION_ID_CONFIG)).isEqualTo("casa");
        assertThat(config.getString(StreamsConfig.STATE_DIR_CONFIG)).isEqualTo("/var/lib/casa");
        assertThat(config.getInt(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG)).isEqualTo(2);
        assertThat(config.getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG)).isEqualTo(3);
        assertThat(config.getInt(StreamsConfig.REPLICATION_FACTOR_CONFIG)).isEqualTo(3);
    }

    @Test
    void the_memory_of_the_stores_is_bounded_by_what_the_configuration_says() {
        StreamsConfig config = config("engine-0", Map.of());
        assertThat(config.getClass(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG))
                .isEqualTo(BoundedRocksDb.class);
        assertThat(config.originals()).containsEntry(BoundedRocksDb.BUDGET, CACHE_BYTES);
    }

    @Test
    void no_property_weakens_the_guarantee() {
        StreamsConfig config = config(
                "engine-0",
                Map.of(
                        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                        StreamsConfig.AT_LEAST_ONCE,
                        "security.protocol",
                        "SSL"));
        assertThat(config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG))
                .isEqualTo(StreamsConfig.EXACTLY_ONCE_V2);
        assertThat(consumer(config))
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .containsEntry("security.protocol", "SSL");
        assertThat(config.getProducerConfigs("client")).containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    }
}

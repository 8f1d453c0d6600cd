package org.heliograph.streams.topology;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.indicator.Factors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running engine. */
public final class EngineRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineRun.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    /** With a transaction a commit: how long a result waits at most before readers may see it. */
    private static final int COMMIT_MILLIS = 200;

    private static final int SESSION_TIMEOUT_MILLIS = 15_000;

    private final KafkaStreams streams;
    private final CompletableFuture<Void> running = new CompletableFuture<>();

    private EngineRun(KafkaStreams streams) {
        this.streams = streams;
    }

    public static EngineRun start(KafkaSettings kafka, EngineSection engine) {
        EngineSettings settings = new EngineSettings(
                kafka.topics(),
                engine.sitePartitions(),
                EngineSettings.of(kafka.topics()).publishInterval(),
                EngineSettings.of(kafka.topics()).liveInterval(),
                EngineSettings.of(kafka.topics()).settle(),
                engine.grace(),
                EngineSettings.of(kafka.topics()).retention());
        EngineRun run =
                new EngineRun(new KafkaStreams(Engine.topology(settings, Factors.SHIPPED), properties(kafka, engine)));
        run.streams.setUncaughtExceptionHandler(exception -> {
            LOG.error("event=stream-thread-failed action=replace-thread", exception);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        run.streams.setStateListener((now, before) -> {
            LOG.info("event=engine-state now={} before={}", now, before);
            if (now == KafkaStreams.State.RUNNING) {
                run.running.complete(null);
            }
        });
        run.streams.start();
        return run;
    }

    /** Completes when the engine first processes. */
    public CompletableFuture<Void> running() {
        return running;
    }

    @Override
    public void close() {
        streams.close(STOP_PATIENCE);
    }

    private static Properties properties(KafkaSettings kafka, EngineSection engine) {
        Properties properties = new Properties();
        properties.putAll(Map.<String, Object>of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                engine.application(),
                StreamsConfig.STATE_DIR_CONFIG,
                engine.state().toString(),
                StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                engine.threads(),
                StreamsConfig.REPLICATION_FACTOR_CONFIG,
                kafka.replication(),
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                COMMIT_MILLIS,
                StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG,
                true,
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                PoisonHandler.class,
                StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
                BoundedRocksDb.class));
        properties.put(PoisonHandler.TOPIC, kafka.topics().rejects());
        properties.put(BoundedRocksDb.BUDGET, engine.cacheBytes());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT_MILLIS);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        if (!engine.instance().isEmpty()) {
            properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), engine.instance());
        }
        properties.putAll(ClientProperties.of(kafka));
        return properties;
    }
}

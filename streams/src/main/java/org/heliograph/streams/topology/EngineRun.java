package org.heliograph.streams.topology;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.ingest.Rejection;
import org.heliograph.streams.topology.state.BoundedRocksDb;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Refusals;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running engine. */
public final class EngineRun implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EngineRun.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    /**
     * A commit at the latest, with a transaction each: the thread waits for the broker in it. In a backlog nobody waits for
     * the next; what is of the present is committed as soon as it is sent on.
     */
    public static final int COMMIT_MILLIS = 500;
    /** What goes to the broker at once, for each partition: a backlog sends much. */
    public static final int BATCH_BYTES = 128 << 10;
    /** How long a thread waits for records before it looks whether something is due by the clock. */
    private static final int POLL_MILLIS = 20;

    private static final int SESSION_TIMEOUT_MILLIS = 15_000;
    private static final int TRANSACTION_TIMEOUT_MILLIS = 30_000;

    private final KafkaStreams streams;
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private EngineRun(KafkaStreams streams) {
        this.streams = streams;
    }

    /** @throws IOException if there is local state of before the application's last reset, which can't be deleted */
    public static EngineRun start(KafkaSettings kafka, EngineSection engine) throws IOException {
        return start(kafka, engine, Guarantee.EXACTLY_ONCE);
    }

    /**
     * How often a record takes effect when an instance crashes. No configuration reaches this: results are right after a
     * crash with {@link #EXACTLY_ONCE} only (ADR 4); the other is there to be measured against.
     */
    public enum Guarantee {
        EXACTLY_ONCE(StreamsConfig.EXACTLY_ONCE_V2),
        AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

        private final String setting;

        Guarantee(String setting) {
            this.setting = setting;
        }
    }

    /** For measurements. */
    public static EngineRun start(KafkaSettings kafka, EngineSection engine, Guarantee guarantee) throws IOException {
        return start(kafka, engine, guarantee, Time.SYSTEM);
    }

    /** For tests: an engine that was at work some time ago. */
    public static EngineRun start(KafkaSettings kafka, EngineSection engine, Time clock) throws IOException {
        return start(kafka, engine, Guarantee.EXACTLY_ONCE, clock);
    }

    private static EngineRun start(KafkaSettings kafka, EngineSection engine, Guarantee guarantee, Time clock)
            throws IOException {
        EngineSettings settings = EngineSettings.of(kafka.topics(), engine);
        EngineSettings heeding = AfterReset.heeded(kafka, engine, settings);
        return start(kafka, engine, heeding, Factors.SHIPPED, guarantee, clock);
    }

    static EngineRun start(KafkaSettings kafka, EngineSection engine, EngineSettings settings, Factors factors) {
        return start(kafka, engine, settings, factors, Guarantee.EXACTLY_ONCE, Time.SYSTEM);
    }

    private static EngineRun start(
            KafkaSettings kafka,
            EngineSection engine,
            EngineSettings settings,
            Factors factors,
            Guarantee guarantee,
            Time clock) {
        Properties properties = properties(kafka, engine, guarantee);
        properties.put(
                PoisonHandler.FROM_OUTSIDE,
                settings.inputs().telemetry() + "," + settings.inputs().factors());
        EngineRun run = new EngineRun(new KafkaStreams(Engine.topology(settings, factors), properties, clock));
        run.streams.setUncaughtExceptionHandler(new Failures());
        run.streams.setStateListener((now, before) -> run.changed(now, before));
        try {
            run.streams.start();
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
        return run;
    }

    private void changed(KafkaStreams.State now, KafkaStreams.State before) {
        log.info("engine={} before={}", now, before);
        switch (now) {
            case RUNNING -> running.complete(null);
            case ERROR -> {
                running.completeExceptionally(new IllegalStateException("the engine stopped; the log says why"));
                stopped.complete(null);
            }
            case CREATED, REBALANCING, PENDING_ERROR, PENDING_SHUTDOWN, NOT_RUNNING -> {}
        }
    }

    /** Completes when the engine has stopped by itself, for a fault that it can't get over. */
    public CompletableFuture<Void> stopped() {
        return stopped;
    }

    /** Completes when the engine first processes. */
    public CompletableFuture<Void> running() {
        return running;
    }

    /** Whether it processes, or is about to: shares of the work are moving between instances. */
    public boolean isWell() {
        return switch (streams.state()) {
            case CREATED, REBALANCING, RUNNING -> true;
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
        };
    }

    /** Kafka's word for what it does: {@code RUNNING}, {@code REBALANCING}, ... */
    public String state() {
        return streams.state().name();
    }

    /** How many records of its inputs it has still to take, in the partition that is furthest behind; absent until it reads. */
    public OptionalDouble lag() {
        return CommittedRecords.lag(streams.metrics());
    }

    /** How many records of {@code hg.telemetry} it has sent to the dead letters, by cause: of each cause, be it none. */
    public Map<Rejection.Cause, Double> refused() {
        return Refusals.totals(streams.metrics());
    }

    @Override
    public void close() {
        if (!streams.close(STOP_PATIENCE)) {
            log.warn("engine=left after={}", STOP_PATIENCE);
        }
    }

    /** Stops cleanly, which commits all that was done, and leaves the group at once; false if that didn't succeed. */
    boolean closeAndLeave() {
        return streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(STOP_PATIENCE));
    }

    /** Whether no minute before a moment is left to be measured here, and no window to be published. */
    boolean isIdle(Instant before) {
        return Unfinished.isEmpty(streams, before.toEpochMilli());
    }

    static Properties properties(KafkaSettings kafka, EngineSection engine, Guarantee guarantee) {
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
                StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
                engine.standby(),
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                COMMIT_MILLIS,
                StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG,
                true,
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                PoisonHandler.class,
                StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
                BoundedRocksDb.class));
        properties.put(StreamsConfig.POLL_MS_CONFIG, POLL_MILLIS);
        TopicPlan.acknowledged(kafka.replication())
                .forEach((name, value) -> properties.put(StreamsConfig.topicPrefix(name), value));
        properties.put(PoisonHandler.TOPIC, kafka.topics().rejects());
        properties.put(BoundedRocksDb.BUDGET, engine.cacheBytes());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT_MILLIS);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), TRANSACTION_TIMEOUT_MILLIS);
        if (!engine.instance().isEmpty()) {
            properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), engine.instance());
        }
        properties.putAll(kafka.clientProperties());
        // last: no property of the Kafka clients may weaken it
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee.setting);
        return properties;
    }

    /**
     * A failed thread is replaced, after a pause; when threads keep failing, the engine stops. What all of them need may fail
     * them all at once, which is one round; what fails whichever thread takes it is a round each time.
     */
    static final class Failures implements StreamsUncaughtExceptionHandler {
        private static final int MOST_ROUNDS = 10;
        private static final Duration ROUND = Duration.ofSeconds(5);
        private static final Duration WINDOW = Duration.ofMinutes(5);
        private static final Duration PAUSE = Duration.ofSeconds(1);

        /** When each round began. */
        private final Deque<Long> roundsNanos = new ArrayDeque<>();

        @Override
        public StreamThreadExceptionResponse handle(Throwable exception) {
            StreamThreadExceptionResponse response = judge(exception, System.nanoTime());
            if (response == StreamThreadExceptionResponse.REPLACE_THREAD) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            return response;
        }

        synchronized StreamThreadExceptionResponse judge(Throwable exception, long nowNanos) {
            if (roundsNanos.isEmpty() || nowNanos - roundsNanos.getLast() > ROUND.toNanos()) {
                roundsNanos.addLast(nowNanos);
            }
            while (nowNanos - roundsNanos.getFirst() > WINDOW.toNanos()) {
                roundsNanos.removeFirst();
            }
            if (roundsNanos.size() > MOST_ROUNDS) {
                log.error("engine=thread-failed action=stop rounds={}", roundsNanos.size(), exception);
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
            log.error("engine=thread-failed action=replace", exception);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
    }
}

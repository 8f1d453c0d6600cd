package org.heliograph.streams.influx;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.telemetry.Ending;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running sink: a thread with a consumer, which it makes anew after a failure of Kafka's. It never ends by itself.
 */
public final class InfluxSink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InfluxSink.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** More than a write may take to time out. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(40);

    /** Few, large writes: a fetch waits for this much, but no longer than so many milliseconds. */
    private static final int FETCH_MIN_BYTES = 256 * 1024;

    private static final int FETCH_MAX_WAIT_MILLIS = 500;

    /** How long nobody does the work of a sink that was killed. Requests don't hold its heartbeats up. */
    private static final int SESSION_TIMEOUT_MILLIS = 15_000;

    /** More than a poll takes, or every other poll gets but the rest of a fetch and makes a small write of it. */
    private static final int PARTITION_FETCH_BYTES = 4 * 1024 * 1024;

    private final Map<String, Object> kafka;
    private final Topics topics;
    private final SinkSettings settings;
    private final ProgressBoard board = new ProgressBoard(InstantSource.system());
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private final Thread thread;

    /** Why it began anew, as long as nothing has gone well since; of its thread. */
    private String told = "";

    private volatile @Nullable Consumer<byte[], byte[]> current;

    private InfluxSink(Map<String, Object> kafka, Topics topics, SinkSettings settings) {
        this.kafka = Map.copyOf(kafka);
        this.topics = topics;
        this.settings = settings;
        this.thread = Thread.ofVirtual()
                .name("influx-sink")
                .uncaughtExceptionHandler((_, e) -> {
                    log.error("sink=broken", e);
                    broken.complete(null);
                })
                .unstarted(this::run);
    }

    /**
     * Starts a sink. Neither Kafka nor the store needs to be there yet.
     *
     * @param kafka client settings, at least {@code bootstrap.servers}
     */
    public static InfluxSink start(Map<String, Object> kafka, Topics topics, SinkSettings settings) {
        InfluxSink sink = new InfluxSink(kafka, topics, settings);
        sink.thread.start();
        return sink;
    }

    public Progress progress() {
        return board.now();
    }

    /** How many records it has still to write, of the partition that is furthest behind; absent until it reads. */
    public OptionalDouble lag() {
        Consumer<byte[], byte[]> consumer = current;
        return consumer == null ? OptionalDouble.empty() : CommittedRecords.lag(consumer.metrics());
    }

    /** Completed when a fault has ended it that trying anew doesn't mend: the process must not go on without it. */
    public CompletableFuture<Void> broken() {
        return broken.copy();
    }

    /** Waits for the write at hand and ends. */
    @Override
    public void close() {
        stop.countDown();
        Consumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
        Ending.await(thread, CLOSE_LIMIT);
    }

    private void run() {
        log.info("sink=starting {}", settings);
        try (Store store = new DetectedStore(settings);
                ExecutorService posting = Executors.newSingleThreadExecutor(
                        Thread.ofVirtual().name("influx-post").factory());
                Rejects rejects = new Rejects(topics.rejects(), this::producer)) {
            while (!isStopped(Duration.ZERO)) {
                try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        consumerSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                    current = consumer;
                    consume(new SinkLoop(consumer, store, posting, rejects, topics, settings, board));
                } catch (WakeupException | InterruptException _) {
                    // asked to stop; seen by the loop
                } catch (RuntimeException e) {
                    // whatever it was, nothing was committed: begin again from there
                    if (!e.toString().equals(told)) { // it is tried again each second
                        log.warn("sink=restarting", e);
                        told = e.toString();
                    }
                    board.problem(String.valueOf(e.getMessage()));
                    isStopped(RETRY);
                }
            }
        }
    }

    private void consume(SinkLoop loop) {
        try {
            while (!isStopped(Duration.ZERO)) {
                loop.turn();
                told = "";
            }
        } finally {
            loop.finish();
        }
    }

    private boolean isStopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            return true;
        }
    }

    private Map<String, Object> consumerSettings() {
        Map<String, Object> all = CommittedRecords.settings(kafka);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.pollRecords());
        all.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_MIN_BYTES);
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
        // topics that the engine makes later are found soon
        all.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
        return all;
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> all = new HashMap<>(kafka);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}

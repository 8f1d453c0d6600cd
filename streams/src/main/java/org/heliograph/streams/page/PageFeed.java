package org.heliograph.streams.page;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the published figures and puts them on the board. It belongs to no consumer group and commits nothing: each
 * page reads all partitions for itself, a day back at the start. Whatever breaks, it says so once, and tries again until
 * it is closed.
 */
public final class PageFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageFeed.class);

    /** A record's time is its window's start, and a local day may have 25 hours. */
    private static final Duration LOOK_BACK = Duration.ofHours(26);

    /** Read of a partition that has nothing younger, so that the page of a silent site shows its last figures. */
    private static final long KPI_TAIL = 5_000;

    private static final long LIVE_TAIL = 50;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration PARTITION_CHECK = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<? extends Consumer<byte[], byte[]>> connect;
    private final Topics topics;
    private final Board board;
    private final InstantSource clock;
    private final Duration pause;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Thread thread = Thread.ofVirtual().name("page-feed").unstarted(this::run);
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private boolean troubled;
    private long malformedCount;

    PageFeed(
            Supplier<? extends Consumer<byte[], byte[]>> connect,
            Topics topics,
            Board board,
            InstantSource clock,
            Duration pause) {
        this.connect = connect;
        this.topics = topics;
        this.board = board;
        this.clock = clock;
        this.pause = pause;
    }

    /** @param kafka how to reach the brokers: {@code bootstrap.servers} and, where needed, security */
    public static PageFeed start(Map<String, ?> kafka, Topics topics, Board board) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "heliograph-page");
        PageFeed feed = new PageFeed(
                () -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                topics,
                board,
                InstantSource.system(),
                PAUSE);
        feed.start();
        return feed;
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!isClosing()) {
            try (Consumer<byte[], byte[]> connected = connect.get()) {
                consumer = connected;
                follow(connected);
            } catch (WakeupException | InterruptException _) {
                return; // closing
            } catch (RuntimeException e) {
                trouble(e.toString());
            } finally {
                consumer = null;
            }
            rest();
        }
    }

    private void follow(Consumer<byte[], byte[]> connected) {
        long checkedNanos = System.nanoTime();
        Set<TopicPartition> assigned = assign(connected);
        while (!isClosing()) {
            if (assigned.isEmpty()) {
                trouble("the topics " + topics.kpi() + " and " + topics.live() + " don't exist yet");
                return;
            }
            ConsumerRecords<byte[], byte[]> records = connected.poll(POLL);
            if (troubled) {
                troubled = false;
                LOG.info("page feed follows partitions={}", assigned.size());
            }
            records.forEach(this::take);
            for (TopicPartition partition : assigned) {
                positions.put(partition, connected.position(partition));
            }
            if (System.nanoTime() - checkedNanos > PARTITION_CHECK.toNanos()) {
                checkedNanos = System.nanoTime();
                assigned = assign(connected);
            }
        }
    }

    /** Takes all partitions that there are now: from where it was, and new ones from a day back. */
    private Set<TopicPartition> assign(Consumer<byte[], byte[]> connected) {
        List<TopicPartition> kpi = partitions(connected, topics.kpi());
        List<TopicPartition> live = partitions(connected, topics.live());
        if (kpi.isEmpty() || live.isEmpty()) {
            return Set.of();
        }
        Set<TopicPartition> all = new HashSet<>(kpi);
        all.addAll(live);
        if (all.equals(connected.assignment())) {
            return all;
        }
        connected.assign(all);
        Map<TopicPartition, Long> starts = starts(connected, all, kpi);
        all.forEach(partition -> connected.seek(partition, starts.getOrDefault(partition, 0L)));
        LOG.info("page feed assigned partitions={}", all.size());
        return all;
    }

    private Map<TopicPartition, Long> starts(
            Consumer<byte[], byte[]> connected, Set<TopicPartition> all, List<TopicPartition> kpi) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> first = connected.beginningOffsets(all);
        connected.endOffsets(all).forEach((partition, end) -> {
            long tail = partition.topic().equals(topics.kpi()) ? KPI_TAIL : LIVE_TAIL;
            starts.put(partition, Math.max(first.getOrDefault(partition, 0L), end - tail));
        });
        long sinceMillis = clock.instant().minus(LOOK_BACK).toEpochMilli();
        connected
                .offsetsForTimes(kpi.stream().collect(Collectors.toMap(Function.identity(), _ -> sinceMillis)))
                .forEach((partition, young) -> {
                    if (young != null) { // null: it has none that young
                        starts.put(partition, young.offset());
                    }
                });
        starts.putAll(positions);
        return starts;
    }

    private static List<TopicPartition> partitions(Consumer<byte[], byte[]> connected, String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        List<PartitionInfo> known = connected.partitionsFor(topic);
        if (known != null) {
            known.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    private void take(ConsumerRecord<byte[], byte[]> entry) {
        if (entry.value() == null) {
            return; // a tombstone: the figure leaves the board with its day
        }
        try {
            if (entry.topic().equals(topics.kpi())) {
                board.accept(SiteWindow.parseFrom(entry.value()));
            } else {
                board.accept(SiteLive.parseFrom(entry.value()));
            }
        } catch (InvalidProtocolBufferException e) {
            if (malformedCount++ == 0) {
                LOG.warn(
                        "page feed skips malformed records first={}-{}@{} reason={}",
                        entry.topic(),
                        entry.partition(),
                        entry.offset(),
                        e.getMessage());
            }
        }
    }

    private void trouble(String reason) {
        if (!troubled) {
            troubled = true;
            LOG.warn("page feed waits, and tries again every {} s reason=\"{}\"", pause.toSeconds(), reason);
        }
    }

    private void rest() {
        try {
            closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }
}

package org.heliograph.streams.page;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.heliograph.telemetry.Ending;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the published figures and puts them on the board. It belongs to no consumer group and commits nothing: each
 * page reads all partitions for itself, a day back at the start. Whatever breaks, it says so once, and tries again until
 * it is closed.
 */
public final class PageFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PageFeed.class);

    /** A record's time is its window's start, and a local day may have 25 hours. */
    private static final Duration LOOK_BACK = Duration.ofHours(26);

    /** Read of a partition that has nothing younger, so that the page of a silent site shows its last figures. */
    private static final long KPI_TAIL = 5_000;

    private static final long LIVE_TAIL = 50;

    /** Devices are shown with their newest minute, so this is how long any may stay silent though all is well. */
    private static final Duration LEAST_LOOK_BACK = Duration.ofMinutes(10);

    private static final Duration MOST_LOOK_BACK = Duration.ofHours(3);

    /** Beside a device's patience: a minute's time is its start. */
    private static final Duration LOOK_FURTHER = Duration.ofMinutes(2);

    private static final long ENERGY_TAIL = 2_000;

    /** How often pages hear of devices, while they change. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration PARTITION_CHECK = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<? extends Consumer<byte[], byte[]>> connect;
    private final Topics topics;
    private final PageBoard board;
    private final InstantSource clock;
    private final Duration pause;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private final Thread thread = Thread.ofVirtual()
            .name("page-feed")
            .uncaughtExceptionHandler((_, e) -> {
                log.error("page=broken", e);
                broken.complete(null);
            })
            .unstarted(this::run);
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean troubled;
    /** How far back devices are read: what the site models ask for. */
    private Duration devicesLookBack = LEAST_LOOK_BACK;

    private long settledNanos = System.nanoTime();
    private long malformedCount;

    PageFeed(
            Supplier<? extends Consumer<byte[], byte[]>> connect,
            Topics topics,
            PageBoard board,
            InstantSource clock,
            Duration pause) {
        this.connect = connect;
        this.topics = topics;
        this.board = board;
        this.clock = clock;
        this.pause = pause;
    }

    /** @param kafka how to reach the brokers: {@code bootstrap.servers} and, where needed, security */
    public static PageFeed start(Map<String, ?> kafka, Topics topics, PageBoard board) {
        Map<String, Object> settings = CommittedRecords.settings(kafka);
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

    /** Completed when a fault has ended it that trying anew doesn't mend: the process must not go on without it. */
    public CompletableFuture<Void> broken() {
        return broken.copy();
    }

    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        Ending.await(thread, CLOSE_TIMEOUT);
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
            Duration lookedBack = devicesLookBack;
            ConsumerRecords<byte[], byte[]> records = connected.poll(POLL);
            if (troubled) {
                troubled = false;
                log.info("page=following partitions={}", assigned.size());
            }
            records.forEach(this::take);
            if (devicesLookBack.compareTo(lookedBack) > 0) {
                lookFurtherBack(connected, assigned);
            }
            if (System.nanoTime() - settledNanos > SETTLE.toNanos()) {
                settledNanos = System.nanoTime();
                board.settle();
            }
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
        List<TopicPartition> kpi = CommittedRecords.partitions(connected, topics.kpi());
        List<TopicPartition> live = CommittedRecords.partitions(connected, topics.live());
        if (kpi.isEmpty() || live.isEmpty()) {
            return Set.of();
        }
        Set<TopicPartition> all = new HashSet<>(kpi);
        all.addAll(live);
        for (String topic : List.of(topics.sites(), topics.alerts(), topics.energy())) {
            all.addAll(CommittedRecords.partitions(connected, topic));
        }
        if (all.equals(connected.assignment())) {
            return all;
        }
        connected.assign(all);
        Map<TopicPartition, Long> starts = starts(connected, all);
        all.forEach(partition -> connected.seek(partition, starts.getOrDefault(partition, 0L)));
        log.info("page=assigned partitions={}", all.size());
        return all;
    }

    private Map<TopicPartition, Long> starts(Consumer<byte[], byte[]> connected, Set<TopicPartition> all) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> first = connected.beginningOffsets(all);
        connected
                .endOffsets(all)
                .forEach((partition, end) -> starts.put(
                        partition, Math.max(first.getOrDefault(partition, 0L), end - tail(partition.topic(), end))));
        Map<TopicPartition, Long> since = new HashMap<>();
        long now = clock.instant().toEpochMilli();
        for (TopicPartition partition : all) {
            if (partition.topic().equals(topics.kpi())) {
                since.put(partition, now - LOOK_BACK.toMillis());
            } else if (partition.topic().equals(topics.energy())) {
                since.put(partition, now - devicesLookBack.toMillis());
            }
        }
        connected.offsetsForTimes(since).forEach((partition, young) -> {
            if (young != null) { // null: it has none that young
                starts.put(partition, young.offset());
            }
        });
        starts.putAll(positions);
        return starts;
    }

    /** A model names devices that report more seldom than those known before: their last word may be older. */
    private void lookFurtherBack(Consumer<byte[], byte[]> connected, Set<TopicPartition> assigned) {
        long since = clock.instant().minus(devicesLookBack).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        assigned.stream()
                .filter(partition -> partition.topic().equals(topics.energy()))
                .forEach(partition -> times.put(partition, since));
        connected.offsetsForTimes(times).forEach((partition, young) -> {
            if (young != null && young.offset() < connected.position(partition)) {
                connected.seek(partition, young.offset());
            }
        });
    }

    private void take(SiteModel model) {
        board.accept(model);
        Duration wanted = ShownSite.longestPatience(model).plus(LOOK_FURTHER);
        Duration most = wanted.compareTo(MOST_LOOK_BACK) < 0 ? wanted : MOST_LOOK_BACK;
        devicesLookBack = most.compareTo(devicesLookBack) > 0 ? most : devicesLookBack;
    }

    /** Site models and alerts are compacted: all of them count. */
    private long tail(String topic, long end) {
        if (topic.equals(topics.kpi())) {
            return KPI_TAIL;
        }
        if (topic.equals(topics.live())) {
            return LIVE_TAIL;
        }
        return topic.equals(topics.energy()) ? ENERGY_TAIL : end;
    }

    private void take(ConsumerRecord<byte[], byte[]> entry) {
        if (entry.value() == null) {
            if (entry.topic().equals(topics.sites()) && entry.key() != null) {
                board.end(new String(entry.key(), StandardCharsets.UTF_8));
            }
            return; // of another topic: the figure leaves the board with its day
        }
        try {
            String topic = entry.topic();
            if (topic.equals(topics.kpi())) {
                board.accept(SiteWindow.parseFrom(entry.value()));
            } else if (topic.equals(topics.live())) {
                board.accept(SiteLive.parseFrom(entry.value()));
            } else if (topic.equals(topics.energy())) {
                board.accept(DeviceMinute.parseFrom(entry.value()));
            } else if (topic.equals(topics.alerts())) {
                board.accept(Alert.parseFrom(entry.value()));
            } else {
                String site = entry.key() == null ? "" : new String(entry.key(), StandardCharsets.UTF_8);
                take(SiteFile.published(site, entry.value()));
            }
        } catch (InvalidProtocolBufferException | ConfigurationException e) {
            if (malformedCount++ == 0) {
                log.warn(
                        "page=passed-over first={}-{}@{} reason={}",
                        entry.topic(),
                        entry.partition(),
                        entry.offset(),
                        e.getMessage());
            }
        }
    }

    /** Whether it can't read the figures now. */
    public boolean isTroubled() {
        return troubled;
    }

    private void trouble(String reason) {
        if (!troubled) {
            troubled = true;
            log.warn("page=waiting retrySeconds={} reason=\"{}\"", pause.toSeconds(), reason);
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

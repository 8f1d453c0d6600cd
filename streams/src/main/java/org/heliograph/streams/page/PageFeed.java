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
import org.heliograph.telemetry.kafka.BrokerContact;
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

    /** How often pages hear of devices, while they change. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration PARTITION_CHECK = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<? extends Consumer<byte[], byte[]>> connect;
    private final Topics topics;
    private final PageBoard board;
    private final LookBack lookBack;
    private final BrokerContact contact;
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

    /** Whether devices are to be read from further back. */
    private boolean reachesFurther;

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
        this.lookBack = new LookBack(topics, clock);
        this.contact = new BrokerContact(clock, PageFeed::tell);
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
            ConsumerRecords<byte[], byte[]> records = connected.poll(POLL);
            contact.listened(connected, !records.isEmpty());
            if (troubled) {
                troubled = false;
                log.info("page=following partitions={}", assigned.size());
            }
            records.forEach(this::take);
            if (reachesFurther) {
                lookBack.seekDevices(connected, assigned);
                reachesFurther = false;
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
        Map<TopicPartition, Long> starts = lookBack.starts(connected, all);
        starts.putAll(positions);
        all.forEach(partition -> connected.seek(partition, starts.getOrDefault(partition, 0L)));
        log.info("page=assigned partitions={}", all.size());
        return all;
    }

    private void take(SiteModel model) {
        board.accept(model);
        reachesFurther |= lookBack.growsBy(model);
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

    private static void tell(String problem) {
        if (problem.isEmpty()) {
            log.info("page=hears-kafka");
        } else {
            log.warn("page=waiting reason=\"{}\"", problem);
        }
    }

    /** Why it can't read the figures now; empty when it can. */
    public String problem() {
        return troubled ? "the figures on Kafka can't be read" : contact.problem();
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

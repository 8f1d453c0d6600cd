package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.heliograph.streams.ReceivedBytes;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageFeedTest {
    private static final Instant NOW = Instant.parse("2026-06-01T13:24:00Z");
    private static final TopicPartition KPI = new TopicPartition("hg.kpi", 0);
    private static final TopicPartition LIVE = new TopicPartition("hg.live", 0);
    private static final TopicPartition SITES = new TopicPartition("hg.sites", 0);
    private static final TopicPartition ALERTS = new TopicPartition("hg.alerts", 0);
    private static final TopicPartition ENERGY = new TopicPartition("hg.energy", 0);

    private final Log log = new Log();
    private final PageBoard board = new PageBoard();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger seconds = new AtomicInteger();
    private volatile boolean clockRuns;
    private final PageFeed feed = new PageFeed(log::connect, Topics.DEFAULT, board, this::now, Duration.ofMillis(5));

    PageFeedTest() {
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {
                heard.add(live);
            }

            @Override
            public void window(SiteWindow window) {
                heard.add(window);
            }
        });
    }

    @AfterEach
    void stop() {
        feed.close();
    }

    @Test
    void it_reads_a_day_back_and_then_follows() throws InterruptedException {
        SiteWindow tooOld = window(NOW.minus(Duration.ofHours(30)), 0);
        SiteWindow yesterday = window(NOW.minus(Duration.ofHours(23)), 0);
        log.add(KPI, tooOld.getStartMs(), tooOld.toByteArray());
        log.add(KPI, yesterday.getStartMs(), yesterday.toByteArray());

        feed.start();

        assertThat(next()).isEqualTo(yesterday);
        SiteLive live = SiteLive.newBuilder().setSite("casa1").setTimeMs(1).build();
        log.add(LIVE, NOW.toEpochMilli(), live.toByteArray());
        assertThat(next()).isEqualTo(live);
    }

    @Test
    void a_fault_that_trying_anew_does_not_mend_ends_it_aloud() throws Exception {
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {
                throw new NoClassDefFoundError("of a jar that was half replaced");
            }

            @Override
            public void window(SiteWindow window) {
                heard.add(window);
            }
        });
        SiteLive live = SiteLive.newBuilder().setSite("casa1").setTimeMs(1).build();
        log.add(LIVE, NOW.toEpochMilli(), live.toByteArray());

        feed.start();

        assertThat(feed.broken().get(2, TimeUnit.MINUTES)).isNull();
    }

    @Test
    void a_site_long_silent_shows_its_last_figures() throws InterruptedException {
        SiteWindow last = window(NOW.minus(Duration.ofDays(11)), 0);
        log.add(KPI, last.getStartMs(), last.toByteArray());

        feed.start();

        assertThat(next()).isEqualTo(last);
    }

    @Test
    void it_reads_site_models_and_alerts_from_their_beginning_and_devices_a_little_back() throws InterruptedException {
        Alert alert = FixtureDay.alert("", "pue-high", "warning", "high", NOW.minus(Duration.ofDays(3)));
        log.add(SITES, 0, FixtureDay.SITE_YAML.getBytes(StandardCharsets.UTF_8));
        String refused = "site: casa1\nzone: UTC\nlate: PT72H\ndevices: [{id: pdu-a, profile: rack-pdu, role: it}]\n";
        for (String model : List.of("no: [model", refused, refused.replace("casa1", "casa2"))) {
            log.add(SITES, 0, model.getBytes(StandardCharsets.UTF_8));
        }
        log.add(ALERTS, alert.getTimeMs(), alert.toByteArray());
        for (int i : new int[] {60, 5}) {
            DeviceMinute minute = DeviceMinute.newBuilder()
                    .setSite("casa1")
                    .setDevice("crac-0" + i)
                    .setRole("cooling")
                    .setStartMs(NOW.minusSeconds(60L * i).toEpochMilli())
                    .build();
            log.add(ENERGY, minute.getStartMs(), minute.toByteArray());
        }
        SiteWindow window = window(NOW, 1);
        log.add(KPI, window.getStartMs(), window.toByteArray());

        feed.start();

        assertThat(next()).isEqualTo(window);
        log.add(KPI, NOW.toEpochMilli(), window(NOW.plusSeconds(900), 1).toByteArray());
        next(); // the poll that brought the first is dealt with
        assertThat(board.alerts("casa1")).containsExactly(alert);
        assertThat(board.devices("casa1").keySet()).containsExactly("crac-05");
        assertThat(board.model("casa1"))
                .as("what the engine goes by")
                .hasValueSatisfying(model -> assertThat(model.late()).isEqualTo(Duration.ofHours(48)));
        assertThat(board.model("casa2")).isEmpty();
    }

    @Test
    void devices_that_report_seldom_are_read_as_far_back_as_they_may_be_silent() throws InterruptedException {
        for (int minutes : new int[] {120, 40, 5}) {
            DeviceMinute minute = DeviceMinute.newBuilder()
                    .setSite("casa1")
                    .setDevice("inlet-" + minutes)
                    .setRole("room")
                    .setStartMs(NOW.minusSeconds(60L * minutes).toEpochMilli())
                    .build();
            log.add(ENERGY, minute.getStartMs(), minute.toByteArray());
        }
        SiteWindow window = window(NOW, 1);
        log.add(KPI, window.getStartMs(), window.toByteArray());
        feed.start();
        await(window);
        String seldom = """
                site: casa1
                zone: Africa/Casablanca
                profiles:
                  - profile: slow-inlet
                    points: {inlet_temp: {period: PT15M, maxGap: PT1H}}
                devices:
                  - {id: "inlet-{1..200}", profile: slow-inlet, role: room}
                """;
        log.add(SITES, 0, seldom.getBytes(StandardCharsets.UTF_8));
        for (int revision = 2; board.devices("casa1").size() < 2 && revision < 1_000; revision++) {
            SiteWindow later = window(NOW, revision); // each brings a poll
            log.add(KPI, later.getStartMs(), later.toByteArray());
            await(later);
        }

        assertThat(board.devices("casa1").keySet()).containsExactly("inlet-40", "inlet-5");
    }

    @Test
    void a_site_whose_model_was_withdrawn_is_shown_no_more_though_kafka_still_has_its_figures()
            throws InterruptedException {
        log.add(SITES, 0, FixtureDay.SITE_YAML.getBytes(StandardCharsets.UTF_8));
        log.add(SITES, 0, null);
        SiteLive live = SiteLive.newBuilder().setSite("casa1").setTimeMs(1).build();
        log.add(LIVE, NOW.toEpochMilli(), live.toByteArray());
        SiteWindow other = window(NOW, 1).toBuilder().setSite("casa2").build();
        log.add(KPI, other.getStartMs(), other.toByteArray());
        feed.start();
        await(other);
        SiteWindow later = other.toBuilder().setRevision(2).build();
        log.add(KPI, later.getStartMs(), later.toByteArray());
        await(later); // the poll that brought the first is dealt with

        assertThat(board.sites()).containsExactly("casa2");
    }

    @Test
    void after_a_failure_it_goes_on_where_it_was() throws InterruptedException {
        SiteWindow first = window(NOW, 1);
        SiteWindow restated = window(NOW, 2);
        log.add(KPI, first.getStartMs(), first.toByteArray());
        log.add(KPI, restated.getStartMs(), restated.toByteArray());
        feed.start();
        assertThat(next()).isEqualTo(first);
        assertThat(next()).isEqualTo(restated);

        log.breakDown();
        log.awaitConnections(2);
        SiteWindow later = window(NOW.plusSeconds(900), 1);
        log.add(KPI, later.getStartMs(), later.toByteArray());

        assertThat(next()).isEqualTo(later);
        assertThat(board.windows("casa1", "15m")).containsExactly(restated, later);
    }

    @Test
    void it_waits_for_brokers_and_topics_that_are_not_there_yet() throws InterruptedException {
        log.refuse(3);
        log.topicsExist = false;
        feed.start();
        log.awaitConnections(2);

        log.topicsExist = true;
        SiteWindow window = window(NOW, 1);
        log.add(KPI, window.getStartMs(), window.toByteArray());

        assertThat(next()).isEqualTo(window);
    }

    @Test
    void a_malformed_record_and_a_tombstone_are_passed_over() throws InterruptedException {
        SiteWindow window = window(NOW, 1);
        log.add(KPI, NOW.toEpochMilli(), new byte[] {(byte) 0xff, 1, 2});
        log.add(KPI, NOW.toEpochMilli(), null);
        log.add(KPI, NOW.toEpochMilli(), window.toByteArray());

        feed.start();

        assertThat(next()).isEqualTo(window);
    }

    /** A poll of brokers that are away returns as where nothing is published. */
    @Test
    void a_page_that_hears_nothing_of_kafka_for_long_says_so_until_it_does() {
        clockRuns = true;
        feed.start();

        awaitProblem("Kafka can't be reached: nothing has come from it since 2026-06-01T13:2");
        log.answers = true;
        awaitProblem("");
    }

    private Instant now() {
        return clockRuns ? NOW.plusSeconds(seconds.getAndIncrement()) : NOW;
    }

    private void awaitProblem(String wanted) {
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!isProblem(wanted) && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(isProblem(wanted))
                .as("'%s', not '%s'", wanted, feed.problem())
                .isTrue();
    }

    private boolean isProblem(String wanted) {
        String problem = feed.problem();
        return problem.isEmpty() == wanted.isEmpty() && problem.startsWith(wanted);
    }

    @Test
    void closing_closes_its_consumer() throws InterruptedException {
        feed.start();
        log.awaitConnections(1);

        feed.close();

        assertThat(log.consumers).allMatch(MockConsumer::closed);
    }

    private void await(SiteWindow window) throws InterruptedException {
        Object latest = next();
        while (!latest.equals(window)) {
            latest = next();
        }
    }

    private Object next() throws InterruptedException {
        return Objects.requireNonNull(heard.poll(2, TimeUnit.MINUTES), "nothing came");
    }

    private static SiteWindow window(Instant start, int revision) {
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setStartMs(start.toEpochMilli())
                .setEndMs(start.plusSeconds(900).toEpochMilli())
                .setState(WindowState.FINAL)
                .setRevision(revision)
                .build();
    }

    /** Two partitions as a broker would keep them; every consumer that connects reads the same. */
    private static final class Log {
        private final ConcurrentLinkedQueue<ConsumerRecord<byte[], byte[]>> records = new ConcurrentLinkedQueue<>();
        private final List<Reader> consumers = new CopyOnWriteArrayList<>();
        private final AtomicInteger refusals = new AtomicInteger();
        private volatile boolean topicsExist = true;
        private volatile boolean answers;
        private final ReceivedBytes received = new ReceivedBytes();

        void add(TopicPartition partition, long timeMillis, byte @org.jspecify.annotations.Nullable [] value) {
            long offset = records.stream()
                    .filter(entry -> entry.topic().equals(partition.topic()))
                    .count();
            records.add(new ConsumerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    offset,
                    timeMillis,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    partition.equals(SITES) ? "casa1".getBytes(StandardCharsets.UTF_8) : new byte[0],
                    value,
                    new RecordHeaders(),
                    Optional.empty()));
        }

        void refuse(int times) {
            refusals.set(times);
        }

        void breakDown() {
            consumers.getLast().setPollException(new KafkaException("the broker is gone"));
        }

        void awaitConnections(int count) {
            long deadlineNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (consumers.size() < count && System.nanoTime() < deadlineNanos) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(consumers).hasSizeGreaterThanOrEqualTo(count);
        }

        Consumer<byte[], byte[]> connect() {
            if (refusals.getAndDecrement() > 0) {
                throw new KafkaException("no resolvable bootstrap urls");
            }
            Reader reader = new Reader(this);
            consumers.add(reader);
            return reader;
        }

        long end(TopicPartition partition) {
            return records.stream()
                    .filter(entry -> entry.topic().equals(partition.topic()))
                    .count();
        }
    }

    private static final class Reader extends MockConsumer<byte[], byte[]> {
        private final Log log;
        private final Map<TopicPartition, Long> given = new HashMap<>();

        Reader(Log log) {
            super("earliest");
            this.log = log;
            if (log.topicsExist) {
                for (TopicPartition partition : List.of(KPI, LIVE, SITES, ALERTS, ENERGY)) {
                    updatePartitions(
                            partition.topic(), List.of(new PartitionInfo(partition.topic(), 0, null, null, null)));
                }
            }
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            partitions.forEach(partition -> {
                updateBeginningOffsets(Map.of(partition, 0L));
                updateEndOffsets(Map.of(partition, log.end(partition)));
            });
        }

        @Override
        public synchronized void seek(TopicPartition partition, long offset) {
            super.seek(partition, offset);
            given.merge(partition, offset, Math::min);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> offsets = new HashMap<>();
            times.forEach((partition, sinceMillis) -> offsets.put(
                    partition,
                    log.records.stream()
                            .filter(entry ->
                                    entry.topic().equals(partition.topic()) && entry.timestamp() >= sinceMillis)
                            .findFirst()
                            .map(entry -> new OffsetAndTimestamp(entry.offset(), entry.timestamp()))
                            .orElse(null)));
            return offsets;
        }

        @Override
        public synchronized Map<MetricName, ? extends Metric> metrics() {
            return log.received.metrics();
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (log.answers) {
                log.received.answer();
            }
            List<ConsumerRecord<byte[], byte[]>> fresh = new ArrayList<>(log.records);
            fresh.forEach(entry -> {
                TopicPartition partition = new TopicPartition(entry.topic(), entry.partition());
                if (entry.offset() >= given.getOrDefault(partition, 0L)) {
                    given.put(partition, entry.offset() + 1);
                    addRecord(entry);
                }
            });
            if (fresh.isEmpty()) {
                LockSupport.parkNanos(1_000_000);
            }
            return super.poll(timeout);
        }
    }
}

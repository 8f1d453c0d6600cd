package org.heliograph.streams.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.streams.ReceivedBytes;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;

class SinkLoopTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final TopicPartition ENERGY = new TopicPartition(TOPICS.energy(), 0);
    private static final TopicPartition ENERGY_1 = new TopicPartition(TOPICS.energy(), 1);
    private static final TopicPartition KPI = new TopicPartition(TOPICS.kpi(), 0);
    private static final TopicPartition LIVE = new TopicPartition(TOPICS.live(), 0);
    private static final List<TopicPartition> ALL = List.of(ENERGY, ENERGY_1, KPI, LIVE);

    private final ReceivedBytes received = new ReceivedBytes();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<MetricName, ? extends Metric> metrics() {
            return received.metrics();
        }
    };
    private Instant now = Instant.parse("2026-06-01T12:00:00Z");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final FakeStore store = new FakeStore();
    private final ProgressBoard board = new ProgressBoard(() -> now);
    private final SinkLoop loop = new SinkLoop(
            consumer,
            store,
            Runnable::run,
            new Rejects(TOPICS.rejects(), () -> producer),
            TOPICS,
            SinkSettings.of(URI.create("http://127.0.0.1:1")),
            board);

    SinkLoopTest() {
        consumer.updateBeginningOffsets(ALL.stream().collect(Collectors.toMap(p -> p, p -> 0L)));
        consumer.rebalance(ALL);
    }

    @Test
    void figures_of_all_topics_are_written_in_one_request_and_then_committed() {
        energy(0, minute("pdu-1", 0, 3_600_000));
        add(
                KPI,
                0,
                SiteWindow.newBuilder().setSite("casa1").setWindow("1m").build().toByteArray());
        add(LIVE, 0, SiteLive.newBuilder().setSite("casa1").build().toByteArray());
        loop.turn();
        assertThat(store.requests).hasSize(1);
        assertThat(store.kept.keySet())
                .containsExactly(
                        "device_energy,device=pdu-1,role=it,site=casa1 0",
                        "site_kpi,site=casa1,window=1m 0",
                        "site_live,site=casa1 0");
        assertThat(committed(ENERGY)).isEqualTo(1);
        assertThat(committed(KPI)).isEqualTo(1);
        assertThat(committed(LIVE)).isEqualTo(1);
        assertThat(board.now()).isEqualTo(new Progress(3, 3, 0, ""));
    }

    /** A poll of brokers that are away returns as where nothing is published. */
    @Test
    void a_sink_that_hears_nothing_of_kafka_for_long_says_so_until_it_does() {
        loop.turn();
        assertThat(board.now().problem()).isEmpty();
        for (int poll = 0; poll < 4; poll++) {
            now = now.plusSeconds(10);
            loop.turn();
        }
        assertThat(board.now().problem())
                .isEqualTo("Kafka can't be reached: nothing has come from it since 2026-06-01T12:00:00Z");
        received.answer();
        loop.turn();
        assertThat(board.now().problem()).isEmpty();
    }

    @Test
    void only_the_newer_of_two_statements_of_one_minute_is_sent() {
        energy(0, minute("pdu-1", 0, 3_600_000));
        energy(1, minute("pdu-1", 60_000, 3_600_000));
        energy(2, minute("pdu-1", 0, 7_200_000));
        loop.turn();
        assertThat(store.kept)
                .hasEntrySatisfying(
                        "device_energy,device=pdu-1,role=it,site=casa1 0",
                        fields -> assertThat(fields).contains("energy_wh=2.0"));
        assertThat(store.requests.getFirst().lines()).hasSize(2);
    }

    @Test
    void a_window_is_asked_about_when_it_newly_lacks_a_figure_and_not_again() {
        add(KPI, 0, window().setPue(1.5).setCue(0.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared)
                .as("nobody knows what an earlier sink wrote")
                .singleElement()
                .satisfies(point -> assertThat(point.absent()).contains("ref").doesNotContain("pue", "cue"));
        store.cleared.clear();
        add(KPI, 1, window().setPue(1.6).setCue(0.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared).isEmpty();
        add(KPI, 2, window().setCue(0.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared)
                .singleElement()
                .satisfies(point -> assertThat(point.absent()).contains("pue"));
    }

    @Test
    void a_store_that_will_not_say_what_it_holds_gets_the_figures_all_the_same() {
        store.clearing = new Store.Outcome.Refused("not authorized to read");
        add(KPI, 0, window().setPue(1.5).build().toByteArray());
        loop.turn();
        assertThat(store.kept).hasSize(1);
        assertThat(committed(KPI)).isEqualTo(1);

        store.cleared.clear();
        store.clearing = new Store.Outcome.Written();
        add(KPI, 1, window().setPue(1.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared)
                .as("it is asked again with the next statement")
                .hasSize(1);
    }

    @Test
    void a_store_that_never_answers_a_question_gets_the_figures_after_a_while_and_is_asked_again() {
        store.clearing = new Store.Outcome.Away("max-select-point limit exceeded", true);
        add(KPI, 0, window().setPue(1.5).build().toByteArray());
        loop.turn();
        assertThat(store.kept).hasSize(1);
        assertThat(store.cleared).hasSize(Carrier.MOST_QUESTIONS);
        assertThat(committed(KPI)).isEqualTo(1);

        store.cleared.clear();
        add(KPI, 1, window().setPue(1.6).build().toByteArray());
        loop.turn();
        assertThat(store.cleared).as("once, as long as it says nothing").hasSize(1);
        assertThat(committed(KPI)).isEqualTo(2);

        store.cleared.clear();
        store.clearing = new Store.Outcome.Written();
        add(KPI, 2, window().setPue(1.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared).hasSize(1);
    }

    @Test
    void nothing_is_written_while_the_store_may_still_be_deleting() {
        store.clearing = new Store.Outcome.Away("timeout");
        store.atQuestion = () -> {
            if (store.cleared.size() > 2 * Carrier.MOST_QUESTIONS) {
                store.clearing = new Store.Outcome.Written();
            }
        };
        add(KPI, 0, window().setPue(1.5).build().toByteArray());
        loop.turn();
        assertThat(store.cleared).hasSize(2 * Carrier.MOST_QUESTIONS + 1);
        assertThat(store.kept).hasSize(1);
    }

    @Test
    void only_device_minutes_without_energy_are_asked_about() {
        energy(0, minute("pdu-1", 0, 3_600_000));
        energy(
                1,
                DeviceMinute.newBuilder()
                        .setSite("casa1")
                        .setDevice("pdu-2")
                        .setRole("it")
                        .build()
                        .toByteArray());
        loop.turn();
        assertThat(store.cleared)
                .singleElement()
                .satisfies(point -> assertThat(point.tags()).containsEntry("device", "pdu-2"));
    }

    private static SiteWindow.Builder window() {
        return SiteWindow.newBuilder().setSite("casa1").setWindow("1m");
    }

    @Test
    void nothing_is_committed_while_the_store_is_away_and_everything_afterwards() {
        store.awayAt.addAll(List.of(1, 2, 3));
        energy(0, minute("pdu-1", 0, 3_600_000));
        consumer.schedulePollTask(() -> {});
        consumer.schedulePollTask(() -> {
            assertThat(consumer.paused()).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(committed(ENERGY)).isZero();
            assertThat(board.now().problem()).isEqualTo("connection refused");
        });
        loop.turn();
        assertThat(store.requests).hasSize(4);
        assertThat(store.kept).hasSize(1);
        assertThat(committed(ENERGY)).isEqualTo(1);
        assertThat(consumer.paused()).isEmpty();
        assertThat(board.now().problem()).isEmpty();
    }

    @Test
    void a_store_that_leaves_in_the_middle_of_a_batch_loses_nothing() {
        store.poison = "pdu-3,";
        for (int i = 0; i < 8; i++) {
            energy(i, minute("pdu-" + i, 0, 3_600_000));
        }
        store.awayAt.addAll(List.of(2, 3, 6));
        loop.turn();
        assertThat(store.kept).hasSize(7);
        assertThat(producer.history()).hasSize(1);
        assertThat(committed(ENERGY)).isEqualTo(8);
    }

    @Test
    void refused_points_are_found_and_their_records_dead_lettered_while_their_neighbours_are_stored() {
        store.poison = "pdu-13,";
        for (int i = 0; i < 100; i++) {
            energy(i, minute("pdu-" + i, 0, 3_600_000));
        }
        loop.turn();
        assertThat(store.kept).hasSize(99);
        ProducerRecord<byte[], byte[]> letter = producer.history().getFirst();
        assertThat(producer.history()).hasSize(1);
        assertThat(letter.topic()).isEqualTo("hg.rejects");
        assertThat(letter.value()).isEqualTo(minute("pdu-13", 0, 3_600_000));
        assertThat(header(letter, DeadLetter.REASON)).isEqualTo("type conflict");
        assertThat(header(letter, DeadLetter.STAGE)).isEqualTo("sink");
        assertThat(header(letter, DeadLetter.SOURCE)).isEqualTo("hg.energy-0@13");
        assertThat(store.requests).hasSizeLessThan(20);
        assertThat(committed(ENERGY)).isEqualTo(100);
        assertThat(board.now().rejected()).isEqualTo(1);
    }

    @Test
    void of_many_points_that_are_too_old_for_the_store_each_is_dead_lettered_after_a_few_requests() {
        store.keepsFromMillis = 900 * 60_000L;
        for (int i = 0; i < 1_000; i++) {
            energy(i, minute("pdu-1", i * 60_000L, 3_600_000));
        }
        loop.turn();
        assertThat(store.kept).hasSize(100);
        assertThat(producer.history())
                .extracting(letter -> header(letter, DeadLetter.SOURCE))
                .hasSize(900)
                .doesNotHaveDuplicates();
        assertThat(store.requests).as("halves of halves, not each alone").hasSizeLessThan(25);
        assertThat(committed(ENERGY)).isEqualTo(1_000);
    }

    @Test
    void bytes_that_are_no_figure_are_dead_lettered_and_do_not_stop_the_rest() {
        energy(0, new byte[] {(byte) 0xff, 1, 2});
        energy(1, minute("pdu-1", 0, 3_600_000));
        loop.turn();
        assertThat(store.kept).hasSize(1);
        assertThat(producer.history()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).containsExactly(0xff, 1, 2);
            assertThat(header(letter, DeadLetter.REASON)).startsWith("not what hg.energy carries");
        });
        assertThat(committed(ENERGY)).isEqualTo(2);
    }

    @Test
    void a_dead_letter_that_kafka_does_not_take_leaves_the_batch_uncommitted() {
        producer.sendException = new KafkaException("no broker");
        energy(0, new byte[] {(byte) 0xff});
        assertThatThrownBy(loop::turn).isInstanceOf(KafkaException.class);
        assertThat(committed(ENERGY)).isZero();
    }

    @Test
    void a_batch_whose_partition_went_to_another_member_is_left_to_it() {
        store.awayAt.addAll(List.of(1, 2));
        energy(0, minute("pdu-1", 0, 3_600_000));
        add(ENERGY_1, 0, minute("pdu-2", 0, 3_600_000));
        consumer.schedulePollTask(() -> {});
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(ENERGY_1, KPI, LIVE)));
        loop.turn();
        assertThat(store.kept).isEmpty();
        assertThat(consumer.committed(Set.copyOf(ALL))).isEmpty();
        assertThat(consumer.position(ENERGY_1)).isZero();
        assertThat(consumer.paused()).doesNotContainAnyElementsOf(consumer.assignment());
    }

    @Test
    void a_batch_of_more_lines_than_a_write_may_have_is_sent_in_several() {
        SinkSettings small = new SinkSettings(
                true, URI.create("http://127.0.0.1:1"), "o", "b", Optional.empty(), "g", 10, 1_000, Optional.empty());
        MockConsumer<byte[], byte[]> other = new MockConsumer<>("earliest");
        SinkLoop smallLoop = new SinkLoop(
                other, store, Runnable::run, new Rejects(TOPICS.rejects(), () -> producer), TOPICS, small, board);
        other.updateBeginningOffsets(Map.of(ENERGY, 0L));
        other.rebalance(List.of(ENERGY));
        for (int i = 0; i < 25; i++) {
            other.addRecord(
                    new ConsumerRecord<>(TOPICS.energy(), 0, i, "k".getBytes(UTF_8), minute("pdu-" + i, 0, 3_600_000)));
        }
        smallLoop.turn();
        assertThat(store.requests.stream().map(request -> request.lines().count()))
                .containsExactly(10L, 10L, 5L);
        assertThat(store.kept).hasSize(25);
    }

    @Test
    void the_next_points_are_made_while_a_request_is_on_its_way_but_not_sent_before_it_is_answered() {
        Deque<Runnable> requests = new ArrayDeque<>();
        SinkLoop overlapping = loop(requests::add);
        energy(0, minute("pdu-1", 0, 3_600_000));
        overlapping.turn();
        assertThat(requests).as("the first is on its way").hasSize(1);
        assertThat(committed(ENERGY)).isZero();

        energy(1, minute("pdu-1", 0, 7_200_000));
        consumer.schedulePollTask(() -> requests.remove().run());
        overlapping.turn();
        assertThat(requests).as("the second follows the first's answer").hasSize(1);
        assertThat(committed(ENERGY)).as("what was answered").isEqualTo(1);
        assertThat(store.requests).hasSize(1);

        consumer.schedulePollTask(() -> requests.remove().run());
        overlapping.turn();
        assertThat(committed(ENERGY)).isEqualTo(2);
        assertThat(store.kept.values()).singleElement().asString().contains("energy_wh=2.0");
    }

    @Test
    void what_one_poll_brings_while_it_takes_partitions_away_is_read_again() {
        Deque<Runnable> requests = new ArrayDeque<>();
        SinkLoop overlapping = loop(requests::add);
        energy(0, minute("pdu-1", 0, 3_600_000));
        overlapping.turn();
        store.awayAt.add(1);
        add(KPI, 0, window().setPue(1.5).build().toByteArray());
        consumer.schedulePollTask(() -> {
            requests.remove().run();
            consumer.rebalance(List.of(ENERGY_1, KPI, LIVE));
        });
        overlapping.turn();
        assertThat(consumer.position(KPI)).isZero();
        assertThat(consumer.committed(Set.copyOf(ALL))).isEmpty();
        assertThat(store.kept).isEmpty();
    }

    @Test
    void partitions_are_not_given_up_before_the_request_that_has_figures_of_them_is_answered() {
        List<String> course = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch revoking = new CountDownLatch(1);
        Thread turning = Thread.currentThread();
        store.atRequest = () -> {
            try {
                revoking.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            while (course.isEmpty() && !isWaiting(turning)) { // it waits for this answer, or goes ahead without
                Thread.onSpinWait();
            }
            course.add("answered");
        };
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            SinkLoop overlapping = loop(thread);
            energy(0, minute("pdu-1", 0, 3_600_000));
            overlapping.turn();
            consumer.schedulePollTask(() -> {
                revoking.countDown();
                consumer.rebalance(List.of(ENERGY_1, KPI, LIVE));
                course.add("given up");
            });
            overlapping.turn();
        }
        assertThat(course).containsExactly("answered", "given up");
        assertThat(consumer.committed(Set.copyOf(ALL))).isEmpty();
    }

    @Test
    void at_the_end_the_request_that_is_on_its_way_is_awaited_and_its_batch_committed() {
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch ending = new CountDownLatch(1);
            store.atRequest = () -> {
                try {
                    ending.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
            SinkLoop overlapping = loop(thread);
            energy(0, minute("pdu-1", 0, 3_600_000));
            overlapping.turn();
            ending.countDown();
            overlapping.finish();
        }
        assertThat(store.kept).hasSize(1);
        assertThat(committed(ENERGY)).isEqualTo(1);
    }

    @Test
    void at_the_end_a_batch_of_which_only_a_part_was_written_is_left_to_whoever_comes_next() {
        List<Runnable> held = new ArrayList<>();
        AtomicInteger posted = new AtomicInteger();
        SinkLoop stopped = loop(request -> {
            if (posted.incrementAndGet() == 1) {
                request.run(); // refused: halves are tried
            } else {
                held.add(request);
                Thread.currentThread().interrupt();
            }
        });
        store.poison = "pdu-1,";
        energy(0, minute("pdu-0", 0, 3_600_000));
        energy(1, minute("pdu-1", 0, 3_600_000));
        assertThatThrownBy(stopped::turn).isInstanceOf(InterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        held.forEach(Runnable::run);
        stopped.finish();
        assertThat(store.kept).hasSize(1);
        assertThat(committed(ENERGY)).isZero();
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private SinkLoop loop(Executor posting) {
        return new SinkLoop(
                consumer,
                store,
                posting,
                new Rejects(TOPICS.rejects(), () -> producer),
                TOPICS,
                SinkSettings.of(URI.create("http://127.0.0.1:1")),
                board);
    }

    private long committed(TopicPartition partition) {
        OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? 0 : offset.offset();
    }

    private void energy(long offset, byte[] value) {
        add(ENERGY, offset, value);
    }

    private void add(TopicPartition partition, long offset, byte[] value) {
        consumer.addRecord(
                new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "k".getBytes(UTF_8), value));
    }

    private static byte[] minute(String device, long startMillis, long millijoules) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setRole("it")
                .setStartMs(startMillis)
                .setEnergyMj(millijoules)
                .setCoverage(1)
                .build()
                .toByteArray();
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        return Arrays.stream(letter.headers().toArray())
                .filter(header -> header.key().equals(name))
                .map(header -> new String(header.value(), UTF_8))
                .collect(Collectors.joining());
    }
}

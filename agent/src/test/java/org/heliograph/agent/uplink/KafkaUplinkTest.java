package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Kafka says to a record, and what becomes of it: few things are for good, all else waits. */
class KafkaUplinkTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");
    private static final long BOOT = 7;

    private final List<ProducerRecord<byte[], byte[]>> arrived = new ArrayList<>();
    private int made;

    /** Takes what it isn't told to refuse. */
    private class Broker extends MockProducer<byte[], byte[]> {
        private final Predicate<ProducerRecord<byte[], byte[]>> refused;
        private final RuntimeException why;

        Broker(Predicate<ProducerRecord<byte[], byte[]>> refused, RuntimeException why) {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
            this.refused = refused;
            this.why = why;
            made++;
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent, Callback callback) {
            if (refused.test(sent)) {
                return CompletableFuture.failedFuture(why);
            }
            arrived.add(sent);
            return super.send(sent, callback);
        }
    }

    static List<RuntimeException> forNow() {
        return List.of(
                new TopicAuthorizationException("hg.telemetry"),
                new ClusterAuthorizationException("no"),
                new SaslAuthenticationException("no"),
                new SslAuthenticationException("no"),
                new ProducerFencedException("another"),
                new InvalidProducerEpochException("another"),
                new OutOfOrderSequenceException("a broker that forgot"),
                new UnknownTopicOrPartitionException("no"),
                new InvalidTopicException("h g"),
                new NotEnoughReplicasException("one"),
                new PolicyViolationException("no"),
                new TimeoutException("30 s"),
                new IllegalStateException("whatever comes"));
    }

    @ParameterizedTest
    @MethodSource("forNow")
    void what_may_pass_is_waited_for_and_comes_with_another_producer(RuntimeException why) throws Exception {
        List<Broker> brokers = new ArrayList<>();
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> {
                    Broker broker = new Broker(record -> brokers.size() == 1 && sequence(record) == 2, why);
                    brokers.add(broker);
                    return broker;
                },
                InstantSource.fixed(NOW))) {
            List<Stored> packs = List.of(pack(1), pack(2), pack(3));

            assertThat(uplink.deliver(packs))
                    .isInstanceOfSatisfying(
                            Uplink.Delivery.Halted.class,
                            halted -> assertThat(halted.reason())
                                    .contains(why.getClass().getSimpleName()));
            assertThat(brokers.getFirst().closed()).isTrue();

            assertThat(uplink.deliver(packs)).isEqualTo(new Uplink.Delivery.Complete());
            assertThat(made).isEqualTo(2);
            assertThat(topics()).containsOnly("hg.telemetry");
            assertThat(arrived).extracting(KafkaUplinkTest::sequence).contains(1L, 2L, 3L);
        }
    }

    /** Who is sent to look at the network for a missing right looks at the wrong place. */
    @Test
    void a_kafka_that_is_there_and_takes_nothing_is_told_from_one_that_is_not_there() throws Exception {
        assertThat(isAnswered(new TopicAuthorizationException("hg.telemetry"), 0))
                .isTrue();
        assertThat(isAnswered(new SaslAuthenticationException("no"), 0)).isTrue();
        assertThat(isAnswered(new NetworkException("reset"), 1)).isFalse();
        // a missing topic, and a missing broker
        assertThat(isAnswered(new TimeoutException("not present in metadata"), 1))
                .isTrue();
        assertThat(isAnswered(new TimeoutException("not present in metadata"), 0))
                .isFalse();
    }

    @Test
    void a_kafka_that_has_answered_for_weeks_and_is_gone_now_is_not_there() throws Exception {
        AtomicReference<Double> answers = new AtomicReference<>(0.0);
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> answering(answers, sent -> sequence(sent) > 1, new TimeoutException("Expiring 1 record(s)")),
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1)))).isEqualTo(new Uplink.Delivery.Complete());
            answers.set(1_000_000.0);

            Uplink.Delivery lost = uplink.deliver(List.of(pack(2)));
            assertThat(((Uplink.Delivery.Halted) lost).answered()).isFalse();
            assertThat(made).as("of the producer that had worked").isEqualTo(1);
        }
    }

    /** @param more how many answers come to it */
    private boolean isAnswered(RuntimeException why, double more) throws InterruptedException {
        AtomicReference<Double> answers = new AtomicReference<>(0.0);
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> answering(
                        answers,
                        _ -> {
                            answers.set(more);
                            return true;
                        },
                        why),
                InstantSource.fixed(NOW))) {
            return ((Uplink.Delivery.Halted) uplink.deliver(List.of(pack(1)))).answered();
        }
    }

    private Broker answering(
            AtomicReference<Double> answers, Predicate<ProducerRecord<byte[], byte[]>> refused, RuntimeException why) {
        MetricName name = new MetricName(KafkaAnswer.COUNT, "producer-metrics", "", Map.of());
        Broker broker = new Broker(refused, why);
        broker.setMockMetrics(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return answers.get();
            }
        });
        return broker;
    }

    static List<RuntimeException> forGood() {
        return List.of(
                new RecordTooLargeException("2 MB"),
                new InvalidTimestampException("1970"),
                new InvalidRecordException("no"));
    }

    @ParameterizedTest
    @MethodSource("forGood")
    void what_is_refused_for_good_is_a_dead_letter_and_a_counted_loss_and_stops_nothing(RuntimeException why)
            throws Exception {
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> new Broker(record -> record.topic().equals("hg.telemetry") && sequence(record) == 2, why),
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1), pack(2), pack(3)))).isEqualTo(new Uplink.Delivery.Complete());
        }

        assertThat(topics()).containsExactly("hg.telemetry", "hg.telemetry", "hg.rejects", "hg.telemetry");
        ProducerRecord<byte[], byte[]> letter = arrived.get(2);
        assertThat(new String(letter.headers().lastHeader("reason").value(), StandardCharsets.UTF_8))
                .startsWith("Kafka refuses it: " + why.getClass().getSimpleName());
        Dispatch report = PackCodec.decode(arrived.getLast().value());
        assertThat(report.origin()).isEqualTo(new Origin("edge-1", BOOT, 2, true));
        assertThat(report.losses())
                .containsExactly(new Loss(
                        Loss.REFUSED_BY_KAFKA,
                        BOOT,
                        List.of(new SequenceRange(2, 2)),
                        1,
                        1,
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void a_report_that_is_too_large_is_told_without_its_numbers_and_stops_nothing() throws Exception {
        List<SequenceRange> ranges = LongStream.range(0, 10_000)
                .mapToObj(i -> new SequenceRange(2 * i, 2 * i))
                .toList();
        Loss loss = new Loss(Loss.THINNED, BOOT, ranges, ranges.size(), 20_000, Optional.empty(), Optional.empty());
        Dispatch report = Dispatch.of(INVERTER, Origin.ofReport("edge-1", BOOT, 2), List.of(loss));
        Stored large = new Stored(2, Entry.report(INVERTER.key(), 1, PackCodec.encode(report)));
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> new Broker(record -> record.value().length > 32 << 10, new RecordTooLargeException("32 KiB")),
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1), large, pack(3)))).isEqualTo(new Uplink.Delivery.Complete());
        }

        assertThat(PackCodec.decode(arrived.getLast().value()).losses())
                .containsExactly(new Loss(
                        Loss.THINNED, BOOT, List.of(), ranges.size(), 20_000, Optional.empty(), Optional.empty()));
    }

    @Test
    void a_refused_record_takes_no_neighbour_of_its_batch_with_it() throws Exception {
        List<Future<RecordMetadata>> batch = new ArrayList<>();
        Producer<byte[], byte[]> broker = new Broker(record -> false, new InvalidRecordException("unused")) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent, Callback callback) {
                boolean isRefused = sent.topic().equals("hg.telemetry") && sequence(sent) == 2;
                if (batch.size() < 3) { // as Kafka's client does: only the one that is to blame is told why
                    CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
                    batch.add(answer);
                    answers.add(() -> answer.completeExceptionally(
                            isRefused
                                    ? new InvalidTimestampException("2036")
                                    : new KafkaException("Failed to append record because it was part of a batch which"
                                            + " had one more more invalid records")));
                    return answer;
                }
                return isRefused
                        ? CompletableFuture.failedFuture(new InvalidTimestampException("2036"))
                        : super.send(sent, callback);
            }

            private final List<Runnable> answers = new ArrayList<>();

            @Override
            public synchronized void flush() {
                answers.forEach(Runnable::run);
                answers.clear();
                super.flush();
            }
        };
        try (KafkaUplink uplink = new KafkaUplink(Topics.DEFAULT, () -> broker, InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1), pack(2), pack(3)))).isEqualTo(new Uplink.Delivery.Complete());
        }

        assertThat(topics()).containsExactly("hg.telemetry", "hg.rejects", "hg.telemetry", "hg.telemetry");
        assertThat(sequence(arrived.getFirst())).isEqualTo(1);
        assertThat(sequence(arrived.getLast())).isEqualTo(3);
    }

    @Test
    void a_topic_of_dead_letters_that_takes_none_holds_no_reading_back() throws Exception {
        List<Broker> brokers = new ArrayList<>();
        try (KafkaUplink uplink =
                new KafkaUplink(Topics.DEFAULT, () -> withoutRejects(brokers), InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1), letter(2), pack(3), letter(4))))
                    .isInstanceOfSatisfying(Uplink.Delivery.Partly.class, partly -> {
                        assertThat(partly.letters()).extracting(Stored::offset).containsExactly(2L, 4L);
                        assertThat(partly.made()).isEmpty();
                        assertThat(partly.reason()).contains("TopicAuthorizationException");
                    });
            assertThat(arrived).extracting(KafkaUplinkTest::sequence).containsExactly(1L, 3L);
            assertThat(brokers.getFirst().closed())
                    .as("it works for the readings")
                    .isFalse();

            assertThat(uplink.deliver(List.of(letter(5)))).isInstanceOf(Uplink.Delivery.Partly.class);
            assertThat(brokers.getFirst().closed())
                    .as("it has shown nothing that works")
                    .isTrue();
        }
    }

    @Test
    void where_nothing_is_taken_at_all_dead_letters_wait_with_the_rest() throws Exception {
        TimeoutException away = new TimeoutException("no metadata");
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> new Broker(_ -> true, away) {
                    @Override
                    public List<PartitionInfo> partitionsFor(String topic) {
                        throw away;
                    }
                },
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(letter(1), pack(2))))
                    .isEqualTo(new Uplink.Delivery.Halted(0, "TimeoutException: no metadata"));
            assertThat(uplink.deliver(List.of(letter(1))))
                    .isEqualTo(new Uplink.Delivery.Halted(0, "TimeoutException: no metadata"));
        }
    }

    @Test
    void what_becomes_a_dead_letter_only_on_its_way_is_handed_back_where_none_is_taken() throws Exception {
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () ->
                        new Broker(
                                record -> record.topic().equals("hg.rejects") || sequence(record) == 2,
                                new RecordTooLargeException("unused")) {
                            @Override
                            public synchronized Future<RecordMetadata> send(
                                    ProducerRecord<byte[], byte[]> sent, Callback callback) {
                                return sent.topic().equals("hg.rejects")
                                        ? CompletableFuture.failedFuture(new TopicAuthorizationException("hg.rejects"))
                                        : super.send(sent, callback);
                            }
                        },
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(pack(1), pack(2), pack(3))))
                    .isInstanceOfSatisfying(Uplink.Delivery.Partly.class, partly -> {
                        assertThat(partly.letters()).isEmpty();
                        assertThat(partly.made())
                                .singleElement()
                                .satisfies(made -> assertThat(made.headers())
                                        .containsEntry("source", "journal@2")
                                        .hasEntrySatisfying(
                                                "reason",
                                                reason -> assertThat(reason)
                                                        .startsWith("Kafka refuses it: RecordTooLargeException")));
                    });
        }
        assertThat(arrived)
                .extracting(KafkaUplinkTest::sequence)
                .as("its loss is told")
                .contains(1L, 3L, -1L);
    }

    @Test
    void what_was_made_a_dead_letter_of_readings_is_handed_back_where_none_is_taken() throws Exception {
        Stored made = pack(1).as(new Entry(
                Entry.Kind.DEAD_LETTER,
                INVERTER.key(),
                1,
                Map.of("reason", "nobody knows when it came"),
                new byte[10]));
        try (KafkaUplink uplink =
                new KafkaUplink(Topics.DEFAULT, () -> withoutRejects(new ArrayList<>()), InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(made, pack(2))))
                    .isInstanceOfSatisfying(Uplink.Delivery.Partly.class, partly -> {
                        assertThat(partly.letters()).isEmpty();
                        assertThat(partly.made())
                                .singleElement()
                                .satisfies(entry -> assertThat(entry.headers())
                                        .containsEntry("source", "journal@1")
                                        .containsEntry("reason", "nobody knows when it came"));
                    });
        }
    }

    private Broker withoutRejects(List<Broker> brokers) {
        Broker broker = new Broker(
                record -> record.topic().equals("hg.rejects"), new TopicAuthorizationException("hg.rejects"));
        brokers.add(broker);
        return broker;
    }

    private static Stored letter(long offset) {
        return new Stored(offset, new Entry(Entry.Kind.DEAD_LETTER, "", 1, Map.of("reason", "no SenML"), new byte[10]));
    }

    @Test
    void a_name_that_does_not_resolve_is_waited_for() throws Exception {
        List<Integer> tries = new ArrayList<>();
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> {
                    tries.add(1);
                    if (tries.size() < 3) {
                        throw new KafkaException(
                                "Failed to construct kafka producer",
                                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"));
                    }
                    return new Broker(_ -> false, new IllegalStateException());
                },
                InstantSource.fixed(NOW))) {
            assertThat(uplink.reach()).isInstanceOf(Uplink.Delivery.Halted.class);
            assertThat(uplink.deliver(List.of(pack(1))))
                    .isInstanceOfSatisfying(
                            Uplink.Delivery.Halted.class,
                            halted -> assertThat(halted.reason()).contains("No resolvable bootstrap urls"));
            assertThat(uplink.deliver(List.of(pack(1)))).isEqualTo(new Uplink.Delivery.Complete());
        }
        assertThat(arrived).hasSize(1);
    }

    @Test
    void a_dead_letter_that_is_too_large_is_cut_and_sent_again() throws Exception {
        Stored letter = new Stored(
                9, new Entry(Entry.Kind.DEAD_LETTER, "", 1, Map.of("reason", "no SenML"), new byte[100_000]));
        try (KafkaUplink uplink = new KafkaUplink(
                Topics.DEFAULT,
                () -> new Broker(record -> record.value().length > 50_000, new RecordTooLargeException("100 kB")),
                InstantSource.fixed(NOW))) {
            assertThat(uplink.deliver(List.of(letter))).isEqualTo(new Uplink.Delivery.Complete());
        }
        assertThat(topics()).containsExactly("hg.rejects");
        assertThat(arrived.getFirst().value()).isEqualTo(new byte[4_096]);
    }

    @Test
    void a_pack_a_second_says_when_it_was_sent() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        try (KafkaUplink uplink =
                new KafkaUplink(Topics.DEFAULT, () -> new Broker(_ -> false, new IllegalStateException()), now::get)) {
            uplink.deliver(List.of(pack(1), pack(2)));
            now.set(NOW.plusMillis(999));
            uplink.deliver(List.of(pack(3)));
            now.set(NOW.plusMillis(1_000));
            uplink.deliver(List.of(pack(4)));
            now.set(NOW.minusSeconds(86_400));
            uplink.deliver(List.of(pack(5)));
        }
        assertThat(arrived)
                .extracting(record -> Optional.ofNullable(record.headers().lastHeader("sent"))
                        .map(sent ->
                                Instant.ofEpochMilli(Long.parseLong(new String(sent.value(), StandardCharsets.UTF_8)))))
                .containsExactly(
                        Optional.of(NOW),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(NOW.plusMillis(1_000)),
                        Optional.of(NOW.minusSeconds(86_400)));
    }

    private List<String> topics() {
        return arrived.stream().map(ProducerRecord::topic).toList();
    }

    private static long sequence(ProducerRecord<byte[], byte[]> sent) {
        try {
            Dispatch pack = PackCodec.decode(sent.value());
            return pack.origin().report() ? -1 : pack.origin().sequence();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Stored pack(long sequence) {
        Readings readings = new Readings(
                INVERTER,
                "",
                new Sampling().gauge(Point.POWER, NOW.toEpochMilli(), 1.5).series());
        byte[] value =
                PackCodec.encode(Dispatch.of(readings, new Origin("edge-1", BOOT, sequence), ClockQuality.DEVICE));
        return new Stored(
                sequence, new Entry(Entry.Kind.READINGS, INVERTER.key(), NOW.toEpochMilli(), Map.of(), value));
    }
}

package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.streams.ReceivedBytes;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.junit.jupiter.api.Test;

class AlertPartTest {
    private static final long PATIENCE_SECONDS = 120;
    /** Of which each new attempt takes two or three. */
    private static final int POLLS = 7;

    private final AlertTopics topics = new AlertTopics();

    /** Prometheus would be told that somebody judges, and nobody is told of a leak. */
    @Test
    void who_may_not_say_what_it_judges_does_not_lead() throws Exception {
        AlertRule leak = new AlertRule(
                "leak",
                Watch.LEAK,
                "critical",
                OptionalDouble.of(0.5),
                OptionalDouble.empty(),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Set.of(),
                Set.of());
        topics.add(
                AlertTopics.TOPICS.energy(),
                DeviceMinute.newBuilder()
                        .setSite("casa1")
                        .setDevice("leak-1")
                        .setRole("room")
                        .setStartMs(topics.now.toEpochMilli())
                        .addPoints(PointStatistics.newBuilder()
                                .setPoint(Point.LEAK.number())
                                .setMax(1)
                                .setLast(1)
                                .setCount(1))
                        .build()
                        .toByteArray());
        topics.mayWrite = false;
        AlertSettings settings = new AlertSettings(
                true, new AlertRules(List.of(leak)), "heliograph-alerts", Optional.empty(), Optional.empty());
        BlockingQueue<Boolean> leading = new LinkedBlockingQueue<>();
        try (AlertPart part = new AlertPart(topics.clients(), _ -> new Member(), AlertTopics.TOPICS, settings)) {
            topics.atPoll = _ -> {
                topics.nanos += AlertClients.CHECK.toNanos() + 1;
                leading.add(part.isLeading());
            };
            part.start();
            awaitNext(leading, false);
            for (int poll = 0; poll < POLLS; poll++) {
                assertThat(leading.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as("not between two attempts either")
                        .isEqualTo(false);
            }
            assertThat(part.problem()).contains("an alert could not be said");
            assertThat(part.isWatched()).isFalse();

            topics.mayWrite = true;
            awaitNext(leading, true);
            assertThat(part.problem()).isEmpty();
            assertThat(part.isWatched()).isTrue();
        }
        assertThat(topics.alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert.getState()).isEqualTo(AlertState.RAISED));
    }

    /** A poll of brokers that are away returns as where nothing is published. */
    @Test
    void who_hears_nothing_of_kafka_for_long_says_so_and_does_not_lead() throws Exception {
        AtomicLong seconds = new AtomicLong();
        ReceivedBytes received = new ReceivedBytes();
        AlertClients clients = new AlertClients(
                () -> topics.now.plusSeconds(seconds.get()),
                topics.clients().nanos(),
                topics.clients().consumers(),
                topics.clients().producers());
        AtomicBoolean answers = new AtomicBoolean(true);
        BlockingQueue<Boolean> leading = new LinkedBlockingQueue<>();
        AlertSettings settings = new AlertSettings(
                true, new AlertRules(List.of()), "heliograph-alerts", Optional.empty(), Optional.empty());
        Function<String, Consumer<byte[], byte[]>> members = _ -> new Member() {
            @Override
            public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                seconds.incrementAndGet();
                if (answers.get()) {
                    received.answer();
                }
                return super.poll(Duration.ofMillis(1));
            }

            @Override
            public synchronized Map<MetricName, ? extends Metric> metrics() {
                return received.metrics();
            }
        };
        try (AlertPart part = new AlertPart(clients, members, AlertTopics.TOPICS, settings)) {
            topics.atPoll = _ -> leading.add(part.isLeading());
            part.start();
            awaitNext(leading, true);

            answers.set(false);
            awaitNext(leading, false);
            assertThat(part.problem()).startsWith("Kafka can't be reached: nothing has come from it since 2026-06-01T");
            assertThat(part.isWatched()).isFalse();

            answers.set(true);
            awaitNext(leading, true);
            assertThat(part.problem()).isEmpty();
        }
    }

    private static void awaitNext(BlockingQueue<Boolean> leading, boolean wanted) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Boolean now = !wanted;
        while (now != wanted) {
            now = leading.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(now).isNotNull();
            assertThat(System.nanoTime()).as("in time").isLessThan(deadlineNanos);
        }
    }

    /** It is its turn from the beginning. */
    private static class Member extends MockConsumer<byte[], byte[]> {
        Member() {
            super("earliest");
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            LockSupport.parkNanos(timeout.toNanos());
            return super.poll(timeout);
        }

        @Override
        public synchronized Set<TopicPartition> assignment() {
            return Set.of(new TopicPartition(AlertTopics.TOPICS.sites(), 0));
        }
    }
}

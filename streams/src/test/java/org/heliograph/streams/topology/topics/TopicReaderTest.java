package org.heliograph.streams.topology.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("hg.telemetry", 0);
    private static final Instant NOW = Instant.parse("2026-11-27T05:00:00Z");
    private static final Instant CUT = NOW.minus(Duration.ofDays(35));

    @Test
    void a_first_record_from_the_future_does_not_say_when_a_partition_begins() {
        assertThat(begin(NOW.plus(Duration.ofDays(200)), CUT, CUT, CUT)).contains(CUT);
    }

    @Test
    void a_first_record_that_came_late_does_not_say_when_a_partition_begins() {
        assertThat(begin(CUT.minus(Duration.ofDays(365)), CUT, CUT, CUT)).contains(CUT);
    }

    @Test
    void some_clocks_that_are_ahead_do_not_say_when_a_partition_begins() {
        Instant ahead = NOW.minus(Duration.ofDays(1));
        assertThat(begin(ahead, CUT, CUT, CUT, CUT, CUT, ahead, CUT)).contains(CUT);
    }

    @Test
    void a_partition_without_a_record_of_the_past_does_not_say_when_it_begins() {
        assertThat(begin(NOW.plusMillis(1))).isEmpty();
    }

    /** Devices that are wrong may have left some weeks ago, and Kafka knows the first only. */
    @Test
    void a_record_of_the_future_is_not_the_first_of_a_moment_that_came_after_it() {
        Instant ahead = NOW.plus(Duration.ofDays(200));
        Instant moment = NOW.minus(Duration.ofHours(50));
        assertThat(offset(moment, CUT, ahead, CUT, ahead, moment.minusMillis(1), moment, NOW))
                .isEqualTo(5);
        assertThat(offset(moment, CUT, ahead, CUT)).as("the end").isEqualTo(3);
        assertThat(offset(moment, CUT, NOW.plusSeconds(60), CUT, NOW)).isEqualTo(1);
    }

    private static long offset(Instant moment, Instant... times) {
        List<Long> millis = Stream.of(times).map(Instant::toEpochMilli).toList();
        try (MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                    Map<TopicPartition, Long> wanted) {
                long time = wanted.getOrDefault(PARTITION, 0L);
                int first = IntStream.range(0, times.length)
                        .filter(i -> millis.get(i) >= time)
                        .findFirst()
                        .orElseThrow();
                return Map.of(PARTITION, new OffsetAndTimestamp(first, millis.get(first)));
            }
        }) {
            hold(consumer, times);
            return TopicReader.offsetsAt(consumer, Map.of(PARTITION, (long) times.length), moment, NOW)
                    .getOrDefault(PARTITION, -1L);
        }
    }

    private static Optional<Instant> begin(Instant... times) {
        try (MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest")) {
            hold(consumer, times);
            return TopicReader.firstTime(consumer, PARTITION, Map.of(PARTITION, (long) times.length), NOW);
        }
    }

    private static void hold(MockConsumer<String, byte[]> consumer, Instant... times) {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        IntStream.range(0, times.length)
                .mapToObj(offset -> new ConsumerRecord<>(
                        PARTITION.topic(),
                        PARTITION.partition(),
                        (long) offset,
                        times[offset].toEpochMilli(),
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        "casa1/pdu-a",
                        new byte[0],
                        new RecordHeaders(),
                        Optional.empty()))
                .forEach(consumer::addRecord);
    }
}

package org.heliograph.streams.topology.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
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

    private static Optional<Instant> begin(Instant... times) {
        try (MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest")) {
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
            return TopicReader.firstTime(consumer, PARTITION, Map.of(PARTITION, (long) times.length), NOW);
        }
    }
}

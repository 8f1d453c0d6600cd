package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.heliograph.telemetry.kafka.TopicEnd;
import org.junit.jupiter.api.Test;

class TopicEndTest {
    private static final TopicPartition PARTITION = new TopicPartition("hg.kpi", 0);

    @Test
    void an_end_that_is_reached_ends_it() {
        try (MockConsumer<String, String> consumer = consumer()) {
            List<String> read = new ArrayList<>();
            TopicEnd.read(consumer, Map.of(PARTITION, 2L), Duration.ofMinutes(2), met -> read.add(met.value()));
            assertThat(read).containsExactly("a", "b");
        }
    }

    @Test
    void an_end_that_does_not_come_is_said_and_not_waited_for_for_ever() {
        try (MockConsumer<String, String> consumer = consumer()) {
            List<String> read = new ArrayList<>();
            assertThatThrownBy(() -> TopicEnd.read(
                            consumer, Map.of(PARTITION, 3L), Duration.ofMillis(1), met -> read.add(met.value())))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("hg.kpi-0");
            assertThat(read).containsExactly("a", "b");
        }
    }

    private static MockConsumer<String, String> consumer() {
        MockConsumer<String, String> consumer = new MockConsumer<>("earliest");
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.addRecord(new ConsumerRecord<>("hg.kpi", 0, 0, "key", "a"));
        consumer.addRecord(new ConsumerRecord<>("hg.kpi", 0, 1, "key", "b"));
        return consumer;
    }
}

package org.heliograph.streams.alert;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.kafka.TopicEnd;

/** The partitions of topics, as a consumer without a group takes them: all of them, from a place of one's own. */
final class Partitions {
    private Partitions() {}

    /** Topic by topic. */
    static List<TopicPartition> of(Consumer<byte[], byte[]> consumer, List<String> topics) {
        return topics.stream()
                .flatMap(topic -> CommittedRecords.partitions(consumer, topic).stream())
                .toList();
    }

    /** Reads a compacted topic from its beginning up to where it ends now, or up to given offsets. */
    static void readUntil(
            Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        TopicEnd.read(consumer, ends, TopicEnd.PATIENCE, met -> {
            if (met.offset() < ends.getOrDefault(new TopicPartition(met.topic(), met.partition()), 0L)) {
                reader.accept(met);
            }
        });
    }
}

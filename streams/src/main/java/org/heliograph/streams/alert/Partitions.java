package org.heliograph.streams.alert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.kafka.TopicEnd;

/** The partitions of topics, as a consumer without a group takes them: all of them, from a place of one's own. */
final class Partitions {
    private Partitions() {}

    /** In an order of their own: the brokers' differs from one answer to the next. */
    static List<TopicPartition> of(Consumer<byte[], byte[]> consumer, List<String> topics) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> known = consumer.partitionsFor(topic);
            if (known != null) {
                known.stream()
                        .map(PartitionInfo::partition)
                        .sorted()
                        .forEach(number -> all.add(new TopicPartition(topic, number)));
            }
        }
        return all;
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

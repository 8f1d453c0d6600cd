package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionsTest {
    /** Else the watch takes each answer of the brokers for a change, and begins anew every ten seconds. */
    @Test
    void the_same_partitions_are_equal_in_whatever_order_the_brokers_name_them() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        List<String> topics = List.of("hg.sites", "hg.energy");
        consumer.updatePartitions("hg.sites", partitions("hg.sites", 0));
        consumer.updatePartitions("hg.energy", partitions("hg.energy", 2, 0, 1));
        List<TopicPartition> first = Partitions.of(consumer, topics);
        consumer.updatePartitions("hg.energy", partitions("hg.energy", 1, 2, 0));

        assertThat(Partitions.of(consumer, topics)).isEqualTo(first);
        assertThat(first).hasSize(4);
    }

    private static List<PartitionInfo> partitions(String topic, Integer... numbers) {
        Node[] nobody = {};
        return Arrays.stream(numbers)
                .map(number -> new PartitionInfo(topic, number, Node.noNode(), nobody, nobody))
                .toList();
    }
}

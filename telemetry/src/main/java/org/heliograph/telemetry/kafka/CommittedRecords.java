package org.heliograph.telemetry.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** How what the engine publishes is read: whoever also took what it hasn't committed would show what it took back. */
public final class CommittedRecords {
    private CommittedRecords() {}

    /**
     * What a consumer of them is made of. It begins at the beginning where nothing else is said, commits when it is told
     * to, and makes no topics: those that the engine is to make would have another's partitions and retention.
     */
    public static Map<String, Object> settings(Map<String, ?> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    /** By number: the brokers' order differs from one answer to the next. Empty for a topic that doesn't exist. */
    public static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        return known == null
                ? List.of()
                : known.stream()
                        .map(PartitionInfo::partition)
                        .sorted()
                        .map(number -> new TopicPartition(topic, number))
                        .toList();
    }

    /** How many records a client has still to take, of the partition that is furthest behind; empty until it reads. */
    public static OptionalDouble lag(Map<MetricName, ? extends Metric> metrics) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().name().equals("records-lag-max"))
                .map(Metric::metricValue)
                .filter(value -> value instanceof Double lag && Double.isFinite(lag))
                .mapToDouble(Double.class::cast)
                .max();
    }
}

package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Topics as a broker lists them, which is a moment after they were made or deleted. */
final class Listing {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Listing() {}

    static void awaitNone(Admin admin, Predicate<String> named) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        List<String> left = left(admin, named);
        while (!left.isEmpty() && System.nanoTime() < deadlineNanos) {
            left = left(admin, named);
        }
        assertThat(left).isEmpty();
    }

    static void awaitSome(Admin admin, Predicate<String> named) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (left(admin, named).isEmpty()) {
            assertThat(System.nanoTime()).as("no such topic was made").isLessThan(deadlineNanos);
        }
    }

    /** The offset after the last record of each partition of a topic. */
    static Map<TopicPartition, Long> ends(Admin admin, String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> asked =
                admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                        .flatMap(described -> described.partitions().stream())
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(topic, partition.partition()),
                                _ -> OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    private static List<String> left(Admin admin, Predicate<String> named) throws Exception {
        return admin.listTopics().names().get().stream().filter(named).toList();
    }
}

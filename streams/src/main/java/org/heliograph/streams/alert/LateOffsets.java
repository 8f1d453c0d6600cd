package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far a consumer had got at moments of the last while: committed is where it stood that long ago. */
final class LateOffsets {
    /** A rule may hold for days. */
    private static final int MOST_MARKS = 1_000;

    private final long lateNanos;
    private final Deque<Mark> marks = new ArrayDeque<>();

    private record Mark(long nanos, Map<TopicPartition, OffsetAndMetadata> offsets) {}

    LateOffsets(Duration late) {
        lateNanos = late.toNanos();
    }

    /** Marks where it stands, and commits where it stood. */
    void commit(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> all, long nowNanos) {
        if (marks.isEmpty() || nowNanos - marks.getLast().nanos() >= lateNanos / MOST_MARKS) {
            Map<TopicPartition, OffsetAndMetadata> now = new HashMap<>();
            all.forEach(partition -> now.put(partition, new OffsetAndMetadata(consumer.position(partition))));
            marks.addLast(new Mark(nowNanos, now));
        }
        Map<TopicPartition, OffsetAndMetadata> old = Map.of();
        while (!marks.isEmpty() && nowNanos - marks.getFirst().nanos() >= lateNanos) {
            old = marks.removeFirst().offsets();
        }
        if (!old.isEmpty()) {
            consumer.commitSync(old);
        }
    }
}

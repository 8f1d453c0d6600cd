package org.heliograph.telemetry.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reading partitions up to where they end, which may not be reached: one without a leader, one that was cut. */
public final class TopicEnd {
    /** For longer than a transaction may be left open by who has died: what follows it is read only when it is undone. */
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration POLL = Duration.ofMillis(200);

    private TopicEnd() {}

    /**
     * Hands over the records from where the consumer stands up to the ends.
     *
     * @param patience how long no partition may get any further
     * @throws TimeoutException when it lasts longer
     */
    public static <K, V> void read(
            Consumer<K, V> consumer,
            Map<TopicPartition, Long> ends,
            Duration patience,
            java.util.function.Consumer<ConsumerRecord<K, V>> taker) {
        readWhile(consumer, ends, patience, met -> {
            taker.accept(met);
            return true;
        });
    }

    /**
     * The same, until one is the last that is wanted.
     *
     * @param taker whether more are wanted
     * @throws TimeoutException as {@link #read}
     */
    public static <K, V> void readWhile(
            Consumer<K, V> consumer,
            Map<TopicPartition, Long> ends,
            Duration patience,
            Predicate<ConsumerRecord<K, V>> taker) {
        Map<TopicPartition, Long> missing = missing(consumer, ends);
        long movedNanos = System.nanoTime();
        while (!missing.isEmpty()) {
            for (ConsumerRecord<K, V> met : consumer.poll(POLL)) {
                if (!taker.test(met)) {
                    return;
                }
            }
            Map<TopicPartition, Long> left = missing(consumer, ends);
            long now = System.nanoTime();
            if (!left.equals(missing)) {
                movedNanos = now;
            } else if (now - movedNanos > patience.toNanos()) {
                throw new TimeoutException("for " + patience.toSeconds() + " s nothing more could be read of "
                        + String.join(
                                ", ",
                                left.keySet().stream()
                                        .map(TopicPartition::toString)
                                        .sorted()
                                        .toList())
                        + ", though there are records");
            }
            missing = left;
        }
    }

    /** How many offsets each partition has still to go. */
    private static Map<TopicPartition, Long> missing(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> missing = new HashMap<>();
        ends.forEach((partition, end) -> {
            long position = consumer.position(partition);
            if (position < end) {
                missing.put(partition, end - position);
            }
        });
        return missing;
    }
}

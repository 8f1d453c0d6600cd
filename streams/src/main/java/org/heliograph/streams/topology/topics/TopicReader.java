package org.heliograph.streams.topology.topics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.kafka.TopicEnd;

/**
 * Reads committed records of topics from their beginning to their present end, outside of any group.
 *
 * <p>The end is that of all that was written: a producer's commit returns before the partitions have the transaction's
 * marker, so what is committed may lie beyond the last stable offset for a moment. Reading up to the end waits for it.
 */
public final class TopicReader implements AutoCloseable {
    private static final int ANSWER_MILLIS = 15_000;
    /** At most this many records of a partition are read to see when it begins. */
    private static final int FIRST = 200;
    /** What is so far ahead is believed everywhere. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final KafkaConsumer<String, byte[]> consumer;
    /** Reads the same topics without waiting for open transactions. */
    private final KafkaConsumer<String, byte[]> written;

    public TopicReader(KafkaSettings kafka) {
        Map<String, Object> properties = CommittedRecords.settings(kafka.clientProperties());
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_UNCOMMITTED.toString());
        written = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Empty for a topic that doesn't exist. */
    public List<TopicPartition> partitions(String topic) {
        return CommittedRecords.partitions(consumer, topic);
    }

    /** The offset after the last record, committed or not. */
    public Map<TopicPartition, Long> ends(String topic) {
        return written.endOffsets(partitions(topic));
    }

    public Map<TopicPartition, Long> beginnings(String topic) {
        return consumer.beginningOffsets(partitions(topic));
    }

    /**
     * Before which no record is as new as that moment: all records of it and later are at these offsets and after. One that is
     * ahead of the clock, of a device that is wrong, tells nothing of when it came: what follows it is read up to one that does.
     */
    public Map<TopicPartition, Long> offsetsAt(String topic, Instant moment) {
        return offsetsAt(consumer, ends(topic), moment, Instant.now());
    }

    static Map<TopicPartition, Long> offsetsAt(
            org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Instant moment,
            Instant now) {
        Map<TopicPartition, Long> wanted = new HashMap<>();
        ends.keySet().forEach(partition -> wanted.put(partition, Math.max(0, moment.toEpochMilli())));
        long latest = now.plus(AHEAD).toEpochMilli();
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        consumer.offsetsForTimes(wanted).forEach((partition, found) -> {
            if (found != null && found.timestamp() <= latest) {
                offsets.put(partition, found.offset());
            } else if (found != null) {
                consumer.assign(List.of(partition));
                consumer.seek(partition, found.offset() + 1);
                Map<TopicPartition, Long> end = Map.of(partition, ends.getOrDefault(partition, 0L));
                TopicEnd.readWhile(consumer, end, TopicEnd.PATIENCE, met -> {
                    boolean isOfThen = met.timestamp() >= moment.toEpochMilli() && met.timestamp() <= latest;
                    if (isOfThen) {
                        offsets.put(partition, met.offset());
                    }
                    return !isOfThen;
                });
            }
        });
        return offsets;
    }

    /** Since when a partition has records, as those say that it begins with; empty when it has none of the past. */
    public Optional<Instant> firstTime(TopicPartition partition) {
        return firstTime(consumer, partition, written.endOffsets(List.of(partition)), Instant.now());
    }

    /**
     * A record's time is that of a device, which may be wrong, or of long before it came: no single one is believed. Of the
     * first {@value #FIRST} three quarters are no newer than what this says: rather a moment too late, after which all is
     * held for certain. What lies ahead of the clock says nothing.
     */
    static Optional<Instant> firstTime(
            org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
            TopicPartition partition,
            Map<TopicPartition, Long> end,
            Instant now) {
        List<Long> first = new ArrayList<>();
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        TopicEnd.readWhile(consumer, end, TopicEnd.PATIENCE, met -> {
            if (met.timestamp() <= now.toEpochMilli()) {
                first.add(met.timestamp());
            }
            return first.size() < FIRST;
        });
        Collections.sort(first);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochMilli(first.get((first.size() - 1) * 3 / 4)));
    }

    /**
     * Since when a topic of which something was deleted holds all: the latest of the beginnings of the partitions that were
     * cut. Empty when nothing was deleted.
     */
    public Optional<Instant> cutAt(String topic) {
        Instant cut = null;
        for (Map.Entry<TopicPartition, Long> begin : beginnings(topic).entrySet()) {
            if (begin.getValue() > 0) {
                Instant first = firstTime(begin.getKey()).orElse(null);
                cut = cut == null || (first != null && first.isAfter(cut)) ? first : cut;
            }
        }
        return Optional.ofNullable(cut);
    }

    /** Hands over all records, each partition's in order. */
    public void readAll(String topic, Consumer<ConsumerRecord<String, byte[]>> taker) {
        Map<TopicPartition, Long> ends = ends(topic);
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        TopicEnd.read(consumer, ends, TopicEnd.PATIENCE, taker);
    }

    @Override
    public void close() {
        consumer.close();
        written.close();
    }
}

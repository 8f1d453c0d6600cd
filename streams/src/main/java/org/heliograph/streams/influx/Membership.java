package org.heliograph.streams.influx;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.heliograph.telemetry.kafka.BrokerContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink's place in the consumer group: what it has taken and not committed, how it stays a member while the store keeps
 * it waiting, and where it begins again when another member got partitions of that.
 */
final class Membership {
    /** Far below max.poll.interval.ms: how long the store may be worked on without a sign to the group. */
    static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final Consumer<byte[], byte[]> consumer;
    private final BrokerContact contact;

    /** What was taken and isn't committed, the oldest first. */
    private final Deque<Batch> batches = new ArrayDeque<>();

    private boolean paused;
    private boolean partitionsLost;
    private long lastPollNanos = System.nanoTime();

    /** Partitions of a batch at hand went to another member: it will read them again, from the last commit. */
    static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("partitions went to another member", null, false, false);
        }
    }

    /** What one poll gave. */
    record Batch(Map<TopicPartition, Long> starts, Map<TopicPartition, OffsetAndMetadata> ends, int records) {
        static Batch of(ConsumerRecords<byte[], byte[]> records) {
            Map<TopicPartition, Long> starts = new HashMap<>();
            for (TopicPartition partition : records.partitions()) {
                starts.put(partition, records.records(partition).getFirst().offset());
            }
            return new Batch(starts, records.nextOffsets(), records.count());
        }
    }

    Membership(Consumer<byte[], byte[]> consumer, BrokerContact contact) {
        this.consumer = consumer;
        this.contact = contact;
    }

    /** @throws Abandoned when partitions of what was taken before went to another member */
    ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
        lastPollNanos = System.nanoTime();
        contact.listened(consumer, !records.isEmpty());
        if (partitionsLost) {
            if (!records.isEmpty()) {
                take(records); // to be taken again too
            }
            throw new Abandoned();
        }
        return records;
    }

    /** These are worked on, until they are committed. */
    Batch take(ConsumerRecords<byte[], byte[]> records) {
        Batch batch = Batch.of(records);
        batches.add(batch);
        return batch;
    }

    void commit(Batch written) {
        batches.remove(written);
        try {
            consumer.commitSync(written.ends());
        } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
            // written all the same; a later commit covers it, or the next owner writes it again
            log.info("sink=uncommitted reason={}", e.getMessage());
        }
    }

    /** Polls without taking anything, for as long as given, and so remains a member of the group. */
    void stay(Duration wait) {
        if (!paused) {
            paused = true;
            consumer.pause(consumer.assignment());
        }
        poll(wait);
    }

    /** The same, if the group hasn't heard of this member for long. */
    void stayIfDue() {
        if (System.nanoTime() - lastPollNanos > SIGN_OF_LIFE.toNanos()) {
            stay(Duration.ZERO);
        }
    }

    /** Records are taken again. */
    void resume() {
        if (paused) {
            paused = false;
            consumer.resume(consumer.assignment());
        }
    }

    /** Begins again where nothing is committed, in the partitions that are still this member's. */
    void rewind() {
        Map<TopicPartition, Long> starts = new HashMap<>();
        batches.forEach(batch -> batch.starts().forEach(starts::putIfAbsent));
        starts.keySet().retainAll(consumer.assignment());
        batches.clear();
        partitionsLost = false;
        resume();
        starts.forEach(consumer::seek);
        log.info("sink=rewound partitions={}", starts.keySet());
    }

    /** Partitions go to another member; returns whether something of them is being worked on. */
    boolean revoked(Collection<TopicPartition> partitions) {
        boolean isTouched = batches.stream()
                .flatMap(batch -> batch.starts().keySet().stream())
                .anyMatch(partitions::contains);
        partitionsLost |= isTouched;
        return isTouched;
    }

    /** Partitions come; nothing is taken of them either while nothing is taken at all. */
    void assigned(Collection<TopicPartition> partitions) {
        if (paused) {
            consumer.pause(new ArrayList<>(partitions));
        }
    }
}

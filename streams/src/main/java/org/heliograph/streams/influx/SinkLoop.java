package org.heliograph.streams.influx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.heliograph.telemetry.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch of records, writes their points until the store has answered for each, commits; turn by turn, on one
 * thread.
 */
final class SinkLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    /** Far below max.poll.interval.ms: how long the store may be worked on without a sign to the group. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);

    private final Consumer<byte[], byte[]> consumer;
    private final Store store;
    private final Rejects rejects;
    private final Topics topics;
    private final SinkSettings settings;
    private final ProgressBoard board;
    private final LineBatch lines = new LineBatch();
    private final Leftovers leftovers = new Leftovers();

    /** The first offset of each partition in the batch at hand; empty between batches. */
    private final Map<TopicPartition, Long> batchStarts = new HashMap<>();

    /** Why withdrawn figures stayed, as it was last said. */
    private String told = "";

    private boolean paused;
    private boolean partitionsLost;
    private long lastPollNanos = System.nanoTime();

    /** Partitions of the batch at hand went to another member: it will read them again, from the last commit. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("partitions went to another member", null, false, false);
        }
    }

    /** A record and what it says. */
    private record Entry(ConsumerRecord<byte[], byte[]> record, Figure figure) {}

    SinkLoop(
            Consumer<byte[], byte[]> consumer,
            Store store,
            Rejects rejects,
            Topics topics,
            SinkSettings settings,
            ProgressBoard board) {
        this.consumer = consumer;
        this.store = store;
        this.rejects = rejects;
        this.topics = topics;
        this.settings = settings;
        this.board = board;
        consumer.subscribe(List.of(topics.energy(), topics.kpi(), topics.live(), topics.alerts()), this);
    }

    /** One poll, and all that follows from it. */
    void turn() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        lastPollNanos = System.nanoTime();
        partitionsLost = false;
        if (records.isEmpty()) {
            return;
        }
        for (TopicPartition partition : records.partitions()) {
            batchStarts.put(partition, records.records(partition).getFirst().offset());
        }
        try {
            write(newestOfEach(records));
            resume();
            commit();
            board.add(records.count(), 0, 0);
        } catch (Abandoned _) {
            rewind();
        } finally {
            batchStarts.clear();
        }
    }

    /** The last record of each subject; what isn't a figure is dead-lettered. */
    private List<Entry> newestOfEach(ConsumerRecords<byte[], byte[]> records) {
        Map<Figure.Subject, Entry> newest = LinkedHashMap.newLinkedHashMap(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.value() == null) {
                continue; // a tombstone withdraws nothing from a store of history
            }
            try {
                Figure figure = Figure.parse(topics, record.topic(), record.value());
                newest.put(figure.subject(), new Entry(record, figure));
            } catch (InvalidProtocolBufferException e) {
                reject(record, "not what " + record.topic() + " carries: " + e.getMessage());
            }
        }
        return List.copyOf(newest.values());
    }

    private void write(List<Entry> entries) {
        lines.clear();
        for (int i = 0; i < entries.size(); i++) {
            Points.append(entries.get(i).figure(), lines, i);
            if (lines.size() >= settings.batchLines() || i == entries.size() - 1) {
                List<Incomplete> statements = lines.statements();
                clear(leftovers.toAskAbout(statements));
                Map<Integer, String> refused = new LinkedHashMap<>();
                write(0, lines.size(), refused);
                refused.forEach((entry, reason) -> reject(entries.get(entry).record(), reason));
                leftovers.written(statements);
                lines.clear();
            }
        }
    }

    /** Takes out of the store what these points would leave of earlier statements. */
    private void clear(List<Incomplete> points) {
        if (points.isEmpty()) {
            return;
        }
        if (untilAnswered(() -> store.clear(points)) instanceof Store.Outcome.Refused(String reason)
                && !told.equals(reason)) {
            // the figures are written all the same: beside them old ones may stay
            told = reason;
            LOG.warn("sink=withdrawn-figures-stay reason={}", reason);
        }
    }

    /** Writes a run of lines; of a refused one each half, down to the line that the store won't take. */
    private void write(int from, int to, Map<Integer, String> refused) {
        if (from == to) {
            return;
        }
        switch (untilAnswered(() -> store.write(lines.lines(from, to)))) {
            case Store.Outcome.Written() -> board.add(0, to - from, 0);
            case Store.Outcome.Refused(String reason)
            when to - from == 1 -> refused.putIfAbsent(lines.record(from), reason);
            case Store.Outcome.Refused _ -> {
                int middle = (from + to) >>> 1;
                write(from, middle, refused);
                write(middle, to, refused);
            }
            case Store.Outcome.Away _ -> throw new AssertionError("an answer was awaited");
        }
    }

    private Store.Outcome untilAnswered(Supplier<Store.Outcome> request) {
        if (System.nanoTime() - lastPollNanos > SIGN_OF_LIFE.toNanos()) {
            stayInGroup(Duration.ZERO);
        }
        Store.Outcome outcome = request.get();
        Duration retry = FIRST_RETRY;
        while (outcome instanceof Store.Outcome.Away(String reason)) {
            board.problem(reason);
            stayInGroup(retry);
            retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
            outcome = request.get();
        }
        board.problem("");
        return outcome;
    }

    /** Polls without taking anything, for as long as given, and so remains a member of the group. */
    private void stayInGroup(Duration wait) {
        if (!paused) {
            paused = true;
            consumer.pause(consumer.assignment());
        }
        consumer.poll(wait);
        lastPollNanos = System.nanoTime();
        if (partitionsLost) {
            throw new Abandoned();
        }
    }

    private void resume() {
        if (paused) {
            paused = false;
            consumer.resume(consumer.assignment());
        }
    }

    private void rewind() {
        resume();
        batchStarts.keySet().retainAll(consumer.assignment());
        batchStarts.forEach(consumer::seek);
        LOG.info("sink=rewound partitions={}", batchStarts.keySet());
    }

    private void commit() {
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
            // written all the same; a later commit covers it, or the next owner writes it again
            LOG.info("sink=uncommitted reason={}", e.getMessage());
        }
    }

    private void reject(ConsumerRecord<byte[], byte[]> record, String reason) {
        rejects.send(record, reason);
        board.add(0, 0, 1);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        partitionsLost |= partitions.stream().anyMatch(batchStarts::containsKey);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (paused) {
            consumer.pause(new ArrayList<>(partitions));
        }
    }
}

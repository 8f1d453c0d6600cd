package org.heliograph.streams.influx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch of records, writes their points until the store has answered for each, commits; turn by turn, on one
 * thread. Only a request to the store is made on another: while it is on its way the next points are made ready. It
 * awaits one request at a time, and a batch is seen through before anything of the next one is sent, so what a partition
 * says later is written later; but for what a server still does with a request that was given up (ADR 43).
 */
final class SinkLoop implements ConsumerRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(SinkLoop.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** While a request is on its way: its answer is looked for as often. */
    private static final Duration POLL_MEANWHILE = Duration.ofMillis(50);

    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    /** The store is asked this often, for about five minutes, what it holds; then figures are written without its answer. */
    static final int MOST_QUESTIONS = 36;

    /** Far below max.poll.interval.ms: how long the store may be worked on without a sign to the group. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);

    private final Consumer<byte[], byte[]> consumer;
    private final Store store;
    private final Executor posting;
    private final Rejects rejects;
    private final Topics topics;
    private final SinkSettings settings;
    private final ProgressBoard board;
    private final Leftovers leftovers = new Leftovers();

    /** What was taken and isn't committed, the oldest first. */
    private final Deque<Batch> batches = new ArrayDeque<>();

    /** One is sent while the other is filled. */
    private final Deque<Shipment> spare = new ArrayDeque<>(List.of(new Shipment(), new Shipment()));

    private @Nullable Sent sent;
    /** Whether the request on its way is of all that was sent, and not of a part of a refused run of lines. */
    private boolean isWhole;

    /** The answer that is awaited. */
    private @Nullable CompletableFuture<Store.Outcome> answer;

    /** Why withdrawn figures stayed, as it was last said; of the thread that posts. */
    private String told = "";

    /** How often in a row it didn't answer that, though it may have been there; of the thread that posts. */
    private int questions;

    /** Whether the store wouldn't say what it holds of the points written last; set by the thread that posts. */
    private boolean isUnanswered;

    private boolean paused;
    private boolean partitionsLost;
    private long lastPollNanos = System.nanoTime();

    /** Partitions of a batch at hand went to another member: it will read them again, from the last commit. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("partitions went to another member", null, false, false);
        }
    }

    /** A record and what it says. */
    private record Entry(ConsumerRecord<byte[], byte[]> record, StoredFigure figure) {}

    /** What one poll gave. */
    private record Batch(Map<TopicPartition, Long> starts, Map<TopicPartition, OffsetAndMetadata> ends, int records) {
        static Batch of(ConsumerRecords<byte[], byte[]> records) {
            Map<TopicPartition, Long> starts = new HashMap<>();
            for (TopicPartition partition : records.partitions()) {
                starts.put(partition, records.records(partition).getFirst().offset());
            }
            return new Batch(starts, records.nextOffsets(), records.count());
        }
    }

    /**
     * A shipment that was given to the store for the first time.
     *
     * @param completed the batch whose last shipment it is; null when more of its batch follows
     */
    private record Sent(
            Shipment shipment,
            List<Incomplete> asked,
            @Nullable Batch completed) {}

    /** @param posting makes the requests to the store, one after the other */
    SinkLoop(
            Consumer<byte[], byte[]> consumer,
            Store store,
            Executor posting,
            Rejects rejects,
            Topics topics,
            SinkSettings settings,
            ProgressBoard board) {
        this.consumer = consumer;
        this.store = store;
        this.posting = posting;
        this.rejects = rejects;
        this.topics = topics;
        this.settings = settings;
        this.board = board;
        consumer.subscribe(List.of(topics.energy(), topics.kpi(), topics.live(), topics.alerts()), this);
    }

    /** One poll, and all that follows from it. */
    void turn() {
        try {
            ConsumerRecords<byte[], byte[]> records = poll(sent == null ? POLL : POLL_MEANWHILE);
            if (!records.isEmpty()) {
                take(records);
            }
            if (answer != null && answer.isDone()) {
                commit(seenThrough());
            }
        } catch (Abandoned _) {
            rewind();
        }
    }

    /**
     * The end: waits for the request that is on its way, so that nothing of this loop reaches the store after another
     * has taken over, and commits what it completes.
     */
    void finish() {
        Sent last = sent;
        if (last == null || answer == null) {
            return;
        }
        try {
            if (await() instanceof Store.Outcome.Written && isWhole) {
                board.add(0, last.shipment().size(), 0);
                commit(last.completed());
            }
        } catch (Abandoned _) {
            // another has it
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        Batch batch = Batch.of(records);
        batches.add(batch);
        List<Entry> entries = newestOfEach(records);
        Shipment shipment = spare.remove();
        for (Entry entry : entries) {
            if (shipment.size() >= settings.batchLines()) {
                send(shipment, null);
                shipment = spare.remove();
            }
            shipment.add(entry.record(), entry.figure());
        }
        send(shipment, batch);
    }

    /** The last record of each subject; what isn't a figure is dead-lettered. */
    private List<Entry> newestOfEach(ConsumerRecords<byte[], byte[]> records) {
        Map<StoredFigure.Subject, Entry> newest = LinkedHashMap.newLinkedHashMap(records.count());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.value() == null) {
                continue; // a tombstone withdraws nothing from a store of history
            }
            try {
                StoredFigure figure = StoredFigure.parse(topics, record.topic(), record.value());
                newest.put(figure.subject(), new Entry(record, figure));
            } catch (InvalidProtocolBufferException e) {
                reject(record, "not what " + record.topic() + " carries: " + e.getMessage());
            }
        }
        return List.copyOf(newest.values());
    }

    /** Sends a shipment once the one before it has been seen through; commits that one's batch meanwhile. */
    private void send(Shipment shipment, @Nullable Batch completed) {
        shipment.seal();
        Batch before = seenThrough();
        Sent next = new Sent(shipment, leftovers.toAskAbout(shipment.statements()), completed);
        sent = next;
        isWhole = true;
        answer = shipment.size() == 0
                ? CompletableFuture.completedFuture(new Store.Outcome.Written())
                : post(() -> request(next));
        commit(before);
    }

    /**
     * Waits until the store has answered for each point that was sent.
     *
     * @return the batch that is complete with them
     */
    private @Nullable Batch seenThrough() {
        Sent now = sent;
        if (now == null) {
            return null;
        }
        Shipment shipment = now.shipment();
        Map<ConsumerRecord<byte[], byte[]>, String> refused = new LinkedHashMap<>();
        judge(untilAnswered(() -> request(now)), shipment, 0, shipment.size(), refused);
        refused.forEach(this::reject);
        leftovers.written(shipment.statements());
        if (isUnanswered) {
            leftovers.unanswered(now.asked());
        }
        resume();
        sent = null;
        shipment.clear();
        spare.add(shipment);
        return now.completed();
    }

    /** Takes out of the store what these points would leave of earlier statements, then writes them. */
    private Store.Outcome request(Sent now) {
        isUnanswered = false;
        if (!now.asked().isEmpty()) {
            switch (store.clear(now.asked())) {
                case Store.Outcome.Written() -> questions = 0;
                case Store.Outcome.Away away -> {
                    questions = away.isSaid() ? questions + 1 : 0;
                    if (questions < MOST_QUESTIONS) {
                        return away;
                    }
                    unanswered(away.reason()); // a limit of its own, maybe: no reason to write nothing ever again
                }
                case Store.Outcome.Refused(String reason) -> unanswered(reason);
            }
        }
        Store.Outcome outcome = store.write(now.shipment().text());
        if (outcome instanceof Store.Outcome.Away) {
            questions = 0; // it isn't there at all
        }
        return outcome;
    }

    /** The figures are written all the same: beside them old ones may stay. */
    private void unanswered(String reason) {
        isUnanswered = true;
        if (!told.equals(reason)) {
            told = reason;
            log.warn("sink=withdrawn-figures-stay reason={}", reason);
        }
    }

    /** Writes each half of a refused run of lines, down to the line that the store won't take. */
    private void judge(
            Store.Outcome outcome,
            Shipment shipment,
            int from,
            int to,
            Map<ConsumerRecord<byte[], byte[]>, String> refused) {
        switch (outcome) {
            case Store.Outcome.Written() -> board.add(0, to - from, 0);
            case Store.Outcome.Refused(String reason)
            when to - from == 1 -> refused.putIfAbsent(shipment.record(from), reason);
            case Store.Outcome.Refused _ -> {
                int middle = (from + to) >>> 1;
                isWhole = false;
                judge(untilAnswered(() -> store.write(shipment.lines(from, middle))), shipment, from, middle, refused);
                judge(untilAnswered(() -> store.write(shipment.lines(middle, to))), shipment, middle, to, refused);
            }
            case Store.Outcome.Away _ -> throw new AssertionError("an answer was awaited");
        }
    }

    private CompletableFuture<Store.Outcome> post(Supplier<Store.Outcome> request) {
        return CompletableFuture.supplyAsync(request, posting);
    }

    /** The answer that is on its way, else that to a new request; asks again until there is one. */
    private Store.Outcome untilAnswered(Supplier<Store.Outcome> request) {
        if (answer == null) {
            answer = post(request);
        }
        Store.Outcome outcome = await();
        Backoff backoff = new Backoff(FIRST_RETRY, LAST_RETRY);
        while (outcome instanceof Store.Outcome.Away away) {
            board.problem(away.reason());
            stayInGroup(backoff.next());
            answer = post(request);
            outcome = await();
        }
        board.problem("");
        return outcome;
    }

    private Store.Outcome await() {
        while (true) {
            CompletableFuture<Store.Outcome> awaited = answer;
            if (awaited == null) {
                throw new IllegalStateException("nothing was asked");
            }
            try {
                Store.Outcome outcome = awaited.get(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
                answer = null;
                if (System.nanoTime() - lastPollNanos > SIGN_OF_LIFE.toNanos()) {
                    stayInGroup(Duration.ZERO);
                }
                return outcome;
            } catch (TimeoutException _) {
                stayInGroup(Duration.ZERO);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
        lastPollNanos = System.nanoTime();
        if (partitionsLost) {
            if (!records.isEmpty()) {
                batches.add(Batch.of(records)); // to be taken again too
            }
            throw new Abandoned();
        }
        return records;
    }

    /** Polls without taking anything, for as long as given, and so remains a member of the group. */
    private void stayInGroup(Duration wait) {
        if (!paused) {
            paused = true;
            consumer.pause(consumer.assignment());
        }
        poll(wait);
    }

    private void resume() {
        if (paused) {
            paused = false;
            consumer.resume(consumer.assignment());
        }
    }

    /** Begins again where nothing is committed, in the partitions that are still this member's. */
    private void rewind() {
        Map<TopicPartition, Long> starts = new HashMap<>();
        batches.forEach(batch -> batch.starts().forEach(starts::putIfAbsent));
        starts.keySet().retainAll(consumer.assignment());
        forget();
        resume();
        starts.forEach(consumer::seek);
        log.info("sink=rewound partitions={}", starts.keySet());
    }

    private void forget() {
        batches.clear();
        leftovers.forget();
        sent = null;
        answer = null;
        partitionsLost = false;
        spare.clear();
        spare.addAll(List.of(new Shipment(), new Shipment()));
    }

    private void commit(@Nullable Batch written) {
        if (written == null) {
            return;
        }
        batches.remove(written);
        try {
            consumer.commitSync(written.ends());
        } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
            // written all the same; a later commit covers it, or the next owner writes it again
            log.info("sink=uncommitted reason={}", e.getMessage());
        }
        board.add(written.records(), 0, 0);
    }

    private void reject(ConsumerRecord<byte[], byte[]> record, String reason) {
        rejects.send(record, reason);
        board.add(0, 0, 1);
    }

    /** The request that is on its way is awaited first: it must not reach the store after the next owner's. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        leftovers.forget();
        boolean isTouched = batches.stream()
                .map(Batch::starts)
                .map(Map::keySet)
                .flatMap(Set::stream)
                .anyMatch(partitions::contains);
        if (isTouched) {
            partitionsLost = true;
            if (answer != null) {
                var _ = answer.handle((_, _) -> true).join();
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (paused) {
            consumer.pause(new ArrayList<>(partitions));
        }
    }
}

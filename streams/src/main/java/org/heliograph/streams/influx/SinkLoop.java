package org.heliograph.streams.influx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Takes a batch of records, writes their points until the store has answered for each, commits; turn by turn, on one
 * thread. Only a request to the store is made on another: while it is on its way the next points are made ready. It
 * awaits one request at a time, and a batch is seen through before anything of the next one is sent, so what a partition
 * says later is written later; but for what a server still does with a request that was given up (ADR 43).
 */
final class SinkLoop implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofSeconds(1);
    /** While a request is on its way: its answer is looked for as often. */
    private static final Duration POLL_MEANWHILE = Duration.ofMillis(50);

    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    private final Membership membership;
    private final Store store;
    private final Carrier carrier;
    private final Executor posting;
    private final Rejects rejects;
    private final Topics topics;
    private final SinkSettings settings;
    private final ProgressBoard board;
    private final Leftovers leftovers = new Leftovers();

    /** One is sent while the other is filled. */
    private final Deque<Shipment> spare = new ArrayDeque<>(List.of(new Shipment(), new Shipment()));

    private @Nullable Sent sent;
    /** Whether the request on its way is of all that was sent, and not of a part of a refused run of lines. */
    private boolean isWhole;

    /** The answer that is awaited. */
    private @Nullable CompletableFuture<Store.Outcome> answer;

    /** A record and what it says. */
    private record Entry(ConsumerRecord<byte[], byte[]> record, StoredFigure figure) {}

    /**
     * A shipment that was given to the store for the first time.
     *
     * @param completed the batch whose last shipment it is; null when more of its batch follows
     */
    private record Sent(Shipment shipment, List<Incomplete> asked, Membership.@Nullable Batch completed) {}

    /** @param posting makes the requests to the store, one after the other */
    SinkLoop(
            Consumer<byte[], byte[]> consumer,
            Store store,
            Executor posting,
            Rejects rejects,
            Topics topics,
            SinkSettings settings,
            ProgressBoard board) {
        this.membership = new Membership(consumer, board.contact());
        this.store = store;
        this.carrier = new Carrier(store);
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
            ConsumerRecords<byte[], byte[]> records = membership.poll(sent == null ? POLL : POLL_MEANWHILE);
            if (!records.isEmpty()) {
                take(records);
            }
            if (answer != null && answer.isDone()) {
                commit(seenThrough());
            }
        } catch (Membership.Abandoned _) {
            forget();
            membership.rewind();
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
        } catch (Membership.Abandoned _) {
            // another has it
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        Membership.Batch batch = membership.take(records);
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
        rejects.await();
        return List.copyOf(newest.values());
    }

    /** Sends a shipment once the one before it has been seen through; commits that one's batch meanwhile. */
    private void send(Shipment shipment, Membership.@Nullable Batch completed) {
        shipment.seal();
        Membership.Batch before = seenThrough();
        Sent next = new Sent(shipment, leftovers.toAskAbout(shipment.statements()), completed);
        sent = next;
        isWhole = true;
        answer = shipment.size() == 0
                ? CompletableFuture.completedFuture(new Store.Outcome.Written())
                : post(() -> carrier.carry(next.shipment(), next.asked()));
        commit(before);
    }

    /**
     * Waits until the store has answered for each point that was sent.
     *
     * @return the batch that is complete with them
     */
    private Membership.@Nullable Batch seenThrough() {
        Sent now = sent;
        if (now == null) {
            return null;
        }
        Shipment shipment = now.shipment();
        Map<ConsumerRecord<byte[], byte[]>, String> refused = new LinkedHashMap<>();
        judge(untilAnswered(() -> carrier.carry(shipment, now.asked())), shipment, 0, shipment.size(), refused);
        refused.forEach(this::reject);
        rejects.await();
        leftovers.written(shipment.statements());
        if (carrier.isUnanswered()) {
            leftovers.unanswered(now.asked());
        }
        membership.resume();
        sent = null;
        shipment.clear();
        spare.add(shipment);
        return now.completed();
    }

    /**
     * Writes each half of a refused run of lines, down to the line that the store won't take, or to a run of which it says
     * that it takes none: whole weeks, where it keeps less than is restated.
     */
    private void judge(
            Store.Outcome outcome,
            Shipment shipment,
            int from,
            int to,
            Map<ConsumerRecord<byte[], byte[]>, String> refused) {
        switch (outcome) {
            case Store.Outcome.Written() -> board.add(0, to - from, 0);
            case Store.Outcome.Refused(String reason, int dropped)
            when to - from == 1 || to - from == dropped -> {
                for (int line = from; line < to; line++) {
                    refused.putIfAbsent(shipment.record(line), reason);
                }
            }
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
            membership.stay(backoff.next());
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
                Store.Outcome outcome = awaited.get(Membership.SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
                answer = null;
                membership.stayIfDue();
                return outcome;
            } catch (TimeoutException _) {
                membership.stay(Duration.ZERO);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private void commit(Membership.@Nullable Batch written) {
        if (written != null) {
            membership.commit(written);
            board.add(written.records(), 0, 0);
        }
    }

    private void forget() {
        leftovers.forget();
        sent = null;
        answer = null;
        spare.clear();
        spare.addAll(List.of(new Shipment(), new Shipment()));
    }

    private void reject(ConsumerRecord<byte[], byte[]> record, String reason) {
        rejects.send(record, reason);
        membership.stayIfDue();
        board.add(0, 0, 1);
    }

    /** The request that is on its way is awaited first: it must not reach the store after the next owner's. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        leftovers.forget();
        if (membership.revoked(partitions) && answer != null) {
            var _ = answer.handle((_, _) -> true).join();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        membership.assigned(partitions);
    }
}

package org.heliograph.streams.alert;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.streams.alert.Receiver.Outcome;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a receiver what {@code hg.alerts} says, also the engine's own alerts. What it has told is committed, so that after a
 * restart it goes on with what it hasn't. Who is away is tried again, for as long as it takes: Kafka keeps the alerts.
 */
final class Relay {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    /** Committed with an offset: which ends aren't told is in no process's memory alone. */
    private static final String OWES_ENDS = "owes ends";

    private final AlertClients clients;
    private final Topics topics;
    private final String group;
    private final Receiver receiver;
    private final Duration repeat;
    private final Map<String, Alert> standing = new LinkedHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    /** Why it takes nothing now; empty when it does. */
    private volatile String problem = "";

    Relay(AlertClients clients, Topics topics, String group, Receiver receiver, Duration repeat) {
        this.clients = clients;
        this.topics = topics;
        this.group = group;
        this.receiver = receiver;
        this.repeat = repeat;
    }

    ReceiverState state() {
        return new ReceiverState(receiver.name(), problem, refused.get());
    }

    static String key(Alert alert) {
        return new Subject(alert.getSite(), alert.getDevice(), alert.getRule()).key();
    }

    void work(Worker.Turns turns) throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = clients.consumers().apply(group)) {
            List<TopicPartition> all = recall(consumer);
            long toldNanos = clients.nanos().getAsLong() - repeat.toNanos(); // what stands, at once
            long checkedNanos = clients.nanos().getAsLong();
            while (!turns.isOver()) {
                List<Alert> news = new ArrayList<>();
                Set<TopicPartition> told = new HashSet<>();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(AlertClients.POLL)) {
                    @Nullable Alert alert = parse(record);
                    if (alert != null) {
                        news.add(alert);
                    }
                    told.add(new TopicPartition(record.topic(), record.partition()));
                }
                if (!news.isEmpty() || clients.nanos().getAsLong() - toldNanos >= repeat.toNanos()) {
                    news.forEach(this::take);
                    if (!tell(news, turns)) {
                        return;
                    }
                    toldNanos = clients.nanos().getAsLong();
                }
                if (!told.isEmpty()) {
                    commit(consumer, told);
                    turns.areWell();
                }
                if (clients.nanos().getAsLong() - checkedNanos > AlertClients.CHECK.toNanos()) {
                    checkedNanos = clients.nanos().getAsLong();
                    if (!Partitions.of(consumer, List.of(topics.alerts())).equals(all)) {
                        return; // partitions were added: begin anew with all of them
                    }
                    commit(consumer, all);
                    turns.areWell();
                }
            }
        }
    }

    /** Also where nothing has come: Kafka forgets an offset a week after it was committed, and then all is news again. */
    private void commit(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> told) {
        String owes = receiver.owesEnds() ? OWES_ENDS : "";
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        told.forEach(one -> positions.put(one, new OffsetAndMetadata(consumer.position(one), owes)));
        consumer.commitSync(positions);
    }

    /** Learns what stood when it last told something; what came later is news. Returns all partitions there are. */
    private List<TopicPartition> recall(Consumer<byte[], byte[]> consumer) {
        standing.clear();
        List<TopicPartition> all = Partitions.of(consumer, List.of(topics.alerts()));
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(all));
        Map<TopicPartition, Long> told = new HashMap<>();
        all.forEach(partition -> {
            OffsetAndMetadata at = committed.get(partition);
            told.put(partition, at == null ? 0L : at.offset());
        });
        Map<String, Alert> ended = new LinkedHashMap<>();
        Partitions.readUntil(consumer, told, record -> {
            @Nullable Alert alert = parse(record);
            if (alert != null) {
                take(alert);
                ended.put(key(alert), alert);
            }
        });
        if (committed.values().stream()
                .anyMatch(at -> at != null && at.metadata().equals(OWES_ENDS))) {
            ended.keySet().removeAll(standing.keySet());
            // only so many are kept: the newest
            receiver.recall(ended.values().stream()
                    .sorted(Comparator.comparingLong(Alert::getTimeMs))
                    .toList());
        }
        told.forEach(consumer::seek);
        return all;
    }

    private void take(Alert alert) {
        if (alert.getState() == AlertState.RAISED) {
            standing.put(key(alert), alert);
        } else {
            standing.remove(key(alert));
        }
    }

    private static @Nullable Alert parse(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return null;
        }
        try {
            return Alert.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            log.warn(
                    "alert=malformed key={} reason=\"{}\"",
                    record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
                    e.getMessage());
            return null;
        }
    }

    /** Returns when each is told or refused for good; false when it is stopped before. */
    private boolean tell(List<Alert> news, Worker.Turns turns) throws InterruptedException {
        Backoff backoff = new Backoff(FIRST_RETRY, LAST_RETRY);
        while (true) {
            switch (receiver.tell(news, List.copyOf(standing.values()))) {
                case Outcome.Told() -> {
                    if (!problem.isEmpty()) {
                        problem = "";
                        log.info("alert-receiver=reachable receiver={}", receiver.name());
                    }
                    return true;
                }
                case Outcome.Refused(List<Alert> alerts, String reason, boolean isAll) -> {
                    problem = isAll ? reason : "";
                    long lost = alerts.stream().filter(news::contains).count();
                    refused.addAndGet(lost);
                    if (lost > 0 || !isAll) { // what stands is offered again each minute
                        log.error(
                                "alerts=refused receiver={} alerts={} first={} reason=\"{}\"",
                                receiver.name(),
                                alerts.size(),
                                alerts.stream().findFirst().map(Relay::key).orElse(""),
                                reason);
                    }
                    return true;
                }
                case Outcome.Away(String reason) -> {
                    boolean isNew = problem.isEmpty();
                    problem = reason.isEmpty() ? "away" : reason;
                    if (isNew) {
                        log.warn("alert-receiver=unreachable receiver={} reason=\"{}\"", receiver.name(), reason);
                    }
                }
            }
            if (turns.isOver()) {
                return false;
            }
            Thread.sleep(backoff.next());
        }
    }
}

package org.heliograph.agent.uplink;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Sending;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka. The producer is made at the first delivery, and made anew after a delivery that failed: its constructor throws
 * while the broker's name doesn't resolve, and some of its states can't be left.
 */
public final class KafkaUplink implements Uplink {
    private static final Logger log = LoggerFactory.getLogger(KafkaUplink.class);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    /** How often a record says when it was sent: enough to see how far behind this agent is, and next to no bytes. */
    private static final long SENT_EVERY_MILLIS = 1_000;

    private final Topics topics;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final InstantSource clock;
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private long saidSentMillis;
    /** When the present attempt began. */
    private double answersBefore;

    /** @param extra producer properties from the configuration */
    public KafkaUplink(
            String bootstrap, Topics topics, String clientId, Map<String, String> extra, InstantSource clock) {
        this(topics, producers(KafkaProperties.of(bootstrap, clientId, extra)), clock);
    }

    KafkaUplink(Topics topics, Supplier<Producer<byte[], byte[]>> producers, InstantSource clock) {
        this.topics = topics;
        this.producers = producers;
        this.clock = clock;
    }

    private static Supplier<Producer<byte[], byte[]>> producers(Map<String, Object> properties) {
        return () -> new KafkaProducer<>(properties);
    }

    @Override
    public Delivery deliver(List<Stored> entries) throws InterruptedException {
        Waiting waiting = new Waiting();
        int delivered = 0;
        answersBefore = KafkaAnswer.count(producer);
        try {
            Producer<byte[], byte[]> to = producer();
            List<KafkaAnswer> answers = send(entries, to);
            for (KafkaAnswer answer : answers) {
                settle(entries.get(delivered), answer, waiting, delivered);
                delivered++;
            }
            if (waiting.first == Integer.MAX_VALUE) {
                return new Delivery.Complete();
            }
            if (entries.stream().map(Stored::entry).allMatch(KafkaUplink::isForRejects)) {
                // nothing else has shown that Kafka is there; and some states of a producer can't be left
                to.partitionsFor(topics.telemetry());
                abandon();
            }
            return new Delivery.Partly(waiting.letters, waiting.made, waiting.reason);
        } catch (InterruptException e) {
            // Kafka has set the flag again, and closing would stumble over it
            Thread.interrupted();
            abandon();
            throw interrupted(e);
        } catch (KafkaException e) {
            return halted(Math.min(delivered, waiting.first), e);
        }
    }

    private Delivery halted(int delivered, KafkaException e) {
        boolean answered = KafkaAnswer.isOfKafka(e).orElseGet(() -> KafkaAnswer.count(producer) > answersBefore);
        abandon();
        return new Delivery.Halted(delivered, KafkaAnswer.reason(e), answered);
    }

    /** Dead letters that Kafka doesn't take now, of one delivery. */
    private static final class Waiting {
        private final List<Stored> letters = new ArrayList<>();
        private final List<Entry> made = new ArrayList<>();
        private String reason = "";
        /** The place, among the delivery's entries, of the first of them, or of what it was. */
        private int first = Integer.MAX_VALUE;

        /** @param letter what is to be kept of the entry at that place */
        void add(Stored stored, Entry letter, KafkaException why, int place) {
            if (stored.isLetter()) {
                letters.add(stored);
            } else {
                Map<String, String> headers = new HashMap<>(letter.headers());
                headers.put(DeadLetter.SOURCE, DeadLetter.journal(stored.offset()));
                made.add(new Entry(letter.kind(), letter.key(), letter.timestampMillis(), headers, letter.value()));
            }
            reason = KafkaAnswer.reason(why);
            first = Math.min(first, place);
        }
    }

    private static boolean isForRejects(Entry entry) {
        return entry.kind() == Entry.Kind.DEAD_LETTER;
    }

    private List<KafkaAnswer> send(List<Stored> entries, Producer<byte[], byte[]> to) throws InterruptedException {
        List<KafkaAnswer> answers = new ArrayList<>(entries.size());
        Optional<KafkaAnswer> noLetters = Optional.empty();
        for (Stored stored : entries) {
            boolean isForRejects = isForRejects(stored.entry());
            if (isForRejects && noLetters.isPresent()) {
                answers.add(noLetters.get());
                continue;
            }
            KafkaAnswer answer = new KafkaAnswer(to.send(record(stored.entry())));
            answers.add(answer);
            if (answer.isDone()) {
                try {
                    // no metadata or no buffer: leave at once, the next one would block as long again
                    var _ = answer.isAccepted();
                } catch (KafkaException e) {
                    requireLetter(stored.entry(), e);
                    noLetters = Optional.of(answer);
                }
            }
        }
        to.flush();
        return answers;
    }

    /** What became of one; of a dead letter that has to wait, in {@code waiting}. */
    private void settle(Stored stored, KafkaAnswer answer, Waiting waiting, int place) throws InterruptedException {
        try {
            if (!answer.isAccepted()) {
                deliverAlone(stored, waiting, place);
            }
        } catch (KafkaException e) {
            requireLetter(stored.entry(), e);
            waiting.add(stored, stored.entry(), e, place);
        }
    }

    /** Throws a failure that may pass, unless it is a dead letter's, which must not hold anything else up. */
    private static void requireLetter(Entry entry, KafkaException e) {
        if (!isForRejects(entry) || e instanceof InterruptException) {
            throw e;
        }
    }

    @Override
    public Delivery reach() throws InterruptedException {
        answersBefore = KafkaAnswer.count(producer);
        try {
            producer().partitionsFor(topics.telemetry());
            return new Delivery.Complete();
        } catch (InterruptException e) {
            Thread.interrupted();
            abandon();
            throw interrupted(e);
        } catch (KafkaException e) {
            return halted(0, e);
        }
    }

    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /** Closes within a time; even while a delivery hangs, which it ends. */
    public void close(Duration atMost) {
        Producer<byte[], byte[]> open = producer;
        if (open != null) {
            open.close(atMost);
            producer = null;
        }
    }

    /** A record of its own, to tell one that the broker refuses from its neighbours in a batch. */
    private void deliverAlone(Stored stored, Waiting waiting, int place) throws InterruptedException {
        Producer<byte[], byte[]> to = producer();
        KafkaAnswer answer = new KafkaAnswer(to.send(record(stored.entry())));
        to.flush();
        String refusal = answer.refusal();
        if (refusal == null) {
            return;
        }
        Entry entry = stored.entry();
        log.warn("uplink=refused key={} bytes={} reason={}", entry.key(), entry.value().length, refusal);
        RefusedEntry refused = new RefusedEntry(stored, refusal, clock);
        Entry letter = refused.letter();
        try {
            require(letter, to);
        } catch (KafkaException e) {
            requireLetter(letter, e);
            waiting.add(stored, letter, e, place);
        }
        Optional<Entry> report = refused.report();
        if (report.isPresent()) {
            require(report.get(), to);
        }
    }

    /** Something small of our own, which nobody has a reason to refuse. */
    private void require(Entry own, Producer<byte[], byte[]> to) throws InterruptedException {
        KafkaAnswer answer = new KafkaAnswer(to.send(record(own)));
        to.flush();
        String refusal = answer.refusal();
        if (refusal != null) {
            throw new KafkaException("what tells of a refused record is refused, too: " + refusal);
        }
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = producers.get();
            producer = open;
        }
        return open;
    }

    private void abandon() {
        close(Duration.ZERO);
    }

    private ProducerRecord<byte[], byte[]> record(Entry entry) {
        String topic = switch (entry.kind()) {
            case READINGS, REPORT, HELD -> topics.telemetry();
            case DEAD_LETTER -> topics.rejects();
        };
        byte[] key = entry.key().isEmpty() ? null : entry.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, entry.timestampMillis(), key, entry.value());
        Headers headers = record.headers();
        entry.headers().forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        if (entry.kind() == Entry.Kind.READINGS) {
            saySent(headers);
        }
        return record;
    }

    private void saySent(Headers headers) {
        long now = clock.millis();
        if (Math.abs(now - saidSentMillis) >= SENT_EVERY_MILLIS) {
            saidSentMillis = now;
            headers.add(Sending.SENT, Long.toString(now).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static InterruptedException interrupted(InterruptException e) {
        InterruptedException interruption = new InterruptedException(e.getMessage());
        interruption.initCause(e);
        return interruption;
    }
}

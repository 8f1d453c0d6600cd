package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;

/**
 * Puts what it accepts into the journal, as it will travel on Kafka. It numbers each device's packs, from 0 at each
 * start, in the order of the journal: a number is used only for a pack that the journal took.
 */
public final class JournalingIntake implements Intake {
    /** A clock ahead by more than this is broken; any past is accepted, the engine judges lateness. */
    static final Duration FUTURE_MAX = Duration.ofMinutes(5);

    /** A dead letter keeps at most so much of its payload: enough to see what it is, and to repair what devices send. */
    static final int DEAD_LETTER_BYTES_MAX = 16 << 10;

    /** More names than any site has; a publisher that makes up names doesn't fill the memory. */
    static final int DEVICES_MAX = 100_000;

    private final Journal journal;
    private final String agent;
    private final InstantSource clock;
    private final Map<DeviceId, Long> nextSequence = new HashMap<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    public JournalingIntake(Journal journal, String agent, InstantSource clock) {
        this.journal = journal;
        this.agent = agent;
        this.clock = clock;
    }

    public IntakeCounts counts() {
        return new IntakeCounts(received.sum(), kept.sum(), refused.sum(), turnedAway.sum());
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Arrival arrival) {
        Duration ahead = Duration.between(clock.instant(), readings.latest());
        if (ahead.compareTo(FUTURE_MAX) > 0) {
            return refuse(
                    "a reading of " + readings.latest() + " is " + ahead.toSeconds() + " s ahead of the agent's clock",
                    arrival);
        }
        Append append;
        // numbering and appending in one step: the journal's order is the order of the numbers
        synchronized (nextSequence) {
            long sequence = nextSequence.getOrDefault(readings.device(), 0L);
            if (sequence == 0 && nextSequence.size() >= DEVICES_MAX) {
                return refuse("more than " + DEVICES_MAX + " devices since the start", arrival);
            }
            append = journal.append(entry(readings, sequence));
            if (append instanceof Append.Taken) {
                nextSequence.put(readings.device(), sequence + 1);
            }
        }
        received.increment();
        return answer(append, kept, Admission.Kept::new);
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        received.increment();
        byte[] payload = arrival.payload();
        String why = reason;
        if (payload.length > DEAD_LETTER_BYTES_MAX) {
            why = reason + " (the first " + DEAD_LETTER_BYTES_MAX + " of " + payload.length + " bytes are kept)";
            payload = Arrays.copyOf(payload, DEAD_LETTER_BYTES_MAX);
        }
        String key = arrival.device() == null ? "" : arrival.device().key();
        Map<String, String> headers =
                Map.of(DeadLetter.REASON, why, DeadLetter.STAGE, "agent", DeadLetter.SOURCE, arrival.source());
        Entry entry = new Entry(Entry.Kind.DEAD_LETTER, key, positiveMillis(arrival.at()), headers, payload);
        return answer(journal.append(entry), refused, _ -> new Admission.Refused(reason));
    }

    private Entry entry(Readings readings, long sequence) {
        return new Entry(
                Entry.Kind.READINGS,
                readings.device().key(),
                positiveMillis(readings.latest()),
                Map.of(),
                PackCodec.encode(readings, new Origin(agent, journal.boot(), sequence)));
    }

    private CompletableFuture<Admission> answer(Append append, LongAdder outcome, LongFunction<Admission> admission) {
        return switch (append) {
            case Append.Taken taken ->
                taken.onDisk().thenApply(offset -> {
                    outcome.increment();
                    return admission.apply(offset);
                });
            case Append.Full full -> {
                turnedAway.increment();
                yield CompletableFuture.completedFuture(new Admission.Full(full.capacityBytes()));
            }
        };
    }

    /** Kafka takes no record from before 1970. */
    private static long positiveMillis(Instant at) {
        return Math.max(0, at.toEpochMilli());
    }
}

package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;

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

    private static final String TOO_MANY = "more than " + DEVICES_MAX + " devices since the start";

    private final Journal journal;
    private final String agent;
    private final InstantSource clock;
    private final Map<DeviceId, Numbering> devices = new HashMap<>();
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
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        Duration ahead = Duration.between(clock.instant(), readings.latest());
        if (ahead.compareTo(FUTURE_MAX) > 0) {
            return refuse(
                    "a reading of " + readings.latest() + " is " + ahead.toSeconds() + " s ahead of the agent's clock",
                    arrival);
        }
        ClockQuality clock = stamp == Stamp.DEVICE ? ClockQuality.DEVICE : ClockQuality.UNSYNCHRONISED;
        return number(readings.device(), Optional.of(readings), clock, Optional.empty())
                .orElseGet(() -> refuse(TOO_MANY, arrival));
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        return number(device, Optional.empty(), ClockQuality.UNKNOWN, Optional.of(presence))
                .orElseGet(() -> CompletableFuture.completedFuture(new Admission.Refused(TOO_MANY)));
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        synchronized (devices) {
            Numbering own = devices.get(device);
            if (own != null || devices.size() < DEVICES_MAX) {
                devices.computeIfAbsent(device, _ -> new Numbering())
                        .lost
                        .add(new Loss(reason, 0, List.of(), packs, readings, Optional.empty(), Optional.empty()));
            }
        }
    }

    /** Numbers and appends in one step, so that the journal's order is the order of the numbers; empty if that is refused. */
    private Optional<CompletableFuture<Admission>> number(
            DeviceId device, Optional<Readings> readings, ClockQuality clock, Optional<Presence> presence) {
        Append append;
        synchronized (devices) {
            Numbering own = devices.get(device);
            if (own == null) {
                if (devices.size() >= DEVICES_MAX) {
                    return Optional.empty();
                }
                own = new Numbering();
                devices.put(device, own);
            }
            Origin origin = new Origin(agent, journal.boot(), own.next);
            append = journal.append(
                    entry(new Dispatch(device, origin, readings, clock, own.lost.losses(), presence), presence));
            if (append instanceof Append.Taken) {
                own.next++;
                own.lost.clear();
            }
        }
        received.increment();
        return Optional.of(answer(append, kept, Admission.Kept::new));
    }

    /** A device's next number, and what was lost of it and not yet told. */
    private static final class Numbering {
        private final Tally lost = new Tally();
        private long next;
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

    private static Entry entry(Dispatch dispatch, Optional<Presence> presence) {
        Instant at = dispatch.readings()
                .map(Readings::latest)
                .or(() -> presence.map(Presence::since))
                .orElseThrow();
        return new Entry(
                Entry.Kind.READINGS, dispatch.device().key(), positiveMillis(at), Map.of(), PackCodec.encode(dispatch));
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

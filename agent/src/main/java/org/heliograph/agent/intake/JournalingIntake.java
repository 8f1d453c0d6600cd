package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts what it accepts into the journal, as it will travel on Kafka. */
public final class JournalingIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(JournalingIntake.class);

    /** The default of {@code deviceTimeFrom}: nothing was measured for an agent before there was one. */
    public static final Instant DEVICE_TIME_FROM = AgentClock.EARLIEST;

    /** A dead letter keeps at most so much of its payload: enough to see what it is, and to repair what devices send. */
    static final int DEAD_LETTER_BYTES_MAX = 16 << 10;

    private final Journal journal;
    private final AgentClock clock;
    private final PackNumbers numbers;
    private final Stamping stamping;
    private final Map<DeviceId, LongAdder> unbelieved = new ConcurrentHashMap<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder overShare = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    /** Packs of the agent's own making: presence, losses. */
    private final LongAdder told = new LongAdder();

    /** With a clock that nobody doubts. */
    public JournalingIntake(Journal journal, String agent, InstantSource clock) {
        this(journal, agent, AgentClock.trusted(clock, journal));
    }

    public JournalingIntake(Journal journal, String agent, AgentClock clock) {
        this(journal, agent, clock, DEVICE_TIME_FROM);
    }

    /** @param deviceTimeFrom a device that says an earlier time has a clock that isn't set */
    public JournalingIntake(Journal journal, String agent, AgentClock clock, Instant deviceTimeFrom) {
        this.journal = journal;
        this.clock = clock;
        this.numbers = new PackNumbers(journal, agent, clock);
        this.stamping = new Stamping(deviceTimeFrom);
    }

    public IntakeCounts counts() {
        return new IntakeCounts(received.sum(), kept.sum(), refused.sum(), overShare.sum(), turnedAway.sum());
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        try {
            Moment came = arrival.came();
            return switch (stamping.of(
                    readings,
                    stamp,
                    new Stamping.Came(came.wall().toEpochMilli(), came.upMillis(), arrival.live()),
                    clock.look())) {
                case Stamping.Stamped.Refused(String reason) -> refuse(reason, arrival);
                case Stamping.Stamped.Kept kept -> keep(kept, arrival);
            };
        } catch (IllegalArgumentException e) {
            return refuse("a time that can't be: " + e.getMessage(), arrival);
        }
    }

    private CompletableFuture<Admission> keep(Stamping.Stamped.Kept kept, Arrival arrival) {
        DeviceId device = kept.readings().device();
        CompletableFuture<Admission> answer = numbers.readings(kept)
                .map(append -> {
                    received.increment();
                    return answer(append, this.kept, Admission.Kept::new);
                })
                .orElseGet(() -> refuse(PackNumbers.TOO_MANY, arrival));
        return kept.unbelieved().isEmpty()
                ? answer
                : answer.thenApply(admission -> {
                    if (admission instanceof Admission.Kept) {
                        unbelieved(device, kept.unbelieved().get());
                    }
                    return admission;
                });
    }

    private void unbelieved(DeviceId device, String reason) {
        unbelieved
                .computeIfAbsent(device, _ -> {
                    log.warn("device=unbelieved device={} reason=\"{}\"", device.device(), reason);
                    return new LongAdder();
                })
                .increment();
    }

    /** Packs of each device whose own times couldn't be, and gave way to that of their arrival. */
    public Map<DeviceId, Long> unbelieved() {
        Map<DeviceId, Long> packs = new HashMap<>();
        unbelieved.forEach((device, count) -> packs.put(device, count.sum()));
        return packs;
    }

    @Override
    public void heard(DeviceId device) {
        // nothing to keep
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        return numbers.waits(device, presence)
                ? CompletableFuture.completedFuture(new Admission.Later())
                : numbers.presence(device, presence)
                        .map(this::told)
                        .orElseGet(
                                () -> CompletableFuture.completedFuture(new Admission.Refused(PackNumbers.TOO_MANY)));
    }

    /** What finds no room in its device's share is told once there is some. */
    private CompletableFuture<Admission> told(Append append) {
        return append instanceof Append.OverShare
                ? CompletableFuture.completedFuture(new Admission.Later())
                : answer(append, told, Admission.Kept::new);
    }

    @Override
    public void unattended(DeviceId device) {
        // what was said last stays said
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        numbers.lost(device, reason, packs, readings);
    }

    /**
     * Tells, in packs of their own, of losses that have waited so long for a pack of their device to travel with, and of
     * presence that found no room.
     */
    public void tellUntold(Duration after) {
        for (DeviceId device : numbers.untoldFor(after)) {
            numbers.untold(device).ifPresent(append -> {
                var _ = told(append);
            });
        }
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        if (arrival.told()) {
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }
        received.increment();
        byte[] payload = arrival.payload();
        Map<String, String> headers = DeadLetter.ofAgent(reason, arrival.source());
        if (payload.length > DEAD_LETTER_BYTES_MAX) {
            String why = reason + " (the first " + DEAD_LETTER_BYTES_MAX + " of " + payload.length + " bytes are kept)";
            headers = DeadLetter.ofAgent(why, arrival.source(), payload.length);
            payload = Arrays.copyOf(payload, DEAD_LETTER_BYTES_MAX);
        }
        String key = arrival.device() == null ? "" : arrival.device().key();
        Entry entry =
                new Entry(Entry.Kind.DEAD_LETTER, key, Math.max(0, arrival.at().toEpochMilli()), headers, payload);
        return answer(journal.append(entry), refused, _ -> new Admission.Refused(reason));
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
            case Append.Behind _ -> {
                // the oldest give way to it anyway, and a broker that waits for it brings nothing else
                journal.dropDeadLetter();
                outcome.increment();
                yield CompletableFuture.completedFuture(admission.apply(0));
            }
            case Append.OverShare over -> {
                overShare.increment();
                yield CompletableFuture.completedFuture(new Admission.Refused(
                        "the rest of the journal's " + over.capacityBytes()
                                + " bytes is for devices that hold less of it",
                        true));
            }
        };
    }
}

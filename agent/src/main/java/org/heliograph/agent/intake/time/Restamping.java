package org.heliograph.agent.intake.time;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;

/** What was held gets its time on its way out of the journal; and a device's own time is judged, if nobody could before. */
public final class Restamping {
    /** Times since the machine's start are written from here on, so that some time before it is a time too. */
    public static final long ORIGIN_MILLIS = 1_000_000_000_000L;

    /** Header of an entry that is held: the start of the machine that its times count from. */
    public static final String START = "machine-start";

    private static final String UNJUDGED = "unjudged";

    /** Headers of an entry whose times are the device's own, and to be judged before it leaves. */
    static final Map<String, String> TO_JUDGE = Map.of("times", UNJUDGED);

    /** Beside them: when it came, since the start of the machine. */
    private static final String CAME = "came";

    private static final String NEVER = "the machine went down before its clock was set: nobody knows when it came";

    private final AgentClock clock;
    private final BooleanSupplier reachable;

    /**
     * @param reachable whether what is due could be sent now: a time that is only a guess isn't given before, as it may be
     *     known until then
     */
    public Restamping(AgentClock clock, BooleanSupplier reachable) {
        this.clock = clock;
        this.reachable = reachable;
    }

    /** Headers of an entry whose times are to be judged by the moment at which it came. */
    static Map<String, String> toJudge(String start, long cameUpMillis) {
        Map<String, String> headers = new HashMap<>(TO_JUDGE);
        headers.put(START, start);
        headers.put(CAME, String.valueOf(cameUpMillis));
        return Map.copyOf(headers);
    }

    /**
     * What can be sent now of entries in a row: all, or those before the first that still has to wait. Of an entry that will
     * never have a time, or has one that can't be, two are made, at its offset: a dead letter, and a report of the loss.
     */
    public List<Stored> due(List<Stored> entries) {
        List<Stored> due = new ArrayList<>(entries.size());
        for (Stored stored : entries) {
            boolean isHeld = stored.entry().kind() == Entry.Kind.HELD;
            if (!isHeld && !isToJudge(stored.entry())) {
                due.add(stored);
                continue;
            }
            if (!isSettled(stored, isHeld, due)) {
                break;
            }
        }
        return due;
    }

    /** False if it has to wait. */
    private boolean isSettled(Stored stored, boolean isHeld, List<Stored> due) {
        AgentClock.Look look = clock.look();
        String start = stored.entry().headers().getOrDefault(START, "");
        boolean isOfNow = start.equals(look.start());
        Optional<Origins.Origin> origin = clock.origin(start, stored.offset(), !isOfNow || reachable.getAsBoolean());
        if (origin.isPresent()) {
            due.add(isHeld ? stamped(stored, origin.get()) : judged(stored, origin.get()));
            return true;
        }
        if (isOfNow) {
            return false;
        }
        if (isHeld) {
            giveUp(stored, NEVER, Loss.NEVER_STAMPED, look.wallMillis(), due);
            return true;
        }
        if (look.standing() instanceof Standing.Believed believed) {
            judge(stored, look.wallMillis(), believed.synchronised(), due);
            return true;
        }
        return false;
    }

    private static Stored stamped(Stored stored, Origins.Origin origin) {
        Entry entry = stored.entry();
        try {
            Dispatch held = PackCodec.decode(entry.value());
            Optional<Readings> readings = held.readings().map(some -> Shift.by(some, origin.millis() - ORIGIN_MILLIS));
            return timed(stored, held, readings, origin);
        } catch (MalformedPackException | IllegalArgumentException e) {
            return letter(stored, "its time can't be found out: " + e.getMessage(), origin.millis());
        }
    }

    /** By the clock as it was when it came: the device's own time, or if that can't be, the time of its arrival. */
    private static Stored judged(Stored stored, Origins.Origin origin) {
        Entry entry = stored.entry();
        try {
            long cameMillis = origin.millis() + Long.parseLong(entry.headers().getOrDefault(CAME, ""));
            Dispatch pack = PackCodec.decode(entry.value());
            Optional<Readings> moved = pack.readings()
                    .filter(some -> Plausibility.fault(some, cameMillis, origin.synchronised())
                            .isPresent())
                    .map(some -> Shift.by(some, cameMillis - some.latest().toEpochMilli()));
            return moved.isPresent() ? timed(stored, pack, moved, origin) : asItIs(stored);
        } catch (MalformedPackException | IllegalArgumentException e) {
            return letter(stored, "its time can't be judged: " + e.getMessage(), origin.millis());
        }
    }

    private static Stored timed(Stored stored, Dispatch pack, Optional<Readings> readings, Origins.Origin origin) {
        ClockQuality quality = origin.synchronised() ? ClockQuality.RESTAMPED : ClockQuality.UNSYNCHRONISED;
        Dispatch dispatch =
                new Dispatch(pack.device(), pack.origin(), readings, quality, pack.losses(), pack.presence());
        long millis = readings.map(Readings::latest).map(Instant::toEpochMilli).orElse(origin.millis());
        return stored.as(
                new Entry(Entry.Kind.READINGS, stored.entry().key(), millis, Map.of(), PackCodec.encode(dispatch)));
    }

    private static Stored asItIs(Stored stored) {
        Entry entry = stored.entry();
        return stored.as(new Entry(entry.kind(), entry.key(), entry.timestampMillis(), Map.of(), entry.value()));
    }

    private static boolean isToJudge(Entry entry) {
        return entry.kind() == Entry.Kind.READINGS && entry.headers().entrySet().containsAll(TO_JUDGE.entrySet());
    }

    private static void judge(Stored stored, long wallMillis, boolean synchronised, List<Stored> due) {
        Entry entry = stored.entry();
        try {
            Optional<String> fault = PackCodec.decode(entry.value())
                    .readings()
                    .flatMap(readings -> Plausibility.fault(readings, wallMillis, synchronised));
            if (fault.isPresent()) {
                giveUp(stored, fault.get(), Loss.OF_THE_FUTURE, wallMillis, due);
            } else {
                due.add(asItIs(stored));
            }
        } catch (MalformedPackException e) {
            due.add(letter(stored, "its time can't be judged: " + e.getMessage(), wallMillis));
        }
    }

    private static void giveUp(Stored stored, String why, String reason, long wallMillis, List<Stored> due) {
        due.add(letter(stored, why, wallMillis));
        // of what is no pack the letter says all that is known
        PackCodec.read(stored.entry().value()).ifPresent(held -> {
            List<Loss> losses = new ArrayList<>(held.losses());
            losses.add(Loss.of(held, reason));
            Origin origin = Origin.ofReport(held.origin().agent(), held.origin().boot(), stored.offset());
            byte[] report = PackCodec.encode(Dispatch.of(held.device(), origin, losses));
            due.add(stored.as(Entry.report(stored.entry().key(), wallMillis, report)));
        });
    }

    private static Stored letter(Stored stored, String reason, long millis) {
        Entry entry = stored.entry();
        return stored.as(new Entry(
                Entry.Kind.DEAD_LETTER,
                entry.key(),
                Math.max(0, millis),
                DeadLetter.ofAgent(reason, DeadLetter.journal(stored.offset())),
                entry.value()));
    }
}

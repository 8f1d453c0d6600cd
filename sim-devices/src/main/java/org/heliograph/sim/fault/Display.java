package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * What a device shows instead of what is true: its faults, the earlier first, each upon what the ones before it show.
 * Remembers the truth of the moments at which counters jump or stand still. For one thread.
 */
final class Display {
    private final List<Fault> faults;
    private final Map<Instant, Snapshot> truths = new HashMap<>();
    /** Asked for once: else each fault would ask the ones before it all over again. */
    private final Map<Shown, Long> shown = new HashMap<>();

    private @Nullable Snapshot first;

    /** What a register shows at one of the remembered moments, with only the first few of the faults. */
    private record Shown(int count, Point register, Instant moment) {}

    Display(List<Fault> faults) {
        this.faults = faults.stream().sorted(Comparator.comparing(Fault::from)).toList();
    }

    /** The moments whose truth it has to be told. */
    NavigableSet<Instant> moments() {
        NavigableSet<Instant> moments = new TreeSet<>();
        for (Fault fault : faults) {
            switch (fault) {
                case Fault.Reset _, Fault.Swap _, Fault.FrozenDisplay _ -> moments.add(fault.from());
                case Fault.StoppedCounter _ -> {
                    moments.add(fault.from());
                    moments.add(fault.to());
                }
                case Fault.Drop _,
                        Fault.Duplicate _,
                        Fault.Reorder _,
                        Fault.Delay _,
                        Fault.Outage _,
                        Fault.Rollover _,
                        Fault.Spike _,
                        Fault.Glitch _,
                        Fault.Skew _,
                        Fault.Alarm _ -> {}
            }
        }
        return moments;
    }

    void remember(Snapshot truth) {
        truths.put(Instant.ofEpochSecond(truth.epochSecond()), truth);
    }

    Snapshot show(Snapshot truth) {
        if (first == null) {
            first = truth;
        }
        Instant now = Instant.ofEpochSecond(truth.epochSecond());
        Duration ahead = Duration.ZERO;
        String serial = truth.serial();
        for (Fault fault : faults) {
            if (fault instanceof Fault.Skew skew && isDuring(skew, now)) {
                ahead = skew.ahead();
            }
            if (fault instanceof Fault.Swap swap && isSince(swap.from(), now)) {
                serial = swap.serial();
            }
        }
        return truth.as(
                now.plus(ahead).getEpochSecond(),
                serial,
                (point, amount) ->
                        point.isRegister() ? value(faults.size(), point, amount, now) : gauge(point, amount, now));
    }

    private long gauge(Point gauge, long truth, Instant now) {
        long shows = truth;
        for (Fault fault : faults) {
            if (fault instanceof Fault.Alarm alarm && isDuring(alarm, now)) {
                shows = alarm.shown(gauge, shows);
            }
        }
        return shows;
    }

    /** What the register shows at a moment with only the first few of the faults. */
    private long value(int count, Point register, long truth, Instant now) {
        if (count == 0) {
            return truth;
        }
        long before = value(count - 1, register, truth, now);
        return switch (faults.get(count - 1)) {
            case Fault.Reset reset ->
                isSince(reset.from(), now) ? before - value(count - 1, register, reset.from()) : before;
            case Fault.Swap swap ->
                isSince(swap.from(), now)
                        ? before - value(count - 1, register, swap.from()) + swap.startMillijoules()
                        : before;
            case Fault.FrozenDisplay frozen ->
                isDuring(frozen, now) && truths.containsKey(frozen.from())
                        ? value(count - 1, register, frozen.from())
                        : before;
            case Fault.StoppedCounter stopped -> stopped(stopped, count, register, before, now);
            case Fault.Rollover rollover ->
                Math.floorMod(
                        before - start(count, register, truth) - rollover.headroomMillijoules(),
                        rollover.modulusMillijoules());
            case Fault.Spike spike -> now.equals(spike.from()) ? before + spike.excessMillijoules() : before;
            case Fault.Glitch glitch -> isDuring(glitch, now) ? 0 : before;
            case Fault.Drop _,
                    Fault.Duplicate _,
                    Fault.Reorder _,
                    Fault.Delay _,
                    Fault.Outage _,
                    Fault.Skew _,
                    Fault.Alarm _ -> before;
        };
    }

    private long stopped(Fault.StoppedCounter stopped, int count, Point register, long before, Instant now) {
        if (!isSince(stopped.from(), now)) {
            return before;
        }
        long stop = value(count - 1, register, stopped.from());
        return isSince(stopped.to(), now) ? before - (value(count - 1, register, stopped.to()) - stop) : stop;
    }

    /** What the register showed at one of the remembered moments. */
    private long value(int count, Point register, Instant moment) {
        Snapshot truth = truths.get(moment);
        if (truth == null) {
            throw new IllegalStateException("the truth of " + moment + " wasn't told");
        }
        return value(count, register, truth, moment);
    }

    private long value(int count, Point register, Snapshot truth, Instant moment) {
        Shown key = new Shown(count, register, moment);
        Long known = shown.get(key);
        if (known == null) {
            known = value(count, register, truth.millijoules(register), moment);
            shown.put(key, known);
        }
        return known;
    }

    /** What it showed first, with the faults before this one. */
    private long start(int count, Point register, long truth) {
        return first == null ? truth : value(count - 1, register, first, Instant.ofEpochSecond(first.epochSecond()));
    }

    private static boolean isDuring(Fault fault, Instant now) {
        return !now.isBefore(fault.from()) && now.isBefore(fault.to());
    }

    /** Whether a moment whose truth is known has come. */
    private boolean isSince(Instant moment, Instant now) {
        return !now.isBefore(moment) && truths.containsKey(moment);
    }
}

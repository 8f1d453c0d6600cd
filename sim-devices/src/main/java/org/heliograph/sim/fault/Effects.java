package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * What each kind of fault does to figures, by the rules of the domain.
 *
 * @param step the longest time between two readings of a device without faults, a minute at least
 */
record Effects(Counted counted, Duration step) {
    /** How far ahead of a late message the time of those may be that it comes among. */
    private static final Duration MARGIN = Duration.ofHours(1);

    Effect of(Fault fault) {
        return switch (fault) {
            case Fault.Drop drop -> dropped(drop);
            case Fault.Outage outage -> unheard(outage);
            case Fault.Duplicate twice -> exact(twice, "messages come twice: nothing changes");
            case Fault.Reorder mixed -> reordered(mixed);
            case Fault.Delay late -> late(late);
            case Fault.Reset reset -> restarted(reset);
            case Fault.Rollover rollover ->
                exact(
                        rollover,
                        "the register passes its modulus after " + kilowattHours(rollover.headroomMillijoules())
                                + ": nothing changes");
            case Fault.FrozenDisplay frozen -> frozen(frozen);
            case Fault.StoppedCounter stopped ->
                marked(
                        stopped,
                        stopped.from(),
                        true,
                        "the counter stands still and doesn't catch up: integrated from power, flagged stuck");
            case Fault.Swap swap -> swapped(swap);
            case Fault.Spike spike -> tooHigh(spike);
            case Fault.Glitch glitch ->
                total(
                        glitch,
                        glitch.from().minus(step),
                        glitch.to(),
                        true,
                        "the register shows zero and comes back: the dip books nothing, the total is exact");
            case Fault.Skew skew -> skew(skew);
            case Fault.Alarm alarm -> exact(alarm, "an alarm: nothing changes");
        };
    }

    /** The same, as far as the faults that it meets reach. Whether a display that stood still can be told then depends on them. */
    Effect over(Effect effect, Instant from, Instant to, boolean isMarked) {
        Outcome outcome = effect.fault() instanceof Fault.FrozenDisplay
                ? Outcome.MARKED.worst(effect.outcome())
                : effect.outcome();
        return effect(effect.fault(), outcome, from, to, isMarked, effect.mayExceed(), effect.expected());
    }

    private Effect dropped(Fault.Drop drop) {
        return total(
                drop,
                drop.from().minus(step),
                drop.to(),
                false,
                "messages lost: the total is exact, how it is spread between the readings that came is not");
    }

    private Effect unheard(Fault.Outage outage) {
        return total(
                outage,
                outage.from().minus(step),
                outage.to(),
                true,
                "nothing heard: the register's step is spread evenly and marked as interpolated, its total is exact");
    }

    /** Who ends earlier than the last of them arrives doesn't hear all of them. */
    private Effect reordered(Fault.Reorder mixed) {
        Instant end = counted.ledger().end();
        if (mixed.to().plus(mixed.atMost()).isAfter(end)) {
            Instant onItsWay = Moments.latest(mixed.from(), end.minus(mixed.atMost()));
            return total(
                    mixed,
                    onItsWay.minus(step),
                    mixed.to(),
                    false,
                    "messages out of order, and some of those from " + onItsWay
                            + " on come after the end: the total up to the last one is exact");
        }
        if (isTooLate(mixed.atMost())) {
            return refused(mixed, "messages out of order");
        }
        return exact(mixed, "messages out of order: nothing changes");
    }

    private Effect late(Fault.Delay late) {
        if (late.due().isAfter(counted.ledger().end())) {
            return effect(
                    late,
                    Outcome.UNKNOWABLE,
                    late.from().minus(step),
                    late.to(),
                    false,
                    true,
                    "messages come at " + late.due() + ", which isn't yet");
        }
        if (isTooLate(Duration.between(late.from(), late.due()))) {
            return refused(late, "messages come at " + late.due());
        }
        return exact(late, "messages come at " + late.due() + ": the windows are restated, exactly");
    }

    /** Whether whoever makes figures may refuse a reading that comes so long after it was read. */
    private boolean isTooLate(Duration travel) {
        return travel.compareTo(counted.layout().model().late().minus(MARGIN)) > 0;
    }

    private Effect refused(Fault fault, String what) {
        return total(
                fault,
                fault.from().minus(step),
                fault.to(),
                false,
                what + ", some of them later than the site takes readings ("
                        + counted.layout().model().late() + "): the total is exact, how it is spread is not");
    }

    private Effect restarted(Fault.Reset reset) {
        return marked(
                reset,
                wholeStep(reset.from()),
                false,
                "the register restarts at zero: what it counted since the reading before is lost, a lower bound flagged"
                        + " reset");
    }

    /** Its catching up shows only where it is more than the device can have counted since the last reading. */
    private Effect frozen(Fault.FrozenDisplay frozen) {
        String device = frozen.device();
        boolean shows = Counted.registers(counted.device(device).role())
                .anyMatch(register -> counted.energyMillijoules(device, register, frozen.from(), frozen.to())
                        > counted.mostMillijoules(device, step));
        return shows
                ? total(
                        frozen,
                        frozen.from(),
                        frozen.to(),
                        true,
                        "the display stands still and catches up: one step over all of it, its total is exact")
                : marked(
                        frozen,
                        frozen.from(),
                        true,
                        "the display stands still and catches up so little that nobody can tell: flagged stuck");
    }

    private Effect swapped(Fault.Swap swap) {
        return marked(
                swap,
                wholeStep(swap.from()),
                true,
                "another unit, " + swap.serial() + " from " + kilowattHours(swap.startMillijoules())
                        + " on: between the last reading of the old and the first of the new its power fills in, or it"
                        + " is a hole");
    }

    private Effect tooHigh(Fault.Spike spike) {
        return total(
                spike,
                spike.from().minus(step),
                spike.from().plus(step),
                true,
                "one reading is " + kilowattHours(spike.excessMillijoules())
                        + " too high: ignored, the total is exact");
    }

    private Effect skew(Fault.Skew skew) {
        Duration off = skew.ahead().abs();
        return effect(
                skew,
                Outcome.UNKNOWABLE,
                Moments.floor(skew.from().minus(off).minus(step.multipliedBy(2))),
                Moments.ceiling(skew.to().plus(off).plus(step.multipliedBy(2))),
                false,
                true,
                "the clock is " + off.toSeconds() + " s " + (skew.ahead().isNegative() ? "behind" : "ahead")
                        + ": this device's energy moves with it, that of no other");
    }

    private Effect exact(Fault fault, String expected) {
        return effect(fault, Outcome.EXACT, fault.from(), fault.to(), false, false, expected);
    }

    private Effect total(Fault fault, Instant from, Instant to, boolean isMarked, String expected) {
        return effect(fault, Outcome.TOTAL, from, to, isMarked, true, expected);
    }

    private Effect marked(Fault fault, Instant from, boolean mayExceed, String expected) {
        Instant to = fault.to().isAfter(fault.from()) ? fault.to() : from.plus(step);
        return effect(fault, Outcome.MARKED, from, to, true, mayExceed, expected);
    }

    private Effect effect(
            Fault fault,
            Outcome outcome,
            Instant from,
            Instant to,
            boolean isMarked,
            boolean mayExceed,
            String expected) {
        Device device = counted.device(fault.device());
        Instant start = Moments.latest(from, counted.ledger().start());
        long truth = device.role() == Role.GRID
                ? counted.energyMillijoules(device.id(), Point.ENERGY_IMPORT, start, to)
                        - counted.energyMillijoules(device.id(), Point.ENERGY_EXPORT, start, to)
                : counted.energyMillijoules(device.id(), Point.ENERGY, start, to);
        return new Effect(fault, device.role(), outcome, start, to, isMarked, mayExceed, expected, truth);
    }

    /** The reading before a moment, in a replay that goes in such steps. */
    private Instant wholeStep(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond() - 1, step.toSeconds()) * step.toSeconds());
    }

    private static String kilowattHours(long millijoules) {
        return String.format(Locale.ROOT, "%.3f kWh", new Millijoules(millijoules).kilowattHours());
    }
}

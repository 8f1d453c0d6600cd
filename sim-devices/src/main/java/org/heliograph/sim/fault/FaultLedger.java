package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * The faults of a plan beside the truth: what each of them does to figures, by the rules of the domain, as far as the
 * ledger has come. It says of every minute of a device, and of sums over devices, how near to the truth they have to be.
 */
public final class FaultLedger {
    private static final double RATING_MARGIN = 1.1;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Layout layout;
    private final Ledger ledger;
    private final Duration step;
    private final List<Effect> effects;

    /** @param cadence the longest time between two readings of a device without faults */
    public FaultLedger(FaultPlan plan, Layout layout, Ledger ledger, Duration cadence) {
        this.layout = layout;
        this.ledger = ledger;
        step = cadence.compareTo(MINUTE) < 0 ? MINUTE : cadence;
        effects = plan.faults().stream()
                .filter(fault -> fault.from().isBefore(ledger.end()) && touchesFigures(fault))
                .map(this::effect)
                .sorted(Comparator.comparing(Effect::from)
                        .thenComparing(it -> it.fault().device()))
                .toList();
    }

    private boolean touchesFigures(Fault fault) {
        return fault.kind() != FaultKind.ALARM && device(fault.device()).role().countsEnergy();
    }

    /** What the faults that have begun do, the earlier first. */
    public List<Effect> effects() {
        return effects;
    }

    public List<Effect> effects(Instant from, Instant to) {
        return effects.stream().filter(effect -> effect.overlaps(from, to)).toList();
    }

    /** What may be expected of the figure of one device and minute. */
    public Outcome outcome(String device, Instant minute) {
        return effects(minute, minute.plus(MINUTE)).stream()
                .filter(effect -> effect.fault().device().equals(device))
                .map(Effect::outcome)
                .reduce(Outcome.EXACT, Outcome::worst);
    }

    /** What may be expected of the figure of one device in a window. */
    public Outcome outcome(String device, Instant from, Instant to) {
        return outcome(from, to, effect -> effect.fault().device().equals(device));
    }

    /** What may be expected of the site's figures in a window, all taken together. */
    public Outcome outcome(Instant from, Instant to) {
        return outcome(from, to, _ -> true);
    }

    private Outcome outcome(Instant from, Instant to, Predicate<Effect> whose) {
        return effects(from, to).stream()
                .filter(whose)
                .filter(effect -> !isWhole(effect, from, to))
                .map(Effect::outcome)
                .reduce(Outcome.EXACT, Outcome::worst);
    }

    /** Whether a fault touches nothing that its device counts in a window, the utility meter's export too. */
    private boolean isWhole(Effect effect, Instant from, Instant to) {
        return registers(effect.role())
                .allMatch(register -> allowance(effect, register, from, to).isNone());
    }

    /** By how much the energy of all devices of a role in a window may differ from the truth. */
    public Allowance allowance(Role role, Point register, Instant from, Instant to) {
        return effects(from, to).stream()
                .filter(effect -> effect.role() == role)
                .map(effect -> allowance(effect, register, from, to))
                .reduce(Allowance.NONE, Allowance::plus);
    }

    /** By how much the energy of one device in a window may differ from the truth on account of one fault. */
    public Allowance allowance(Effect effect, Instant from, Instant to) {
        return allowance(effect, registers(effect.role()).findFirst().orElseThrow(), from, to);
    }

    /** What is counted where energy goes one way, and both where it goes both. */
    private static Stream<Point> registers(Role role) {
        return role == Role.GRID ? Stream.of(Point.ENERGY_IMPORT, Point.ENERGY_EXPORT) : Stream.of(Point.ENERGY);
    }

    private Allowance allowance(Effect effect, Point register, Instant from, Instant to) {
        String device = effect.fault().device();
        Instant start = latest(effect.from(), from);
        Instant end = earliest(effect.to(), to);
        return switch (effect.outcome()) {
            case EXACT -> Allowance.NONE;
            case TOTAL -> {
                long whole = energy(device, register, effect.from(), effect.to());
                boolean isWhole = effect.isWithin(from, to) && !effect.to().isAfter(ledger.end());
                yield isWhole ? Allowance.NONE : new Allowance(whole, whole);
            }
            case MARKED ->
                new Allowance(
                        energy(device, register, start, end),
                        effect.mayExceed() ? most(device, Duration.between(start, end)) : 0);
            case UNKNOWABLE -> {
                long most = most(device, Duration.between(effect.from(), effect.to()));
                yield new Allowance(most, most);
            }
        };
    }

    private Effect effect(Fault fault) {
        return switch (fault) {
            case Fault.Drop drop ->
                total(
                        drop,
                        drop.from().minus(step),
                        drop.to(),
                        false,
                        "messages lost: the total is exact, how it is"
                                + " spread between the readings that came is not");
            case Fault.Outage outage ->
                total(
                        outage,
                        outage.from().minus(step),
                        outage.to(),
                        true,
                        "nothing heard: the register's step is spread"
                                + " evenly and marked as interpolated, its total is exact");
            case Fault.Duplicate twice -> exact(twice, twice.to(), "messages come twice: nothing changes");
            case Fault.Reorder mixed -> reordered(mixed);
            case Fault.Delay late -> late(late);
            case Fault.Reset reset ->
                marked(
                        reset,
                        wholeStep(reset.from()),
                        false,
                        "the register restarts at zero: what it counted since the"
                                + " reading before is lost, a lower bound flagged reset");
            case Fault.Rollover rollover ->
                exact(
                        rollover,
                        rollover.to(),
                        "the register passes its modulus after " + kilowattHours(rollover.headroomMillijoules())
                                + ": nothing changes");
            case Fault.FrozenDisplay frozen -> frozen(frozen);
            case Fault.StoppedCounter stopped ->
                marked(
                        stopped,
                        stopped.from(),
                        true,
                        "the counter stands still and doesn't catch up: integrated from power, flagged stuck");
            case Fault.Swap swap ->
                marked(
                        swap,
                        wholeStep(swap.from()),
                        true,
                        "another unit, " + swap.serial() + " from "
                                + kilowattHours(swap.startMillijoules())
                                + " on: between the last reading of the old and the first of the new its power fills in, or it"
                                + " is a hole");
            case Fault.Spike spike ->
                total(
                        spike,
                        spike.from().minus(step),
                        spike.from().plus(step),
                        true,
                        "one reading is " + kilowattHours(spike.excessMillijoules())
                                + " too high: ignored, the total is exact");
            case Fault.Glitch glitch ->
                total(
                        glitch,
                        glitch.from().minus(step),
                        glitch.to(),
                        true,
                        "the register shows zero and comes back: the dip books nothing, the total is exact");
            case Fault.Skew skew -> skew(skew);
            case Fault.Alarm alarm -> exact(alarm, alarm.to(), "an alarm: nothing changes");
        };
    }

    /** Who ends earlier than the last of them arrives doesn't hear all of them. */
    private Effect reordered(Fault.Reorder mixed) {
        if (mixed.to().plus(mixed.atMost()).isAfter(ledger.end())) {
            Instant onItsWay = latest(mixed.from(), ledger.end().minus(mixed.atMost()));
            return total(
                    mixed,
                    onItsWay.minus(step),
                    mixed.to(),
                    false,
                    "messages out of order, and some of those from " + onItsWay
                            + " on come after the end: the total up to the last one is exact");
        }
        return exact(mixed, mixed.to(), "messages out of order: nothing changes");
    }

    private Effect late(Fault.Delay late) {
        if (late.due().isAfter(ledger.end())) {
            return effect(
                    late,
                    Outcome.UNKNOWABLE,
                    late.from().minus(step),
                    late.to(),
                    false,
                    true,
                    "messages come at " + late.due() + ", which isn't yet");
        }
        return exact(late, late.to(), "messages come at " + late.due() + ": the windows are restated, exactly");
    }

    /** Its catching up shows only where it is more than the device can have counted since the last reading. */
    private Effect frozen(Fault.FrozenDisplay frozen) {
        boolean shows = registers(device(frozen.device()).role())
                .anyMatch(register ->
                        energy(frozen.device(), register, frozen.from(), frozen.to()) > most(frozen.device(), step));
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

    private Effect skew(Fault.Skew skew) {
        Duration off = skew.ahead().abs();
        return effect(
                skew,
                Outcome.UNKNOWABLE,
                floor(skew.from().minus(off).minus(step.multipliedBy(2))),
                ceiling(skew.to().plus(off).plus(step.multipliedBy(2))),
                false,
                true,
                "the clock is " + off.toSeconds() + " s " + (skew.ahead().isNegative() ? "behind" : "ahead")
                        + ": this device's energy moves with it, that of no other");
    }

    private Effect exact(Fault fault, Instant to, String expected) {
        return effect(fault, Outcome.EXACT, fault.from(), to, false, false, expected);
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
        Device device = device(fault.device());
        Instant start = latest(from, ledger.start());
        long truth = device.role() == Role.GRID
                ? energy(device.id(), Point.ENERGY_IMPORT, start, to)
                        - energy(device.id(), Point.ENERGY_EXPORT, start, to)
                : energy(device.id(), Point.ENERGY, start, to);
        return new Effect(fault, device.role(), outcome, start, to, isMarked, mayExceed, expected, truth);
    }

    /** What the ledger has of that time. */
    private long energy(String device, Point register, Instant from, Instant to) {
        Instant start = latest(floor(from), ledger.start());
        Instant end = earliest(ceiling(to), ledger.end());
        return start.isBefore(end) ? ledger.energyMillijoules(device, register, start, end) : 0;
    }

    /** What a device can count at most in that time. */
    private long most(String device, Duration time) {
        return (long) (RATING_MARGIN * layout.ratingWatts(device(device)) * time.toMillis());
    }

    private Device device(String id) {
        return layout.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device " + id));
    }

    /** The reading before a moment, in a replay that goes in such steps. */
    private Instant wholeStep(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond() - 1, step.toSeconds()) * step.toSeconds());
    }

    private static Instant floor(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 60L) * 60);
    }

    private static Instant ceiling(Instant moment) {
        return Instant.ofEpochSecond(Math.ceilDiv(moment.getEpochSecond(), 60L) * 60);
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earliest(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static String kilowattHours(long millijoules) {
        return String.format(Locale.ROOT, "%.3f kWh", new Millijoules(millijoules).kilowattHours());
    }
}

package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;

/**
 * The faults of a plan beside the truth: what each of them does to figures, by the rules of the domain, as far as the
 * ledger has come. It says of every minute of a device, and of sums over devices, how near to the truth they have to be.
 */
public final class FaultLedger {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Counted counted;
    private final List<Effect> effects;

    /** @param cadence the longest time between two readings of a device without faults */
    public FaultLedger(FaultPlan plan, Layout layout, Ledger ledger, Duration cadence) {
        counted = new Counted(layout, ledger);
        Effects each = new Effects(counted, cadence.compareTo(MINUTE) < 0 ? MINUTE : cadence);
        effects = plan.faults().stream()
                .filter(fault -> fault.from().isBefore(ledger.end()) && touchesFigures(fault))
                .map(each::of)
                .collect(Collectors.groupingBy(it -> it.fault().device(), TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .flatMap(ofDevice -> Meeting.widened(ofDevice, each).stream())
                .sorted(Comparator.comparing(Effect::from)
                        .thenComparing(it -> it.fault().device()))
                .toList();
    }

    private boolean touchesFigures(Fault fault) {
        return fault.kind() != FaultKind.ALARM
                && counted.device(fault.device()).role().countsEnergy();
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
        return Counted.registers(effect.role())
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
        return allowance(effect, Counted.registers(effect.role()).findFirst().orElseThrow(), from, to);
    }

    private Allowance allowance(Effect effect, Point register, Instant from, Instant to) {
        String device = effect.fault().device();
        Instant start = Moments.latest(effect.from(), from);
        Instant end = Moments.earliest(effect.to(), to);
        return switch (effect.outcome()) {
            case EXACT -> Allowance.NONE;
            case TOTAL -> {
                long whole = counted.energyMillijoules(device, register, effect.from(), effect.to());
                boolean isWhole = effect.isWithin(from, to)
                        && !effect.to().isAfter(counted.ledger().end());
                yield isWhole ? Allowance.NONE : new Allowance(whole, whole);
            }
            case MARKED ->
                new Allowance(
                        counted.energyMillijoules(device, register, start, end),
                        effect.mayExceed() ? counted.mostMillijoules(device, Duration.between(start, end)) : 0);
            case UNKNOWABLE -> {
                long most = counted.mostMillijoules(device, Duration.between(effect.from(), effect.to()));
                yield new Allowance(most, most);
            }
        };
    }
}

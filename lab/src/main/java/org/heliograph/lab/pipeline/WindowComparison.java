package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.fault.Allowance;
import org.heliograph.sim.fault.Effect;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.Outcome;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;

/**
 * One window, figure by figure. A difference is excused by faults of devices in the roles that the figure is made of, as
 * far as those can explain it.
 */
final class WindowComparison {
    static final double MILLIJOULES_PER_KILOWATT_HOUR = 3.6e9;
    static final double MICROGRAMS_PER_KILOGRAM = 1e9;
    private static final double RATIO_TOLERANCE = 1e-12;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /**
     * A sum that a ratio is of.
     *
     * @param field in the store, with the unit
     * @param unit so much of the truth's is one of the field's
     * @param leastKnown of the minutes without a fault
     */
    record Term(String field, double unit, long truth, long leastKnown, Allowance allowance) {
        /** As {@code partial} calls it. */
        String name() {
            return field.substring(0, field.lastIndexOf('_'));
        }
    }

    private final String label;
    private final Instant start;
    private final Instant end;
    private final Row row;
    private final FaultLedger faults;
    private final DeviceCheck devices;
    private final boolean isWhole;
    private final List<Difference> differences = new ArrayList<>();
    private final List<Difference> marked = new ArrayList<>();

    /** @param isWhole whether the truth is that of the whole window */
    WindowComparison(String label, SiteTruth truth, boolean isWhole, Row row, FaultLedger faults, DeviceCheck devices) {
        this.label = label;
        this.start = truth.from();
        this.end = truth.to();
        this.row = row;
        this.faults = faults;
        this.devices = devices;
        this.isWhole = isWhole;
    }

    List<Difference> differences() {
        return List.copyOf(differences);
    }

    List<Difference> marked() {
        return List.copyOf(marked);
    }

    Allowance allowance(Role role, Point register) {
        return faults.allowance(role, register, start, end);
    }

    void energy(String field, long millijoules, Allowance allowance, Role... roles) {
        whole(field, MILLIJOULES_PER_KILOWATT_HOUR, millijoules, " mJ", 0, allowance, roles);
    }

    /** Energy that is spread otherwise over minutes is rounded otherwise in each of them: that is no difference. */
    void mass(String field, long micrograms, Allowance allowance, Role... roles) {
        Set<Role> which = Set.of(roles);
        long rounding = faults.effects(start, end).stream()
                .filter(effect -> which.contains(effect.role()))
                .mapToLong(
                        effect -> Duration.between(effect.from(), effect.to()).toMinutes())
                .sum();
        Allowance rounded = allowance.isNone() ? allowance : allowance.plus(new Allowance(rounding, rounding));
        whole(field, MICROGRAMS_PER_KILOGRAM, micrograms, " ug", rounding, rounded, roles);
    }

    /** @param rounding a difference that is none */
    private void whole(
            String field, double unit, long truth, String symbol, long rounding, Allowance allowance, Role... roles) {
        OptionalDouble number = row.number(field);
        if (number.isEmpty()) {
            book(new Difference(label, start, field, "absent", truth + symbol), false, roles);
            return;
        }
        long stored = Math.round(number.getAsDouble() * unit);
        if (Math.abs(stored - truth) > rounding) {
            boolean isAllowed = !allowance.isNone() && allowance.allows(stored, truth);
            book(new Difference(label, start, field, stored + symbol, truth + symbol), isAllowed, roles);
        }
    }

    /**
     * In how much of the window every device covered the whole minute: that is known of the devices with faults by their
     * own minutes, and the others have to have done so in each. What PUE rests on lacks no minute without a fault.
     */
    void covered() {
        OptionalDouble complete = row.number("complete_coverage");
        double expected = devices.coveredMinutes(start, end)
                / (double) Duration.between(start, end).toMinutes();
        if (!agree(complete, OptionalDouble.of(expected))) {
            book(
                    new Difference(
                            label, start, "complete_coverage", LedgerCheck.text(complete), String.valueOf(expected)),
                    false);
        }
        double least =
                faultlessMinutes() / (double) Duration.between(start, end).toMinutes();
        OptionalDouble coverage = row.number("coverage");
        if (coverage.isEmpty() || coverage.getAsDouble() < least || coverage.getAsDouble() > 1) {
            book(
                    new Difference(
                            label, start, "coverage", LedgerCheck.text(coverage), "at least " + least + ", at most 1"),
                    false);
        }
        if (faults.effects(start, end).isEmpty() && !row.text("partial").isEmpty()) {
            book(new Difference(label, start, "partial", row.text("partial"), "none"), false);
        }
    }

    /** Nothing stands in for a category whose meters all were heard. */
    void category() {
        String category = row.text("pue_category");
        for (Role role : LedgerCheck.NEAREST_FIRST) {
            String best = LedgerCheck.pue(role).toUpperCase(Locale.ROOT);
            if (category.equals(best)) {
                return;
            }
            if (!isTouched(Set.of(role))) {
                book(new Difference(label, start, "pue_category", category, best), false);
                return;
            }
        }
        book(new Difference(label, start, "pue_category", category, "PUE1, PUE2 or PUE3"), false);
    }

    /** Where every meter was heard, each figure is as they counted, and the window closes when it ends. */
    void asCounted() {
        if (isTouched(EnumSet.allOf(Role.class))) {
            return;
        }
        OptionalDouble estimated = row.number("estimated");
        if (!agree(estimated, OptionalDouble.of(0))) {
            book(new Difference(label, start, "estimated", LedgerCheck.text(estimated), "0"), false);
        }
        String state = row.text("state");
        if (isWhole && !Set.of("final", "revised").contains(state)) {
            book(new Difference(label, start, "state", state, "final or revised"), false);
        }
    }

    /** The site has no such devices. */
    void nothing(String field) {
        OptionalDouble stored = row.number(field);
        if (stored.orElse(0) != 0) {
            book(new Difference(label, start, field, LedgerCheck.text(stored), "absent or 0"), false);
        }
    }

    private boolean isTouched(Set<Role> which) {
        return faults.effects(start, end).stream()
                .anyMatch(effect -> which.contains(effect.role()) && effect.outcome() != Outcome.EXACT);
    }

    private long faultlessMinutes() {
        return Stream.iterate(start, minute -> minute.isBefore(end), minute -> minute.plus(MINUTE))
                .filter(minute -> faults.effects(minute, minute.plus(MINUTE)).stream()
                        .allMatch(effect -> effect.outcome() == Outcome.EXACT))
                .count();
    }

    /**
     * A quotient of two sums of the same minutes: of those in which both are known. Where that is the whole window, it is
     * the quotient of the sums beside it, which are held against the truth themselves. Else the minutes without a fault
     * are among them at least, and all at most.
     */
    void ratio(String field, Term above, Term below, Role... roles) {
        OptionalDouble stored = row.number(field);
        if (isWhole && Stream.of(field, above.name(), below.name()).noneMatch(this::isPartial)) {
            OptionalDouble published = published(field, above, below);
            if (!agree(stored, published)) {
                book(difference(field, stored, published), false, roles);
            }
            return;
        }
        OptionalDouble truth = quotient(field, above.truth() / above.unit(), below.truth() / below.unit());
        if (!agree(stored, truth)) {
            boolean isAllowed = !causes(roles).isEmpty() && isWithinBounds(stored, above, below);
            book(difference(field, stored, truth), isAllowed, roles);
        }
    }

    private OptionalDouble published(String field, Term above, Term below) {
        OptionalDouble over = row.number(above.field());
        OptionalDouble under = row.number(below.field());
        return over.isPresent() && under.isPresent()
                ? quotient(field, over.getAsDouble(), under.getAsDouble())
                : OptionalDouble.empty();
    }

    /** One is the other's reciprocal. */
    void reciprocal(String field, String of, Role... roles) {
        OptionalDouble other = row.number(of);
        OptionalDouble expected = other.isPresent() ? OptionalDouble.of(1 / other.getAsDouble()) : other;
        if (!agree(row.number(field), expected)) {
            book(difference(field, row.number(field), expected), false, roles);
        }
    }

    /** Two of the same value. */
    void same(String field, String as, Role... roles) {
        if (!agree(row.number(field), row.number(as))) {
            book(difference(field, row.number(field), row.number(as)), false, roles);
        }
    }

    /** A PUE below 1 is a fault of the meters and no figure; of its own energy a site can't use more than it used. */
    private static OptionalDouble quotient(String field, double above, double below) {
        if (below == 0) {
            return OptionalDouble.empty();
        }
        double quotient = above / below;
        if (field.startsWith("pue") && quotient < 1) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(field.equals("self_sufficiency") ? Math.min(1, quotient) : quotient);
    }

    private static boolean isWithinBounds(OptionalDouble stored, Term above, Term below) {
        if (stored.isEmpty()) {
            return below.leastKnown() == 0; // else some minute is known, and with it the ratio
        }
        double unit = below.unit() / above.unit();
        double least = above.leastKnown() / (double) most(below) * unit;
        double most = most(above) / (double) below.leastKnown() * unit; // infinite if no minute is surely known
        double value = stored.getAsDouble();
        return value >= least * (1 - RATIO_TOLERANCE) && value <= most * (1 + RATIO_TOLERANCE);
    }

    private static long most(Term term) {
        return term.truth() + term.allowance().aboveMillijoules();
    }

    private boolean isPartial(String named) {
        return Stream.of(row.text("partial").split(", ", -1)).anyMatch(partial -> partial.startsWith(named + " "));
    }

    private Difference difference(String field, OptionalDouble stored, OptionalDouble expected) {
        return new Difference(label, start, field, LedgerCheck.text(stored), LedgerCheck.text(expected));
    }

    private static boolean agree(OptionalDouble stored, OptionalDouble expected) {
        return stored.isPresent() == expected.isPresent()
                && (expected.isEmpty()
                        || Math.abs(stored.getAsDouble() - expected.getAsDouble())
                                <= RATIO_TOLERANCE * Math.abs(expected.getAsDouble()));
    }

    private void book(Difference difference, boolean isAllowed, Role... roles) {
        boolean isSaid = devices.hasMarks(Set.of(roles), start, end)
                || causes(roles).stream().anyMatch(effect -> !effect.isMarked());
        (isAllowed && isSaid ? marked : differences).add(difference);
    }

    /** The faults that the window's figures may suffer from. */
    private List<Effect> causes(Role... roles) {
        Set<Role> which = Set.of(roles);
        return faults.effects(start, end).stream()
                .filter(effect -> which.contains(effect.role())
                        && !faults.allowance(effect, start, end).isNone())
                .toList();
    }
}

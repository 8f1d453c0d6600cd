package org.heliograph.lab.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.fault.Allowance;
import org.heliograph.sim.fault.Effect;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;

/** One window, figure by figure. A difference is excused by faults of devices in the roles that the figure is made of. */
final class WindowComparison {
    private static final double MILLIJOULES_PER_KILOWATT_HOUR = 3.6e9;
    private static final double MICROGRAMS_PER_KILOGRAM = 1e9;
    private static final double RATIO_TOLERANCE = 1e-12;

    private final String label;
    private final Instant start;
    private final Instant end;
    private final Row row;
    private final FaultLedger faults;
    private final boolean saysSo;
    private final List<Difference> differences = new ArrayList<>();
    private final List<Difference> marked = new ArrayList<>();

    WindowComparison(String label, SiteTruth truth, Row row, FaultLedger faults, DeviceCheck devices) {
        this.label = label;
        this.start = truth.from();
        this.end = truth.to();
        this.row = row;
        this.faults = faults;
        saysSo = row.number("estimated").orElse(0) > 0
                || row.number("coverage").orElse(1) < 1
                || devices.hasMarks(start, end);
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
        whole(field, MILLIJOULES_PER_KILOWATT_HOUR, millijoules, " mJ", allowance, roles);
    }

    void mass(String field, long micrograms, Allowance allowance, Role... roles) {
        whole(field, MICROGRAMS_PER_KILOGRAM, micrograms, " ug", allowance, roles);
    }

    private void whole(String field, double unit, long truth, String symbol, Allowance allowance, Role... roles) {
        OptionalDouble number = row.number(field);
        if (number.isEmpty()) {
            book(new Difference(label, start, field, "absent", truth + symbol), false, roles);
            return;
        }
        long stored = Math.round(number.getAsDouble() * unit);
        if (stored != truth) {
            boolean isAllowed = !allowance.isNone() && allowance.allows(stored, truth);
            book(new Difference(label, start, field, stored + symbol, truth + symbol), isAllowed, roles);
        }
    }

    /**
     * The unrounded mass: each minute is rounded by at most half a microgram. Only where no fault touches the roles; what a
     * fault allows is known in whole micrograms.
     */
    void unrounded(String field, double kilograms, long minutes, Role... roles) {
        OptionalDouble stored = row.number(field);
        double tolerance = minutes / 2.0 / MICROGRAMS_PER_KILOGRAM + RATIO_TOLERANCE * Math.abs(kilograms);
        boolean agree = stored.isPresent() && Math.abs(stored.getAsDouble() - kilograms) <= tolerance;
        if (!agree && causes(roles).isEmpty()) {
            book(
                    new Difference(label, start, field, LedgerCheck.text(stored), String.valueOf(kilograms)),
                    false,
                    roles);
        }
    }

    /** Where no device had a fault, every minute has to be covered. */
    void covered() {
        OptionalDouble stored = row.number("coverage");
        if (faults.effects(start, end).isEmpty() && stored.orElse(0) < 1) {
            book(new Difference(label, start, "coverage", LedgerCheck.text(stored), "1"), false);
        }
    }

    void ratio(String field, OptionalDouble truth, Role... roles) {
        OptionalDouble stored = row.number(field);
        boolean agree = stored.isPresent() == truth.isPresent()
                && (truth.isEmpty()
                        || Math.abs(stored.getAsDouble() - truth.getAsDouble())
                                <= RATIO_TOLERANCE * Math.abs(truth.getAsDouble()));
        if (!agree) {
            book(
                    new Difference(label, start, field, LedgerCheck.text(stored), LedgerCheck.text(truth)),
                    !causes(roles).isEmpty(),
                    roles);
        }
    }

    private void book(Difference difference, boolean isAllowed, Role... roles) {
        boolean isSaid = saysSo || causes(roles).stream().anyMatch(effect -> !effect.isMarked());
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

package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import org.heliograph.lab.pipeline.WindowComparison.Term;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.fault.Allowance;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.Outcome;
import org.heliograph.sim.ledger.CarbonTruth;
import org.heliograph.sim.ledger.GridFactors;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;

/**
 * Compares the windows of the store with the truth ledger. Documented rounding: an energy is stored as a double of
 * kilowatt-hours and has to come back as the very millijoule; a mass as the very microgram, with each minute's rounded;
 * a ratio has to agree to one part in 10^12. All truths are the simulator's own arithmetic.
 *
 * <p>Where devices had faults that the engine can't undo, a figure may differ from the truth by what the ledger of faults
 * allows, and the devices' minutes have to say so: by a flag, or not covered. Every other figure of the same window
 * still has to be exact, and a window that no fault touches is complete, final, not estimated, and of the best category.
 */
public final class LedgerCheck {
    /** Where IT energy is measured, the highest category first. */
    static final List<Role> NEAREST_FIRST = List.of(Role.IT, Role.FLOOR_PDU, Role.UPS);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final FigureStore store;
    private final Ledger ledger;
    private final FaultLedger faults;
    private final String site;
    private final GridFactors factors;
    private final DeviceCheck devices;

    public LedgerCheck(FigureStore store, Ledger ledger, FaultLedger faults, String site, GridFactors factors) {
        this.store = store;
        this.ledger = ledger;
        this.faults = faults;
        this.site = site;
        this.factors = factors;
        devices = new DeviceCheck(store, ledger, faults, site);
    }

    /** One figure of one window that isn't what it should be. */
    public record Difference(String window, Instant start, String figure, String stored, String truth) {
        @Override
        public String toString() {
            return window + " " + start + " " + figure + ": store " + stored + ", ledger " + truth;
        }
    }

    /**
     * A window beside its truth.
     *
     * @param stored empty when the store doesn't have it
     * @param differences that nothing excuses
     * @param marked differences that faults of the devices excuse, in a window that is marked where it can be
     */
    public record Compared(
            SiteTruth truth, Optional<Row> stored, List<Difference> differences, List<Difference> marked) {
        public boolean isEqual() {
            return differences.isEmpty() && marked.isEmpty();
        }

        /** Whether it differs, and is excused. */
        public boolean isMarked() {
            return differences.isEmpty() && !marked.isEmpty();
        }
    }

    /**
     * Compares consecutive windows of one length.
     *
     * @param label {@code 1m 15m 1h}
     * @param from a start of such a window; windows that end after {@code to} are left out
     */
    public List<Compared> windows(String label, Duration length, Instant from, Instant to) {
        List<SiteTruth> truths = new ArrayList<>();
        for (Instant start = from; !start.plus(length).isAfter(to); start = start.plus(length)) {
            truths.add(ledger.truth(start, start.plus(length)));
        }
        return compare(label, truths, from, to);
    }

    /**
     * Compares one window whose truth is that of {@code [from, to)}: a day that is still running, say, or a month that
     * began before the site was heard.
     *
     * @param start of the window
     */
    public Compared window(String label, Instant start, Instant from, Instant to) {
        SiteTruth truth = ledger.truth(from, to);
        Optional<Row> row =
                store.windows(site, label, start, start.plusMillis(1)).stream().findFirst();
        return compare(label, truth, row, false);
    }

    /** The devices, beside their truths. */
    public DeviceCheck devices() {
        return devices;
    }

    private List<Compared> compare(String label, List<SiteTruth> truths, Instant from, Instant to) {
        Map<Instant, Row> rows = new HashMap<>();
        store.windows(site, label, from, to).forEach(row -> rows.put(row.time("time"), row));
        return truths.stream()
                .map(truth -> compare(label, truth, Optional.ofNullable(rows.get(truth.from())), true))
                .toList();
    }

    /** @param isWhole whether the truth is that of the whole window */
    private Compared compare(String label, SiteTruth truth, Optional<Row> stored, boolean isWhole) {
        if (stored.isEmpty()) {
            Difference missing = new Difference(label, truth.from(), "window", "missing", "exists");
            return new Compared(truth, stored, List.of(missing), List.of());
        }
        WindowComparison compared = new WindowComparison(label, truth, isWhole, stored.get(), faults, devices);
        compared.category();
        compared.asCounted();
        energies(compared, truth);
        masses(compared, truth);
        ratios(compared, truth, stored.get().text("pue_category"));
        if (isWhole) {
            compared.covered();
        }
        return new Compared(truth, stored, compared.differences(), compared.marked());
    }

    /** What emitted and was avoided, by the simulator's own arithmetic. */
    public CarbonTruth carbon(SiteTruth truth) {
        return ledger.carbon(truth.from(), truth.to(), factors);
    }

    private void masses(WindowComparison compared, SiteTruth truth) {
        CarbonTruth carbon = carbon(truth);
        Allowance self = self(compared);
        Allowance avoided = micrograms(self, factors::averageMicrograms);
        Allowance pv = compared.allowance(Role.PV, Point.ENERGY);
        compared.mass("co2_avoided_kg", carbon.avoided(), avoided, Role.GRID, Role.PV);
        compared.mass(
                "co2_avoided_lifecycle_kg",
                carbon.lifecycle(truth.pvMillijoules()),
                avoided.plus(micrograms(pv, factors::averageMicrograms)), // which is more than a panel's life
                Role.GRID,
                Role.PV);
        compared.mass(
                "co2_avoided_marginal_kg",
                carbon.avoidedMarginal(),
                micrograms(self, factors::marginalMicrograms),
                Role.GRID,
                Role.PV);
        Allowance exported = compared.allowance(Role.GRID, Point.ENERGY_EXPORT);
        compared.mass("co2_export_kg", carbon.exported(), micrograms(exported, factors::averageMicrograms), Role.GRID);
        Allowance imported = compared.allowance(Role.GRID, Point.ENERGY_IMPORT);
        compared.mass(
                "co2_location_kg", carbon.imported(), micrograms(imported, factors::averageMicrograms), Role.GRID);
    }

    private static Allowance self(WindowComparison compared) {
        return compared.allowance(Role.PV, Point.ENERGY)
                .plus(compared.allowance(Role.GRID, Point.ENERGY_EXPORT).negated());
    }

    private void ratios(WindowComparison compared, SiteTruth truth, String category) {
        Known known = new Known(compared, truth);
        Role best = switch (category) {
            case "PUE1" -> Role.UPS;
            case "PUE2" -> Role.FLOOR_PDU;
            default -> Role.IT; // where nobody heard the rack PDUs, and pue3 says so, another category stands in
        };
        Allowance self = self(compared);
        Allowance input = compared.allowance(Role.GRID, Point.ENERGY_IMPORT).plus(self);
        for (Role it : NEAREST_FIRST) {
            Role[] roles = {Role.GRID, Role.PV, it};
            Term dc = known.energy("energy_dc_kwh", SiteTruth::dcMillijoules, input, roles);
            Term energy = known.energy(energyField(it), it(it), compared.allowance(it, Point.ENERGY), roles);
            compared.ratio(pue(it), dc, energy, roles);
        }
        compared.energy("energy_it_kwh", it(best).applyAsLong(truth), compared.allowance(best, Point.ENERGY), best);
        compared.same("energy_it_kwh", energyField(best), best);
        compared.same("pue", pue(best), Role.GRID, Role.PV, best);
        compared.reciprocal("dcie", "pue", Role.GRID, Role.PV, best);
        Role[] solar = {Role.GRID, Role.PV};
        Term used = known.energy("energy_self_kwh", SiteTruth::selfMillijoules, self, solar);
        Term dc = known.energy("energy_dc_kwh", SiteTruth::dcMillijoules, input, solar);
        Allowance produced = compared.allowance(Role.PV, Point.ENERGY);
        Term pv = known.energy("energy_pv_kwh", SiteTruth::pvMillijoules, produced, solar);
        compared.ratio("self_consumption", used, pv, solar);
        compared.ratio("self_sufficiency", used, dc, solar);
        compared.same("ref", "self_sufficiency", solar); // all that is renewable here is the site's own
        Allowance measured = compared.allowance(best, Point.ENERGY);
        Term it = known.energy(energyField(best), it(best), measured, Role.GRID, best);
        compared.ratio("cue", known.imported(best), it, Role.GRID, best);
    }

    static String pue(Role it) {
        return switch (it) {
            case UPS -> "pue1";
            case FLOOR_PDU -> "pue2";
            default -> "pue3";
        };
    }

    private static String energyField(Role it) {
        return "energy_it" + pue(it).substring("pue".length()) + "_kwh";
    }

    private static ToLongFunction<SiteTruth> it(Role it) {
        return switch (it) {
            case UPS -> SiteTruth::it1Millijoules;
            case FLOOR_PDU -> SiteTruth::it2Millijoules;
            default -> SiteTruth::it3Millijoules;
        };
    }

    /** What is known of a window's sums whatever the faults: the minutes without any of the roles that a ratio is made of. */
    private final class Known {
        private final WindowComparison compared;
        private final SiteTruth truth;

        Known(WindowComparison compared, SiteTruth truth) {
            this.compared = compared;
            this.truth = truth;
        }

        Term energy(String field, ToLongFunction<SiteTruth> energy, Allowance allowance, Role... roles) {
            long faulty = faultyMinutes(roles).stream()
                    .mapToLong(minute -> energy.applyAsLong(ledger.truth(minute, minute.plus(MINUTE))))
                    .sum();
            long all = energy.applyAsLong(truth);
            return new Term(field, WindowComparison.MILLIJOULES_PER_KILOWATT_HOUR, all, all - faulty, allowance);
        }

        Term imported(Role it) {
            long faulty = faultyMinutes(Role.GRID, it).stream()
                    .mapToLong(minute ->
                            ledger.carbon(minute, minute.plus(MINUTE), factors).imported())
                    .sum();
            long all = carbon(truth).imported();
            Allowance allowance =
                    micrograms(compared.allowance(Role.GRID, Point.ENERGY_IMPORT), factors::averageMicrograms);
            return new Term("co2_location_kg", WindowComparison.MICROGRAMS_PER_KILOGRAM, all, all - faulty, allowance);
        }

        private Set<Instant> faultyMinutes(Role... roles) {
            Set<Role> which = Set.of(roles);
            Set<Instant> minutes = new TreeSet<>();
            faults.effects(truth.from(), truth.to()).stream()
                    .filter(effect -> effect.outcome() != Outcome.EXACT && which.contains(effect.role()))
                    .forEach(effect -> {
                        Instant first = effect.from().isAfter(truth.from()) ? effect.from() : truth.from();
                        Instant end = effect.to().isBefore(truth.to()) ? effect.to() : truth.to();
                        for (Instant minute = first; minute.isBefore(end); minute = minute.plus(MINUTE)) {
                            minutes.add(minute);
                        }
                    });
            return minutes;
        }
    }

    private static void energies(WindowComparison compared, SiteTruth truth) {
        Allowance imported = compared.allowance(Role.GRID, Point.ENERGY_IMPORT);
        Allowance exported = compared.allowance(Role.GRID, Point.ENERGY_EXPORT);
        Allowance pv = compared.allowance(Role.PV, Point.ENERGY);
        Allowance self = pv.plus(exported.negated());
        Allowance it = compared.allowance(Role.IT, Point.ENERGY);
        compared.energy("energy_import_kwh", truth.importMillijoules(), imported, Role.GRID);
        compared.energy("energy_export_kwh", truth.exportMillijoules(), exported, Role.GRID);
        compared.energy("energy_pv_kwh", truth.pvMillijoules(), pv, Role.PV);
        compared.energy("energy_self_kwh", truth.selfMillijoules(), self, Role.GRID, Role.PV);
        compared.energy("energy_dc_kwh", truth.dcMillijoules(), imported.plus(self), Role.GRID, Role.PV);
        compared.energy("energy_it1_kwh", truth.it1Millijoules(), compared.allowance(Role.UPS, Point.ENERGY), Role.UPS);
        compared.energy(
                "energy_it2_kwh",
                truth.it2Millijoules(),
                compared.allowance(Role.FLOOR_PDU, Point.ENERGY),
                Role.FLOOR_PDU);
        compared.energy("energy_it3_kwh", truth.it3Millijoules(), it, Role.IT);
        compared.energy(
                "energy_cooling_kwh",
                truth.coolingMillijoules(),
                compared.allowance(Role.COOLING, Point.ENERGY),
                Role.COOLING);
        compared.energy(
                "energy_auxiliary_kwh",
                truth.auxiliaryMillijoules(),
                compared.allowance(Role.AUXILIARY, Point.ENERGY),
                Role.AUXILIARY);
        List.of("energy_charge_kwh", "energy_discharge_kwh", "energy_generator_kwh")
                .forEach(compared::nothing);
    }

    private static Allowance micrograms(Allowance energy, LongUnaryOperator factor) {
        return new Allowance(
                factor.applyAsLong(energy.belowMillijoules()), factor.applyAsLong(energy.aboveMillijoules()));
    }

    static String text(OptionalDouble value) {
        return value.isPresent() ? String.valueOf(value.getAsDouble()) : "absent";
    }
}

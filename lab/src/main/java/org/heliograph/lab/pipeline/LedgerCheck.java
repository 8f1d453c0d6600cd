package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.fault.Allowance;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;

/**
 * Compares the windows of the store with the truth ledger. Documented rounding: an energy is stored as a double of
 * kilowatt-hours and has to come back as the very millijoule; a mass as the very microgram, with each minute's rounded;
 * a ratio has to agree to one part in 10^12.
 *
 * <p>Where devices had faults that the engine can't undo, a figure may differ from the truth by what the ledger of faults
 * allows, and the window has to say so: estimated, not covered, or a flag at the device. Every other figure of the same
 * window still has to be exact.
 */
public final class LedgerCheck {
    private static final double MILLIJOULES_PER_KILOWATT_HOUR = 3.6e9;
    private static final double MICROGRAMS_PER_GRAM = 1e6;
    private static final double GRAMS_PER_KILOGRAM = 1e3;

    private final FigureStore store;
    private final Ledger ledger;
    private final FaultLedger faults;
    private final String site;
    private final EmissionFactor average;
    private final DeviceCheck devices;

    public LedgerCheck(FigureStore store, Ledger ledger, FaultLedger faults, String site, EmissionFactor average) {
        this.store = store;
        this.ledger = ledger;
        this.faults = faults;
        this.site = site;
        this.average = average;
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

    /** The devices that had faults, beside their truths. */
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
        WindowComparison compared = new WindowComparison(label, truth, stored.get(), faults, devices);
        energies(compared, truth);
        best(compared, truth, stored.get().text("pue_category"));
        compared.ratio("pue1", truth.pue1(), Role.GRID, Role.PV, Role.UPS);
        compared.ratio("pue2", truth.pue2(), Role.GRID, Role.PV, Role.FLOOR_PDU);
        compared.ratio("pue3", truth.pue3(), Role.GRID, Role.PV, Role.IT);
        compared.ratio("self_consumption", truth.selfConsumption(), Role.GRID, Role.PV);
        compared.ratio("self_sufficiency", truth.selfSufficiency(), Role.GRID, Role.PV);
        compared.ratio("ref", truth.selfSufficiency(), Role.GRID, Role.PV); // without a battery never above 1
        Allowance self = compared.allowance(Role.PV, Point.ENERGY)
                .plus(compared.allowance(Role.GRID, Point.ENERGY_EXPORT).negated());
        compared.mass("co2_avoided_kg", co2AvoidedMicrograms(truth), micrograms(self, truth), Role.GRID, Role.PV);
        unroundedMasses(compared, truth);
        if (isWhole) {
            compared.covered();
        }
        return new Compared(truth, stored, compared.differences(), compared.marked());
    }

    /** By the simulator's own arithmetic, beside that of the engine: a fault of what both round by is no agreement. */
    private void unroundedMasses(WindowComparison compared, SiteTruth truth) {
        double gramsPerKilowattHour = average.microgramsPerKilowattHour() / MICROGRAMS_PER_GRAM;
        long minutes = Duration.between(truth.from(), truth.to()).toMinutes();
        double avoided = ledger.co2AvoidedKilograms(truth.from(), truth.to(), _ -> gramsPerKilowattHour);
        compared.unrounded("co2_avoided_kg", avoided, minutes, Role.GRID, Role.PV);
        double imported = truth.importMillijoules() / MILLIJOULES_PER_KILOWATT_HOUR;
        compared.unrounded("co2_location_kg", imported * gramsPerKilowattHour / GRAMS_PER_KILOGRAM, minutes, Role.GRID);
    }

    /** Where nobody heard the rack PDUs, and {@code pue3} says so, another category stands in for them. */
    private static void best(WindowComparison compared, SiteTruth truth, String category) {
        Role it = switch (category) {
            case "PUE1" -> Role.UPS;
            case "PUE2" -> Role.FLOOR_PDU;
            default -> Role.IT;
        };
        long millijoules = switch (it) {
            case UPS -> truth.it1Millijoules();
            case FLOOR_PDU -> truth.it2Millijoules();
            default -> truth.it3Millijoules();
        };
        compared.energy("energy_it_kwh", millijoules, compared.allowance(it, Point.ENERGY), it);
        OptionalDouble pue = switch (it) {
            case UPS -> truth.pue1();
            case FLOOR_PDU -> truth.pue2();
            default -> truth.pue3();
        };
        compared.ratio("pue", pue, Role.GRID, Role.PV, it);
        OptionalDouble dcie = pue.isPresent() ? OptionalDouble.of(1 / pue.getAsDouble()) : pue;
        compared.ratio("dcie", dcie, Role.GRID, Role.PV, it);
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
    }

    /** The sum over minutes of {@code E_self x EF}, each rounded to the microgram. */
    public long co2AvoidedMicrograms(SiteTruth truth) {
        return ledger.minutes(truth.from(), truth.to()).stream()
                .mapToLong(minute -> average.micrograms(minute.selfMillijoules()))
                .sum();
    }

    /** Energy that is spread otherwise over minutes is rounded otherwise in each of them. */
    private Allowance micrograms(Allowance self, SiteTruth truth) {
        long rounding = faults.effects(truth.from(), truth.to()).stream()
                .filter(effect -> effect.role() == Role.GRID || effect.role() == Role.PV)
                .mapToLong(
                        effect -> Duration.between(effect.from(), effect.to()).toMinutes())
                .sum();
        return new Allowance(
                average.micrograms(self.belowMillijoules()) + rounding,
                average.micrograms(self.aboveMillijoules()) + rounding);
    }

    static String text(OptionalDouble value) {
        return value.isPresent() ? String.valueOf(value.getAsDouble()) : "absent";
    }
}

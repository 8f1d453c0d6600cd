package org.heliograph.sim;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.Outcome;
import org.heliograph.sim.ledger.CarbonTruth;
import org.heliograph.sim.ledger.GridFactors;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;

/** What {@code sim ledger} prints of a window: of the site, or of one device. */
sealed interface LedgerSheet {
    /** Of the columns. */
    Stream<String> names();

    /** As many cells; what is absent is empty. */
    Stream<String> cells(Instant from, Instant to);

    /** What may be expected of figures of the same. */
    Outcome outcome(FaultLedger faults, Instant from, Instant to);

    /** The site's figures, named as the store names them. */
    record OfSite(Ledger ledger, GridFactors factors, EnergyUnit unit) implements LedgerSheet {
        private static final List<Column> ENERGIES = List.of(
                new Column("energy_dc", SiteTruth::dcMillijoules),
                new Column("energy_it1", SiteTruth::it1Millijoules),
                new Column("energy_it2", SiteTruth::it2Millijoules),
                new Column("energy_it3", SiteTruth::it3Millijoules),
                new Column("energy_cooling", SiteTruth::coolingMillijoules),
                new Column("energy_auxiliary", SiteTruth::auxiliaryMillijoules),
                new Column("energy_import", SiteTruth::importMillijoules),
                new Column("energy_export", SiteTruth::exportMillijoules),
                new Column("energy_pv", SiteTruth::pvMillijoules),
                new Column("energy_self", SiteTruth::selfMillijoules));
        private static final List<String> OTHERS = List.of(
                "pue1",
                "pue2",
                "pue3",
                "self_consumption",
                "self_sufficiency",
                "cue",
                "co2_avoided_kg",
                "co2_avoided_marginal_kg",
                "co2_avoided_lifecycle_kg",
                "co2_export_kg",
                "co2_location_kg");
        private static final int MICROGRAM_DIGITS = 9;

        private record Column(String name, ToLongFunction<SiteTruth> energy) {}

        @Override
        public Stream<String> names() {
            return Stream.concat(ENERGIES.stream().map(column -> column.name() + unit.suffix()), OTHERS.stream());
        }

        @Override
        public Stream<String> cells(Instant from, Instant to) {
            SiteTruth truth = ledger.truth(from, to);
            CarbonTruth carbon = ledger.carbon(from, to, factors);
            Stream<String> energies =
                    ENERGIES.stream().map(column -> unit.text(column.energy().applyAsLong(truth)));
            Stream<String> ratios = Stream.of(
                            truth.pue1(),
                            truth.pue2(),
                            truth.pue3(),
                            truth.selfConsumption(),
                            truth.selfSufficiency(),
                            carbon.effectiveness(truth.it3Millijoules()))
                    .map(OfSite::ratio);
            Stream<String> masses = Stream.of(
                            carbon.avoided(),
                            carbon.avoidedMarginal(),
                            carbon.lifecycle(truth.pvMillijoules()),
                            carbon.exported(),
                            carbon.imported())
                    .map(OfSite::kilograms);
            return Stream.of(energies, ratios, masses).flatMap(cells -> cells);
        }

        @Override
        public Outcome outcome(FaultLedger faults, Instant from, Instant to) {
            return faults.outcome(from, to);
        }

        private static String ratio(OptionalDouble ratio) {
            return ratio.isPresent() ? String.format(Locale.ROOT, "%.9f", ratio.getAsDouble()) : "";
        }

        private static String kilograms(long micrograms) {
            return BigDecimal.valueOf(micrograms, MICROGRAM_DIGITS).toPlainString();
        }
    }

    /** What the registers of a device count. */
    record OfDevice(Ledger ledger, String device, List<Point> registers, EnergyUnit unit) implements LedgerSheet {
        /** @throws IllegalArgumentException with a sentence, if it has no register */
        static OfDevice of(Ledger ledger, Device device, EnergyUnit unit) {
            List<Point> registers = device.profile().points().keySet().stream()
                    .filter(point -> ledger.hasRegister(device, point))
                    .sorted()
                    .toList();
            if (registers.isEmpty()) {
                throw new IllegalArgumentException("--device: '" + device.id() + "' counts no energy");
            }
            return new OfDevice(ledger, device.id(), registers, unit);
        }

        @Override
        public Stream<String> names() {
            return registers.stream().map(register -> register.label() + unit.suffix());
        }

        @Override
        public Stream<String> cells(Instant from, Instant to) {
            return registers.stream().map(register -> unit.text(ledger.energyMillijoules(device, register, from, to)));
        }

        @Override
        public Outcome outcome(FaultLedger faults, Instant from, Instant to) {
            return faults.outcome(device, from, to);
        }
    }
}

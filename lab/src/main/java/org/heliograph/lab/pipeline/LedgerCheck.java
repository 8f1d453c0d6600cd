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
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.streams.indicator.EmissionFactor;

/**
 * Compares the windows of the store with the truth ledger. Documented rounding: an energy is stored as a double of
 * kilowatt-hours and has to come back as the very millijoule; a mass as the very microgram, with each minute's rounded;
 * a ratio has to agree to one part in 10^12.
 */
public final class LedgerCheck {
    private static final double MILLIJOULES_PER_KILOWATT_HOUR = 3.6e9;
    private static final double MICROGRAMS_PER_KILOGRAM = 1e9;
    private static final double RATIO_TOLERANCE = 1e-12;

    private final FigureStore store;
    private final Ledger ledger;
    private final String site;
    private final EmissionFactor average;

    public LedgerCheck(FigureStore store, Ledger ledger, String site, EmissionFactor average) {
        this.store = store;
        this.ledger = ledger;
        this.site = site;
        this.average = average;
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
     */
    public record Compared(SiteTruth truth, Optional<Row> stored, List<Difference> differences) {}

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
        return new Compared(truth, row, differences(label, truth, row));
    }

    private List<Compared> compare(String label, List<SiteTruth> truths, Instant from, Instant to) {
        Map<Instant, Row> rows = new HashMap<>();
        store.windows(site, label, from, to).forEach(row -> rows.put(row.time("time"), row));
        return truths.stream()
                .map(truth -> {
                    Optional<Row> row = Optional.ofNullable(rows.get(truth.from()));
                    return new Compared(truth, row, differences(label, truth, row));
                })
                .toList();
    }

    private List<Difference> differences(String label, SiteTruth truth, Optional<Row> stored) {
        if (stored.isEmpty()) {
            return List.of(new Difference(label, truth.from(), "window", "missing", "exists"));
        }
        Comparison compared = new Comparison(label, truth.from(), stored.get());
        compared.energy("energy_import_kwh", truth.importMillijoules());
        compared.energy("energy_export_kwh", truth.exportMillijoules());
        compared.energy("energy_pv_kwh", truth.pvMillijoules());
        compared.energy("energy_self_kwh", truth.selfMillijoules());
        compared.energy("energy_dc_kwh", truth.dcMillijoules());
        compared.energy("energy_it_kwh", truth.it3Millijoules());
        compared.energy("energy_it1_kwh", truth.it1Millijoules());
        compared.energy("energy_it2_kwh", truth.it2Millijoules());
        compared.energy("energy_it3_kwh", truth.it3Millijoules());
        compared.energy("energy_cooling_kwh", truth.coolingMillijoules());
        compared.ratio("pue", truth.pue3());
        compared.ratio("pue1", truth.pue1());
        compared.ratio("pue2", truth.pue2());
        compared.ratio("pue3", truth.pue3());
        compared.ratio("self_consumption", truth.selfConsumption());
        compared.ratio("self_sufficiency", truth.selfSufficiency());
        compared.mass("co2_avoided_kg", co2AvoidedMicrograms(truth));
        return compared.differences;
    }

    /** The sum over minutes of {@code E_self x EF}, each rounded to the microgram. */
    public long co2AvoidedMicrograms(SiteTruth truth) {
        return ledger.minutes(truth.from(), truth.to()).stream()
                .mapToLong(minute -> average.micrograms(minute.selfMillijoules()))
                .sum();
    }

    private static final class Comparison {
        private final String label;
        private final Instant start;
        private final Row row;
        private final List<Difference> differences = new ArrayList<>();

        Comparison(String label, Instant start, Row row) {
            this.label = label;
            this.start = start;
            this.row = row;
        }

        void energy(String field, long millijoules) {
            exact(field, MILLIJOULES_PER_KILOWATT_HOUR, millijoules, " mJ");
        }

        void mass(String field, long micrograms) {
            exact(field, MICROGRAMS_PER_KILOGRAM, micrograms, " ug");
        }

        private void exact(String field, double unit, long truth, String symbol) {
            OptionalDouble stored = row.number(field);
            if (stored.isEmpty() || Math.round(stored.getAsDouble() * unit) != truth) {
                String what = stored.isEmpty() ? "absent" : Math.round(stored.getAsDouble() * unit) + symbol;
                differences.add(new Difference(label, start, field, what, truth + symbol));
            }
        }

        void ratio(String field, OptionalDouble truth) {
            OptionalDouble stored = row.number(field);
            boolean agree = stored.isPresent() == truth.isPresent()
                    && (truth.isEmpty()
                            || Math.abs(stored.getAsDouble() - truth.getAsDouble())
                                    <= RATIO_TOLERANCE * Math.abs(truth.getAsDouble()));
            if (!agree) {
                differences.add(new Difference(label, start, field, text(stored), text(truth)));
            }
        }

        private static String text(OptionalDouble value) {
            return value.isPresent() ? String.valueOf(value.getAsDouble()) : "absent";
        }
    }
}

package org.heliograph.lab.demo;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.quantity.Millijoules;

/** The figures of the store beside the ledger's, a line for each window. */
final class ComparisonTable {
    private static final double KILOGRAM = 1e9;

    private final LedgerCheck check;
    private final Terminal terminal;

    ComparisonTable(LedgerCheck check, Terminal terminal) {
        this.check = check;
        this.terminal = terminal;
    }

    void print(List<Compared> hours, Compared day) {
        terminal.line("");
        terminal.line(String.format(
                "%-4s %-20s  %9s %9s  %12s %12s  %10s %10s  %9s %9s  %6s %s",
                "",
                "window (UTC)",
                "PUE3",
                "ledger",
                "E_DC kWh",
                "ledger",
                "PV kWh",
                "ledger",
                "CO2 kg",
                "ledger",
                "self",
                "state"));
        hours.forEach(hour -> terminal.line(line("1h", hour)));
        terminal.line(line("1d", day));
    }

    private String line(String label, Compared compared) {
        SiteTruth truth = compared.truth();
        Optional<Row> row = compared.stored();
        return String.format(
                "%-4s %-20s  %9s %9s  %12s %12s  %10s %10s  %9s %9s  %6s %s",
                label,
                truth.from(),
                text(stored(row, "pue"), "%.6f"),
                text(truth.pue3(), "%.6f"),
                text(stored(row, "energy_dc_kwh"), "%.3f"),
                text(OptionalDouble.of(new Millijoules(truth.dcMillijoules()).kilowattHours()), "%.3f"),
                text(stored(row, "energy_pv_kwh"), "%.3f"),
                text(OptionalDouble.of(new Millijoules(truth.pvMillijoules()).kilowattHours()), "%.3f"),
                text(stored(row, "co2_avoided_kg"), "%.3f"),
                text(OptionalDouble.of(check.carbon(truth).avoided() / KILOGRAM), "%.3f"),
                text(stored(row, "self_consumption"), "%.3f"),
                row.map(found -> found.text("state")).orElse("missing")
                        + (compared.isEqual() ? "" : compared.isMarked() ? "  (marked)" : "  <- differs"));
    }

    private static OptionalDouble stored(Optional<Row> row, String field) {
        return row.map(found -> found.number(field)).orElse(OptionalDouble.empty());
    }

    private static String text(OptionalDouble value, String format) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
    }
}

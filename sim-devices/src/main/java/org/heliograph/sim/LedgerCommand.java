package org.heliograph.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim ledger}. */
@Command(
        name = "ledger",
        description = "Prints the truth of a simulated site, window by window: energies in kWh, PUE, self-consumption.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01 --to 2026-07-02 --window 1h",
            "  ./heliograph sim ledger --it-load 0.1 --from 2026-07-01T11:00:00Z --to 2026-07-01T12:00:00Z --window 1m --csv"
        })
final class LedgerCommand implements Callable<Integer> {
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
    private static final List<String> RATIOS = List.of("pue1", "pue2", "pue3", "self_consumption", "self_sufficiency");

    private static final int NANO_KILOWATT_HOURS_DIGITS = 9;

    @Mixin
    private SiteOptions site = new SiteOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "MOMENT",
            description = "first moment, a whole minute: today, 2026-07-01 or 2026-07-01T08:00:00Z")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "MOMENT", description = "last moment, a whole minute")
    private String to = "";

    @Option(
            names = "--window",
            defaultValue = "1h",
            paramLabel = "DURATION",
            description = "whole minutes: 1m, 15m, 1h, 1d (default: ${DEFAULT-VALUE})")
    private String window = "1h";

    @Option(names = "--csv", description = "comma-separated, for programs")
    private boolean csv;

    @Option(names = "--mj", description = "energies in millijoules, exactly, instead of kWh")
    private boolean millijoules;

    private record Column(String name, ToLongFunction<SiteTruth> energy) {}

    @Override
    public Integer call() throws IOException, ConfigurationException {
        SiteModel model = site.model();
        InstantSource clock = InstantSource.system();
        Instant start = SiteOptions.moment("--from", from, model.zone(), clock);
        Instant end = SiteOptions.moment("--to", to, model.zone(), clock);
        Duration length = SiteOptions.duration("--window", window);
        if (!length.equals(Duration.ofMinutes(length.toMinutes()))) {
            throw new IllegalArgumentException("--window: whole minutes, not " + window);
        }
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("--to must be after --from");
        }
        PrintWriter out = spec.commandLine().getOut();
        line(
                out,
                Stream.concat(
                        Stream.of("from", "to"),
                        Stream.concat(
                                ENERGIES.stream().map(column -> column.name() + (millijoules ? "_mj" : "_kwh")),
                                RATIOS.stream())));
        Integration integration = new Integration(site.plant(model, start), start);
        for (Instant at = start; at.isBefore(end); at = at.plus(length)) {
            Instant next = at.plus(length).isAfter(end) ? end : at.plus(length);
            integration.advanceTo(next);
            row(out, integration.ledger().truth(at, next));
        }
        out.flush();
        return 0;
    }

    private void row(PrintWriter out, SiteTruth truth) {
        Stream<String> energies =
                ENERGIES.stream().map(column -> energy(column.energy().applyAsLong(truth)));
        Stream<String> ratios = Stream.of(
                        truth.pue1(), truth.pue2(), truth.pue3(), truth.selfConsumption(), truth.selfSufficiency())
                .map(LedgerCommand::ratio);
        line(
                out,
                Stream.concat(
                        Stream.of(truth.from().toString(), truth.to().toString()), Stream.concat(energies, ratios)));
    }

    private void line(PrintWriter out, Stream<String> cells) {
        out.println(cells.map(cell -> csv ? cell : String.format(Locale.ROOT, "%20s", cell))
                .collect(Collectors.joining(csv ? "," : " ")));
    }

    private String energy(long value) {
        return millijoules
                ? Long.toString(value)
                : java.math.BigDecimal.valueOf(value)
                        .divide(
                                java.math.BigDecimal.valueOf(Millijoules.PER_KILOWATT_HOUR),
                                NANO_KILOWATT_HOURS_DIGITS,
                                java.math.RoundingMode.HALF_EVEN)
                        .toPlainString();
    }

    /** An absent ratio is an empty cell. */
    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.9f", ratio.getAsDouble()) : "";
    }
}

package org.heliograph.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.sim.plant.Plant;
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
            "  ./heliograph sim ledger --it-load 0.1 --from 2026-07-01T11:00:00Z --to 2026-07-01T12:00:00Z --window 1m --csv",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01 --to 2026-07-02 --faults all --faults-file faults.json"
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

    /** Of a replay, if nobody asks for another. */
    private static final Duration CADENCE = Duration.ofMinutes(1);

    @Mixin
    private SiteOptions site = new SiteOptions();

    @Mixin
    private FaultOptions faultOptions = new FaultOptions();

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
            description = {
                "whole minutes: 1m, 15m, 1h, 1d (default: ${DEFAULT-VALUE})",
                "days are the site's: of 23 or 25 hours where its clocks are set"
            })
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
        Set<FaultKind> kinds = faultOptions.kinds();
        if (!kinds.isEmpty() && Duration.between(start, end).compareTo(Ledger.REACH) > 0) {
            throw new IllegalArgumentException(
                    "--faults: of at most " + Ledger.REACH.toDays() + " days, not from " + start + " to " + end);
        }
        List<Instant> bounds = bounds(start, end, length, model.zone());
        Plant plant = site.plant(model, start);
        FaultPlan plan = FaultPlan.of(plant.layout(), site.seed(), kinds, start, end);
        PrintWriter out = spec.commandLine().getOut();
        headline(out, plan);
        Integration integration = new Integration(plant, start);
        for (int i = 0; i + 1 < bounds.size(); i++) {
            integration.advanceTo(bounds.get(i + 1));
            if (plan.isEmpty()) {
                row(out, integration.ledger().truth(bounds.get(i), bounds.get(i + 1)), Stream.of());
            }
        }
        if (!plan.isEmpty()) {
            withFaults(out, plan, integration, bounds);
        }
        out.flush();
        return 0;
    }

    /** Where windows begin and end; the last may be shorter. Whole days are those of the site's clocks. */
    private static List<Instant> bounds(Instant start, Instant end, Duration length, ZoneId zone) {
        ZonedDateTime local = start.atZone(zone);
        boolean isDays = length.equals(Duration.ofDays(length.toDays()));
        List<Instant> bounds = new ArrayList<>();
        Instant at = start;
        for (int i = 1; at.isBefore(end); i++) {
            bounds.add(at);
            at = isDays ? local.plusDays(i * length.toDays()).toInstant() : at.plus(length);
        }
        bounds.add(end);
        return bounds;
    }

    private void headline(PrintWriter out, FaultPlan plan) {
        Stream<String> energies = ENERGIES.stream().map(column -> column.name() + (millijoules ? "_mj" : "_kwh"));
        line(
                out,
                Stream.of(
                                Stream.of("from", "to"),
                                energies,
                                RATIOS.stream(),
                                plan.isEmpty() ? Stream.<String>of() : Stream.of("outcome"))
                        .flatMap(cells -> cells));
    }

    /** The windows with what may be expected of figures of them; then the faults, where a person reads it. */
    private void withFaults(PrintWriter out, FaultPlan plan, Integration integration, List<Instant> bounds)
            throws IOException {
        Ledger ledger = integration.ledger();
        FaultLedger faults = new FaultLedger(plan, integration.layout(), ledger, CADENCE);
        for (int i = 0; i + 1 < bounds.size(); i++) {
            SiteTruth truth = ledger.truth(bounds.get(i), bounds.get(i + 1));
            row(out, truth, Stream.of(faults.outcome(truth.from(), truth.to()).label()));
        }
        if (!csv) {
            out.println();
            FaultReport.lines(faults).forEach(out::println);
        }
        Path file = faultOptions.file();
        if (file != null) {
            FaultReport.write(file, faults);
        }
    }

    private void row(PrintWriter out, SiteTruth truth, Stream<String> outcome) {
        Stream<String> energies =
                ENERGIES.stream().map(column -> energy(column.energy().applyAsLong(truth)));
        Stream<String> ratios = Stream.of(
                        truth.pue1(), truth.pue2(), truth.pue3(), truth.selfConsumption(), truth.selfSufficiency())
                .map(LedgerCommand::ratio);
        line(
                out,
                Stream.of(Stream.of(truth.from().toString(), truth.to().toString()), energies, ratios, outcome)
                        .flatMap(cells -> cells));
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

package org.heliograph.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.GridFactors;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim ledger}. */
@Command(
        name = "ledger",
        description =
                "Prints the exact figures of a simulated site, window by window: energies in kWh, ratios, CO2 in kg.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01 --to 2026-07-02 --window 1h",
            "  ./heliograph sim ledger --it-load 0.1 --from 2026-07-01T11:00:00Z --to 2026-07-01T12:00:00Z --window 1m --csv",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01 --to 2026-07-02 --device pdu-a01a --window 15m",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01 --to 2026-07-02 --faults all --faults-file faults.json"
        })
final class LedgerCommand implements Callable<Integer> {
    private static final Pattern FACTORS = Pattern.compile("(\\d{1,5}(?:\\.\\d{1,6})?),(\\d{1,5}(?:\\.\\d{1,6})?)");

    /** A replay's cadence, if nobody asks for another. */
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
                "days are in the site's time zone: 23 or 25 hours long where its clocks change"
            })
    private String window = "1h";

    @Option(
            names = "--device",
            paramLabel = "ID",
            description = "print what this device's counters count, instead of the site's figures")
    private @Nullable String device;

    @Option(
            names = "--factors",
            paramLabel = "AVERAGE,MARGINAL",
            defaultValue = "577.65,660",
            description = "the grid's factors for CO2, in g/kWh (default: ${DEFAULT-VALUE}, as in the Casablanca site)")
    private String factors = "577.65,660";

    @Option(names = "--csv", description = "comma-separated, for programs")
    private boolean csv;

    @Option(names = "--mj", description = "energies in millijoules, exactly, instead of kWh")
    private boolean millijoules;

    @Override
    public Integer call() throws IOException, ConfigurationException {
        SiteModel model = site.model();
        InstantSource clock = InstantSource.system();
        Instant start = SiteOptions.moment("--from", from, model.zone(), clock);
        Instant end = SiteOptions.moment("--to", to, model.zone(), clock);
        Duration length = SiteOptions.minutes("--window", window);
        if (length.compareTo(Ledger.REACH) >= 0) {
            throw new IllegalArgumentException("--window: less than " + Ledger.REACH.toDays() + " days, not " + window);
        }
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("--to must be after --from");
        }
        Set<FaultKind> kinds = faultOptions.kinds();
        site.requireUnchanged(model, start, end);
        Plant plant = site.plant(model, start);
        site.notes(model, start)
                .forEach(note -> spec.commandLine().getErr().println(spec.qualifiedName() + ": " + note));
        FaultPlan chosen = faultOptions.chosen(plant.layout(), start, end, clock);
        Path faultsFile = faultOptions.file();
        boolean isFaulty = !kinds.isEmpty() || !chosen.isEmpty();
        if (isFaulty && Duration.between(start, end).compareTo(Ledger.REACH) > 0) {
            throw new IllegalArgumentException(
                    "--faults: of at most " + Ledger.REACH.toDays() + " days, not from " + start + " to " + end);
        }
        List<Instant> bounds = bounds(start, end, length, model.zone());
        FaultPlan plan = kinds.isEmpty() ? chosen : FaultPlan.of(plant.layout(), site.seed(), kinds, start, end);
        PrintWriter out = spec.commandLine().getOut();
        Integration integration = new Integration(plant, start);
        LedgerSheet sheet = sheet(integration);
        headline(out, sheet, plan);
        for (int i = 0; i + 1 < bounds.size(); i++) {
            integration.advanceTo(bounds.get(i + 1));
            if (plan.isEmpty()) {
                row(out, sheet, bounds.get(i), bounds.get(i + 1), Stream.of());
            }
        }
        if (!plan.isEmpty()) {
            FaultLedger faults = new FaultLedger(plan, integration.layout(), integration.ledger(), CADENCE);
            withFaults(out, sheet, faults, bounds);
            if (faultsFile != null) {
                FaultReport.write(faultsFile, faults);
            }
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

    private LedgerSheet sheet(Integration integration) {
        EnergyUnit unit = millijoules ? EnergyUnit.MILLIJOULES : EnergyUnit.KILOWATT_HOURS;
        if (device == null) {
            return new LedgerSheet.OfSite(integration.ledger(), gridFactors(), unit);
        }
        return integration.layout().devices().stream()
                .filter(its -> its.id().equals(device))
                .findFirst()
                .map(its -> LedgerSheet.OfDevice.of(integration.ledger(), its, unit))
                .orElseThrow(() -> new IllegalArgumentException("--device: the site has no device '" + device + "'"));
    }

    private GridFactors gridFactors() {
        Matcher two = FACTORS.matcher(factors);
        if (!two.matches()) {
            throw new IllegalArgumentException("--factors: '" + factors + "' is not two numbers such as 577.65,660");
        }
        return new GridFactors(new BigDecimal(two.group(1)), new BigDecimal(two.group(2)));
    }

    private void headline(PrintWriter out, LedgerSheet sheet, FaultPlan plan) {
        Stream<String> outcome = plan.isEmpty() ? Stream.of() : Stream.of("outcome");
        line(out, Stream.of(Stream.of("from", "to"), sheet.names(), outcome).flatMap(cells -> cells));
    }

    /** The windows with what may be expected of figures of them; then the faults, where a person reads it. */
    private void withFaults(PrintWriter out, LedgerSheet sheet, FaultLedger faults, List<Instant> bounds) {
        for (int i = 0; i + 1 < bounds.size(); i++) {
            Instant from = bounds.get(i);
            Instant to = bounds.get(i + 1);
            row(out, sheet, from, to, Stream.of(sheet.outcome(faults, from, to).label()));
        }
        if (!csv) {
            out.println();
            FaultReport.lines(faults).forEach(out::println);
        }
    }

    private void row(PrintWriter out, LedgerSheet sheet, Instant from, Instant to, Stream<String> outcome) {
        line(
                out,
                Stream.of(Stream.of(from.toString(), to.toString()), sheet.cells(from, to), outcome)
                        .flatMap(cells -> cells));
    }

    private void line(PrintWriter out, Stream<String> cells) {
        out.println(cells.map(cell -> csv ? cell : String.format(Locale.ROOT, "%24s", cell))
                .collect(Collectors.joining(csv ? "," : " ")));
    }
}

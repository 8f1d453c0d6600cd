package org.heliograph.lab.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.ServerException;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.FaultReport;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.Stopping;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.HostPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "The whole pipeline on this machine, with a simulated site.",
            "",
            "A simulated Casablanca site, an MQTT broker, CoAP devices, the agent, a real Kafka broker, the engine, a store "
                    + "and the live page, all on loopback. Replays today since the site's midnight as fast as it goes, then "
                    + "goes on live. Ctrl-C ends all of it."
        },
        footer = {
            "",
            "Examples:",
            "  ./heliograph demo",
            "  ./heliograph demo --racks 20 --it-load 0.1",
            "  ./heliograph demo --headless --for 90s",
            "  ./heliograph demo --headless --for 10s --racks 20 --faults all",
            "  ./heliograph demo --influx http://127.0.0.1:8086",
            "",
            "Exit codes: 0 ok, 1 failed, or a figure differs from the ledger that no fault excuses, 2 wrong usage."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final int USUAL_PORT = 8080;
    private static final int MOST_RACKS = 624;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = HumanDuration.class,
            description =
                    "Stay live for that long (90s, 5m, 1h), up to the next whole minute; then compare the store with"
                            + " the ledger and end. Without it, until Ctrl-C.")
    private @Nullable Duration duration;

    @Option(names = "--headless", description = "Plain lines instead of a progress bar and a live table.")
    private boolean headless;

    @Option(
            names = "--speed",
            paramLabel = "N",
            description = "At most N simulated seconds per second in the replay. Default: as fast as it goes.")
    private double speed = Double.POSITIVE_INFINITY;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same day. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(
            names = "--racks",
            paramLabel = "N",
            description = "Size of the site: 190 racks are 1.5 MW. Default: ${DEFAULT-VALUE}")
    private int racks = 190;

    @Option(
            names = "--it-load",
            paramLabel = "SHARE",
            description =
                    "Share of the IT capacity in use; 0.1 is the ramp-up, with export at noon. Default: ${DEFAULT-VALUE}")
    private double itLoad = 0.7;

    @Option(
            names = "--influx",
            paramLabel = "URL",
            description =
                    "Write to this InfluxDB (1.x, or 2.x with a DBRP mapping for the bucket 'heliograph') instead of"
                            + " the embedded store, as the site 'demo-casa1'.")
    private @Nullable URI influx;

    @Option(names = "--influx-token", paramLabel = "FILE", description = "File with the token for --influx.")
    private @Nullable Path influxToken;

    @Option(
            names = "--faults",
            paramLabel = "KINDS",
            description =
                    "What goes wrong with the devices in the replay: 'all', or some of drop, duplicate, reorder, delay,"
                            + " outage, reset, rollover, stuck, swap, spike, glitch, skew, alarm with commas between them.")
    private @Nullable String faults;

    @Option(names = "--port", paramLabel = "N", description = "Port of the live page. Default: 8080, or a free one.")
    private @Nullable Integer port;

    @Override
    public Integer call() throws IOException {
        Optional<String> wrong = wrongUsage();
        if (wrong.isPresent()) {
            System.err.println("heliograph demo: " + wrong.get());
            return 2;
        }
        Path folder = Files.createTempDirectory("heliograph-demo-");
        try (Stopping _ = Stopping.interruptsThisThread()) {
            return runIn(folder);
        }
    }

    private int runIn(Path folder) throws IOException {
        try {
            return run(folder);
        } catch (InterruptedException _) {
            return OK;
        } catch (ServerException | ConfigurationException e) {
            if (Thread.interrupted()) {
                return OK; // stopped while starting
            }
            System.err.println("heliograph demo: " + e.getMessage());
            return FAILED;
        } finally {
            Thread.interrupted();
            Folders.delete(folder);
        }
    }

    private Optional<String> wrongUsage() {
        if (racks < 1 || racks > MOST_RACKS) {
            return Optional.of("--racks is 1 to " + MOST_RACKS + ", not " + racks);
        }
        if (!(itLoad > 0 && itLoad <= 1)) {
            return Optional.of("--it-load is above 0 and at most 1, not " + itLoad);
        }
        if (!(speed > 0)) {
            return Optional.of("--speed is above 0, not " + speed);
        }
        if (port != null && (port < 0 || port > HostPort.PORT_MAX)) {
            return Optional.of("--port is 0 to " + HostPort.PORT_MAX + ", not " + port);
        }
        if (influx != null
                && (influx.getHost() == null || !List.of("http", "https").contains(influx.getScheme()))) {
            return Optional.of("--influx: '" + influx + "' is not an address such as http://127.0.0.1:8086");
        }
        if (influxToken != null
                && (influx == null || !Files.isReadable(influxToken) || Files.isDirectory(influxToken))) {
            return Optional.of("--influx-token: "
                    + (influx == null ? "is nothing without --influx" : influxToken + " is no file that can be read"));
        }
        try {
            Instant midnight = midnight();
            requireDevicesFor(kinds(), racks, seed, midnight, faultsUntil(midnight));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("--faults: " + e.getMessage());
        }
    }

    /**
     * Before anything is started: on a small site, or soon after midnight, there may be no device left for one more fault.
     *
     * @throws IllegalArgumentException with a sentence, if so
     */
    static void requireDevicesFor(Set<FaultKind> kinds, int racks, long seed, Instant midnight, Instant until) {
        try {
            Layout layout = Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(racks)), midnight);
            var _ = FaultPlan.of(layout, seed, kinds, midnight, until);
        } catch (ConfigurationException e) {
            throw new IllegalStateException("the site that ships is wrong", e);
        }
    }

    private static Instant midnight() {
        return Instant.now().atZone(ZONE).toLocalDate().atStartOfDay(ZONE).toInstant();
    }

    private Set<FaultKind> kinds() {
        return faults == null ? Set.of() : FaultKind.parse(faults);
    }

    private int run(Path folder) throws IOException, ConfigurationException, InterruptedException {
        Instant midnight = midnight();
        Terminal terminal = new Terminal(headless);
        terminal.line("Heliograph demo: " + racks + " racks, seed " + seed + ", in " + folder);
        try (Pipeline pipeline = Pipeline.start(plan(folder, midnight), terminal::starting)) {
            terminal.started();
            terminal.line("  live page   " + pipeline.page());
            terminal.line("");
            Day day = new Day(pipeline, midnight, terminal);
            Instant replayed = day.replay();
            terminal.line("");
            if (!kinds().isEmpty()) {
                FaultReport.lines(pipeline.faults()).forEach(terminal::line);
                terminal.line("");
            }
            terminal.line("  live page   " + pipeline.page());
            terminal.line("  store       " + pipeline.store().url()
                    + (influx == null
                            ? "  (QuestDB; its console opens in a browser)"
                            : "  (as the site '" + pipeline.site().model().site() + "')"));
            terminal.line("  Kafka       " + pipeline.kafka().bootstrap());
            terminal.line("  logs        " + folder);
            terminal.line("");
            Instant until = duration == null
                    ? Instant.MAX
                    : wholeMinuteAfter(Instant.now().plus(duration));
            day.live(replayed, until);
            return duration == null || day.matchesTheLedger(until) ? OK : FAILED;
        } finally {
            terminal.line("stopped");
        }
    }

    Plan plan(Path folder, Instant midnight) {
        Plan plan = Plan.of(folder, midnight)
                .withRacks(racks)
                .withSeed(seed)
                .withItLoad(itLoad)
                .withSpeed(speed)
                .withPagePort(port == null ? FreePort.preferring(USUAL_PORT) : port)
                .withFaults(kinds(), faultsUntil(midnight));
        if (influx == null) {
            return plan;
        }
        return plan.withStore(new Plan.StoreChoice.Existing(influx.toString(), Optional.ofNullable(influxToken)));
    }

    /** Faults are in what is replayed; right after midnight, in the first hour. */
    private static Instant faultsUntil(Instant midnight) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        Instant soonest = midnight.plus(FaultPlan.SHORTEST);
        return now.isBefore(soonest) ? soonest : now;
    }

    private static Instant wholeMinuteAfter(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    }

    /** {@code 90s}, {@code 5m}, {@code 1h}, or ISO 8601. */
    static final class HumanDuration implements ITypeConverter<Duration> {
        private static final Pattern HUMAN = Pattern.compile("(\\d{1,6})([smh])");

        @Override
        public Duration convert(String text) {
            Matcher human = HUMAN.matcher(text);
            if (human.matches()) {
                return Duration.of(
                        Long.parseLong(human.group(1)),
                        switch (human.group(2)) {
                            case "s" -> ChronoUnit.SECONDS;
                            case "m" -> ChronoUnit.MINUTES;
                            default -> ChronoUnit.HOURS;
                        });
            }
            try {
                return Duration.parse(text);
            } catch (java.time.DateTimeException _) {
                throw new TypeConversionException("'" + text + "' is not a time such as 90s, 5m or 1h");
            }
        }
    }
}

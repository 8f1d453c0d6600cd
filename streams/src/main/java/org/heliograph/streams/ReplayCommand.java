package org.heliograph.streams;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.topology.Comparison;
import org.heliograph.streams.topology.FigureDifference;
import org.heliograph.streams.topology.MaintenanceException;
import org.heliograph.streams.topology.Replay;
import org.heliograph.telemetry.Stopping;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams replay}. */
@Command(
        name = "replay",
        description =
                "Compute a past period again with a corrected site model, and print what would differ. Changes nothing.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Reads all readings of the period from hg.telemetry, however late they came, computes its windows in temporary "
                    + "topics, and compares them with hg.kpi, which it doesn't change. Exits with 0 also when windows differ. The "
                    + "temporary topics are deleted at the end, also after Ctrl-C.",
            "",
            "Examples:",
            "  ./heliograph streams replay --site corrected.yaml streams.yaml",
            "  ./heliograph streams replay --site corrected.yaml --from 2026-06-01 --to 2026-06-08 --json streams.yaml"
        })
final class ReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--site",
            required = true,
            paramLabel = "FILE",
            description = "The file of the corrected site model.")
    private Path site = Path.of("site.yaml");

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(names = "--config", paramLabel = "FILE", description = "The same, as an option.")
    void config(@Nullable Path file) {
        if (file != null) {
            config.take(file);
        }
    }

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "A date in the site's time zone, or a moment. Default: the beginning of hg.telemetry")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "The end of the period, exclusive. Default: two minutes ago")
    private @Nullable String to;

    @Option(names = "--keep", description = "Don't delete the temporary topics.")
    private boolean keep;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final InstantSource clock;

    ReplayCommand() {
        this(InstantSource.system());
    }

    /** @param clock the system's, as Kafka's clients see it */
    ReplayCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config.path(), spec, this::replay);
    }

    private int replay(StreamsSettings settings)
            throws ConfigurationException, ExecutionException, InterruptedException, MaintenanceException {
        SiteText corrected = settings.readSite(site);
        ZoneId zone = corrected.model().zone();
        Optional<Instant> start = moment("--from", from, zone);
        Optional<Instant> end = moment("--to", to, zone);
        if (start.isPresent() && end.isPresent() && !start.get().isBefore(end.get())) {
            throw new ParameterException(spec.commandLine(), "--to " + to + " is not after --from " + from);
        }
        Replay.Result result;
        try (Stopping _ = Stopping.interruptsThisThread();
                ClockWatch watch = ClockWatch.start(clock, ClockWatch.ANY_LEAP, Thread.currentThread()::interrupt)) {
            try {
                result = Replay.run(
                        settings.kafka(), settings.engine(), corrected, settings.factors(), start, end, keep);
            } catch (InterruptedException | KafkaException | MaintenanceException e) {
                Optional<String> setBack = watch.reason();
                if (setBack.isEmpty() && !(e instanceof InterruptedException) && !(e instanceof InterruptException)) {
                    throw e;
                }
                spec.commandLine()
                        .getErr()
                        .println(spec.qualifiedName() + ": " + setBack.orElse("stopped before its end"));
                return Main.FAILED;
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? ReplayJson.of(result) : text(result));
        out.flush();
        return Main.OK;
    }

    private Optional<Instant> moment(String option, @Nullable String text, ZoneId zone) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    text.indexOf('T') < 0
                            ? LocalDate.parse(text).atStartOfDay(zone).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException _) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + text + " is neither a date (2026-07-01) nor a moment (2026-07-01T08:00:00Z)");
        }
    }

    private String text(Replay.Result result) {
        StringWriter written = new StringWriter();
        PrintWriter out = new PrintWriter(written);
        Comparison comparison = result.comparison();
        out.printf("site %s from %s to %s%n", result.site(), result.from(), result.to());
        for (FigureDifference difference : comparison.differences()) {
            out.printf(
                    "%-3s %s  %-24s %s -> %s%n",
                    difference.window(),
                    difference.start(),
                    difference.figure(),
                    orDash(difference.before()),
                    orDash(difference.after()));
        }
        out.printf("%ntotals of the minutes%n");
        TreeSet<String> figures = new TreeSet<>(comparison.before().keySet());
        figures.addAll(comparison.after().keySet());
        for (String figure : figures) {
            String before = orDash(text(comparison.before(), figure));
            String after = orDash(text(comparison.after(), figure));
            out.printf("  %-26s %s -> %s%s%n", figure, before, after, before.equals(after) ? "" : "  *");
        }
        out.println();
        comparison
                .compared()
                .forEach((label, count) -> out.printf(
                        "%s: %d of %d windows differ%n",
                        label, comparison.different().getOrDefault(label, 0), count));
        if (result.refused() > 0) {
            out.printf("%d records were refused with this model%n", result.refused());
        }
        if (keep) {
            out.printf("the shadow topics are %s.*%n", result.prefix());
        }
        out.flush();
        return written.toString();
    }

    private static String text(Map<String, Double> totals, String figure) {
        Double total = totals.get(figure);
        return total == null ? "" : total.toString();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}

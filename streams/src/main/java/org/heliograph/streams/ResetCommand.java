package org.heliograph.streams;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.concurrent.Callable;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.topology.Reset;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph streams reset}. */
@Command(
        name = "reset",
        description = "Forget the engine's state, so that the next run computes the late horizon anew.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Deletes this machine's state folder, the application's internal topics and its offsets. Published figures "
                    + "stay; those of windows that start after the beginning of what is computed anew are written over. Longer "
                    + "windows that began before it (the day, month and year under way) keep what is published and don't grow on.",
            "Stop all instances first, and run it once on each machine that holds state.",
            "",
            "Examples:",
            "  ./heliograph streams reset streams.yaml",
            "  ./heliograph streams reset --yes --from 2026-06-01T00:00:00Z streams.yaml"
        })
final class ResetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration. Default: ${DEFAULT-VALUE}")
    private Path config = Path.of("streams.yaml");

    @Option(names = "--config", paramLabel = "FILE", description = "The same, as an option.")
    void config(@Nullable Path file) {
        if (file != null) {
            config = file;
        }
    }

    @Option(
            names = "--from",
            paramLabel = "MOMENT",
            description =
                    "Compute anew what starts there or later; by default the longest late horizon of the sites."
                            + " Fifty hours more are read before it. The state holds all of it for as long as the next run lasts.")
    private @Nullable OffsetDateTime from;

    @Option(names = "--yes", description = "Don't ask.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config, spec, this::reset);
    }

    private int reset(StreamsSettings settings) throws InterruptedException, Reset.RefusedException {
        Instant now = Instant.now();
        Instant start = from == null ? now.minus(longestLate(settings)) : from.toInstant();
        if (!start.isBefore(now)) {
            throw new ParameterException(spec.commandLine(), "--from " + from + " is in the future");
        }
        if (!yes && !isConfirmed(settings.engine(), start)) {
            spec.commandLine().getErr().println("heliograph streams reset: not confirmed, nothing was done");
            return Main.FAILED;
        }
        Reset.Done done = Reset.run(settings.kafka(), settings.engine(), start);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "reset %s: %d internal topics deleted; the next run computes anew %s%n",
                settings.engine().application(),
                done.topics(),
                done.since().isAfter(Instant.EPOCH)
                        ? "what starts at " + done.since() + " or later"
                        : "all that is held");
        if (done.since().isAfter(Instant.EPOCH)) {
            out.printf(
                    "windows that start before it keep what is published of them: the day, month and year that it lies in "
                            + "stay a part, and the year's report is of that part%n");
        }
        if (done.held().isAfter(start)) {
            out.printf("%s holds all since %s only%n", settings.kafka().topics().telemetry(), done.held());
        }
        return Main.OK;
    }

    private static Duration longestLate(StreamsSettings settings) {
        return settings.sites().stream()
                .map(site -> site.model().late())
                .max(Comparator.naturalOrder())
                .orElse(SiteModel.LONGEST_LATE);
    }

    /** Without a terminal nobody can confirm. */
    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again where there is no terminal
    private static boolean isConfirmed(EngineSection engine, Instant start) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return false;
        }
        String answer = console.readLine(
                "Forget the state of '%s' and compute it anew from %s? The day, month and year that it lies in grow no more, "
                        + "and the year's report is of a part of the year. [y/N] ",
                engine.application(), start);
        return answer != null && (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes"));
    }
}

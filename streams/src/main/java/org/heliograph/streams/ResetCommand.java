package org.heliograph.streams;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.topology.MaintenanceException;
import org.heliograph.streams.topology.Reset;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams reset}. */
@Command(
        name = "reset",
        description = "Delete the engine's state; the next run computes the last 48 hours (or from --from) again.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The current day, month and year stop growing, because they began before what is computed again: they keep the figures "
                    + "already published, and the reports of that month and year are partial.",
            "Deletes this machine's state folder, the application's internal topics and its offsets. Published figures "
                    + "stay; windows that begin after the start of the new computation are written over.",
            "Stop all instances first. One run is enough: an instance on another machine forgets its own state when it starts.",
            "",
            "Examples:",
            "  ./heliograph streams reset streams.yaml",
            "  ./heliograph streams reset --yes --from 2026-06-01T00:00:00Z streams.yaml"
        })
final class ResetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

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
            paramLabel = "MOMENT",
            description =
                    "Compute the windows that begin there or later again. Default: the longest late horizon of the sites (48 h) ago."
                            + " Another 50 hours before it are read. The next run keeps all of that in its state until it ends.")
    private @Nullable OffsetDateTime from;

    @Option(names = "--yes", description = "Don't ask for confirmation.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config.path(), spec, this::reset);
    }

    private int reset(StreamsSettings settings) throws InterruptedException, ExecutionException, MaintenanceException {
        Instant now = Instant.now();
        Instant start = from == null ? now.minus(longestLate(settings)) : from.toInstant();
        if (!start.isBefore(now)) {
            throw new ParameterException(spec.commandLine(), "--from " + from + " is in the future");
        }
        if (!yes && !isConfirmed(settings.engine(), start)) {
            spec.commandLine()
                    .getErr()
                    .println("heliograph streams reset: not confirmed, nothing was done; --yes confirms");
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
        if (!done.alike().isEmpty()) {
            out.printf(
                    "left alone, being of another application or version: %s. Of another version of %s, delete them: it "
                            + "would restore from them what it knew before%n",
                    String.join(", ", done.alike()), settings.engine().application());
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
                "Delete the state of '%s' and compute again from %s? The day, month and year of that moment stop growing, "
                        + "and the report of that year will be partial. [y/N] ",
                engine.application(), start);
        return answer != null && (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes"));
    }
}

package org.heliograph.lab.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Settling;
import org.heliograph.lab.server.Row;
import org.jspecify.annotations.Nullable;

/** The site's day: replayed up to now, then live, then compared with the ledger. */
final class Day {
    /** One reading a minute, ten minutes to a pack: what devices with a memory send after an outage. */
    private static final Duration REPLAY_CADENCE = Duration.ofMinutes(1);

    private static final int INSTANTS_PER_PACK = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration PATIENCE_WITH_FAULTS = Duration.ofSeconds(20);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final int MOST_DIFFERENCES_SHOWN = 20;

    private final Pipeline pipeline;
    private final Instant midnight;
    private final Terminal terminal;

    Day(Pipeline pipeline, Instant midnight, Terminal terminal) {
        this.pipeline = pipeline;
        this.midnight = midnight;
        this.terminal = terminal;
    }

    /** Replays today; returns up to when. */
    Instant replay() throws InterruptedException {
        Instant to = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        long minutes = Duration.between(midnight, to).toMinutes();
        long startNanos = System.nanoTime();
        FutureTask<@Nullable Void> telling = background(
                () -> pipeline.site().replay(midnight, to, REPLAY_CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {}));
        while (!telling.isDone()) {
            pipeline.requireAlive();
            terminal.progress("replaying today", pipeline.wholeMinutes(midnight, to), minutes);
            awaitQuietly(telling, REFRESH.dividedBy(2));
        }
        result(telling);
        if (!pipeline.awaitWholeMinutes(
                midnight, to, patience(), whole -> terminal.progress("replaying today", whole, minutes))) {
            terminal.line("");
            terminal.line("some minutes of today are not whole in the store; they are shown with their coverage");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
        terminal.line("");
        terminal.line(
                minutes + " minutes of " + pipeline.site().model().devices().size() + " devices in " + seconds + " s");
        return to;
    }

    /** Goes on in real time until a moment, or until interrupted. */
    void live(Instant from, Instant until) throws InterruptedException {
        FutureTask<@Nullable Void> telling = background(() -> pipeline.site().live(from, until));
        LiveTable table = new LiveTable(pipeline, terminal);
        while (!telling.isDone()) {
            pipeline.requireAlive();
            table.show();
            awaitQuietly(telling, REFRESH);
        }
        result(telling);
    }

    /** Prints the windows of the store beside the ledger's truth; false when any figure differs. */
    boolean matchesTheLedger(Instant until) throws InterruptedException {
        terminal.line("");
        terminal.line("waiting for the last minute to arrive in the store");
        pipeline.awaitWholeMinutes(midnight, until, patience(), _ -> {});
        DayComparison compared = settled(until);
        ComparisonTable table = new ComparisonTable(pipeline.check(), terminal);
        table.print(compared.hours(), compared.day());
        if (hasFaults()) {
            new FaultTable(terminal).print(compared.told());
        }
        List<Difference> differences = compared.differences();
        String praise = hasFaults()
                ? "every figure equals the ledger where it can be known, and is marked where it can't"
                : "every figure equals the ledger";
        terminal.line("");
        int devices = pipeline.site().ledger().devices().size();
        terminal.line("compared " + compared.counts() + "; the energy of " + devices + " devices; up to " + until + ": "
                + (differences.isEmpty() ? praise : differences.size() + " figures differ"));
        differences.stream().limit(MOST_DIFFERENCES_SHOWN).forEach(difference -> terminal.line("  " + difference));
        return differences.isEmpty();
    }

    /**
     * Longer windows come after the minutes that they are made of; with faults, minutes may stay open, and late readings
     * restate closed ones: compares until nothing changes.
     */
    private DayComparison settled(Instant until) throws InterruptedException {
        return Settling.seen(
                pipeline,
                patience(),
                () -> DayComparison.of(pipeline.check(), pipeline.site().model().zone(), midnight, until),
                DayComparison::differences);
    }

    private boolean hasFaults() {
        return !pipeline.faults().effects().isEmpty();
    }

    /** Faults leave minutes that never become whole. */
    private Duration patience() {
        return hasFaults() ? PATIENCE_WITH_FAULTS : PATIENCE;
    }

    /** Something that takes its time and may be interrupted. */
    private interface Telling {
        void run() throws InterruptedException;
    }

    private static FutureTask<@Nullable Void> background(Telling telling) {
        FutureTask<@Nullable Void> task = new FutureTask<>(() -> {
            telling.run();
            return null;
        });
        Thread.ofVirtual().name("telling").start(task);
        return task;
    }

    private static void awaitQuietly(FutureTask<@Nullable Void> task, Duration atMost) throws InterruptedException {
        try {
            task.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            // not yet, or the caller asks for the result
        }
    }

    private static void result(FutureTask<@Nullable Void> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the simulated site stopped: " + e.getCause(), e);
        }
    }

    static Optional<Row> newest(List<Row> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getLast());
    }
}

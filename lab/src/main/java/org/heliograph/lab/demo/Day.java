package org.heliograph.lab.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.server.Row;
import org.heliograph.streams.rollup.Window;

/** The site's day: replayed up to now, then live, then compared with the ledger. */
final class Day {
    /** One reading a minute, ten minutes to a pack: what devices with a memory send after an outage. */
    private static final Duration REPLAY_CADENCE = Duration.ofMinutes(1);

    private static final int INSTANTS_PER_PACK = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
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
        CompletableFuture<Void> telling = background(
                () -> pipeline.site().replay(midnight, to, REPLAY_CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {}));
        while (!telling.isDone()) {
            terminal.progress("replaying today", pipeline.wholeMinutes(midnight, to), minutes);
            awaitQuietly(telling, REFRESH.dividedBy(2));
        }
        result(telling);
        if (!pipeline.awaitWholeMinutes(
                midnight, to, PATIENCE, whole -> terminal.progress("replaying today", whole, minutes))) {
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
        CompletableFuture<Void> telling = background(() -> pipeline.site().live(from, until));
        LiveTable table = new LiveTable(pipeline, midnight, terminal);
        while (!telling.isDone()) {
            table.show();
            awaitQuietly(telling, REFRESH);
        }
        result(telling);
    }

    /** Prints the windows of the store beside the ledger's truth; false when any figure differs. */
    boolean matchesTheLedger(Instant until) throws InterruptedException {
        terminal.line("");
        terminal.line("waiting for the last minute to arrive in the store");
        pipeline.awaitWholeMinutes(midnight, until, PATIENCE, _ -> {});
        LedgerCheck check = pipeline.check();
        List<Compared> minutes = check.windows("1m", Duration.ofMinutes(1), midnight, until);
        List<Compared> quarters = check.windows("15m", Duration.ofMinutes(15), midnight, until);
        List<Compared> hours = check.windows("1h", Duration.ofHours(1), midnight, until);
        Compared day = check.window("1d", midnight, midnight, until);
        Compared month = check.window("1mo", start(Window.MONTH), midnight, until);
        Compared year = check.window("1y", start(Window.YEAR), midnight, until);
        ComparisonTable table = new ComparisonTable(check, terminal);
        table.print(hours, day);
        List<Difference> differences = new ArrayList<>();
        for (List<Compared> windows : List.of(minutes, quarters, hours, List.of(day, month, year))) {
            windows.forEach(window -> differences.addAll(window.differences()));
        }
        terminal.line("");
        terminal.line(String.format(
                "compared %d windows of 1m, %d of 15m, %d of 1h, the day, its month and its year, up to %s: %s",
                minutes.size(),
                quarters.size(),
                hours.size(),
                until,
                differences.isEmpty() ? "every figure equals the ledger" : differences.size() + " figures differ"));
        differences.stream().limit(MOST_DIFFERENCES_SHOWN).forEach(difference -> terminal.line("  " + difference));
        return differences.isEmpty();
    }

    /** The start of the longer window that holds today; of it, only today is known. */
    private Instant start(Window window) {
        return window.startOf(midnight, pipeline.site().model().zone());
    }

    /** Something that takes its time and may be interrupted. */
    private interface Telling {
        void run() throws InterruptedException;
    }

    private static CompletableFuture<Void> background(Telling telling) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name("telling").start(() -> {
            try {
                telling.run();
                done.complete(null);
            } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static void awaitQuietly(CompletableFuture<Void> future, Duration atMost) throws InterruptedException {
        try {
            future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException _) {
            // not yet, or the caller asks for the result
        }
    }

    private static void result(CompletableFuture<Void> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the simulated site stopped: " + e.getCause(), e);
        }
    }

    static Optional<Row> newest(List<Row> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getLast());
    }
}

package org.heliograph.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an agent ends: step by step, each within its budget, so that together they keep what is promised. A part that doesn't
 * end by then is named in the log and left, on a thread that holds no process up: what was acknowledged is on disk anyway.
 */
final class Stop {
    private static final Logger log = LoggerFactory.getLogger(Stop.class);

    /** What is promised. The budgets leave a rest of it to the process's own end. */
    static final Duration WITHIN = Duration.ofSeconds(5);

    /** In the order in which they are taken: against that in which the parts were started. */
    enum Step {
        /** First: from here on nothing is acknowledged that the journal hasn't been given before. */
        SOURCES(1_500),
        /** What they took goes to disk, for the uplink to have it still. */
        INTAKE(500),
        PUMP(1_100),
        UPLINK(400),
        HEALTH(200),
        /** Last and whole. What the others leave of their time is its, too: a slow disk needs it most. */
        JOURNAL(1_000);

        /** The part of a step's budget that is kept back for closing, once a part has stopped waiting. */
        private static final Duration CLOSING = Duration.ofMillis(150);

        private final Duration budget;

        Step(long millis) {
            budget = Duration.ofMillis(millis);
        }

        Duration budget() {
            return budget;
        }

        /** How long a part may wait for others within a budget. */
        static Duration patience(Duration budget) {
            return budget.minus(CLOSING);
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final LongSupplier nanoTime;
    private final Wait wait;

    Stop() {
        this(System::nanoTime, Stop::ends);
    }

    /** @param wait for a step's thread; false where it hasn't ended in that time */
    Stop(LongSupplier nanoTime, Wait wait) {
        this.nanoTime = nanoTime;
        this.wait = wait;
    }

    @FunctionalInterface
    interface Wait {
        boolean ends(Thread thread, Duration atMost);
    }

    static Duration total() {
        return Arrays.stream(Step.values()).map(Step::budget).reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * Takes the steps.
     *
     * @param ending what a step does, given how long it may wait for others; returns the names of what it had to leave
     * @return the names of all that was left
     */
    List<String> run(BiFunction<Step, Duration, List<String>> ending) {
        long endNanos = nanoTime.getAsLong() + total().toNanos();
        List<String> left = new ArrayList<>();
        for (Step step : Step.values()) {
            Duration rest = Duration.ofNanos(endNanos - nanoTime.getAsLong());
            boolean all = step == Step.JOURNAL && rest.compareTo(step.budget()) > 0;
            left.addAll(take(step, all ? rest : step.budget(), ending));
        }
        return List.copyOf(left);
    }

    private List<String> take(Step step, Duration budget, BiFunction<Step, Duration, List<String>> ending) {
        CompletableFuture<List<String>> leaves = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("stop " + step.label())
                .start(() -> {
                    try {
                        leaves.complete(ending.apply(step, Step.patience(budget)));
                    } catch (RuntimeException | Error e) {
                        log.error("stop=failed part={}", step.label(), e);
                        leaves.complete(List.of(step.label()));
                    }
                });
        if (!wait.ends(thread, budget)) {
            log.warn("stop=left part={} after={}", step.label(), budget);
            thread.interrupt();
            leaves.complete(List.of(step.label()));
        }
        return leaves.join();
    }

    /** Whoever interrupts the one that stops everything doesn't get the parts ended in another order. */
    static boolean ends(Thread thread, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(deadline - System.nanoTime()));
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

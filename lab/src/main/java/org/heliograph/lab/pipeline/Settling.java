package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The store's figures follow what was said to the site by a while, longer windows after the minutes in them. */
public final class Settling {
    private static final Duration POLL = Duration.ofSeconds(1);

    private Settling() {}

    /** What is wrong when nothing is any more, or when it hasn't changed for as long as the patience. */
    public static <T> List<T> wrong(Pipeline pipeline, Duration patience, Supplier<List<T>> look)
            throws InterruptedException {
        List<T> wrong = look.get();
        List<T> before = List.of();
        long changedNanos = System.nanoTime();
        while (!wrong.isEmpty() && System.nanoTime() - changedNanos < patience.toNanos()) {
            if (!wrong.equals(before)) {
                before = wrong;
                changedNanos = System.nanoTime();
            }
            pipeline.requireAlive();
            Thread.sleep(POLL);
            wrong = look.get();
        }
        return wrong;
    }
}

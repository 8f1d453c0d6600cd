package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The store's figures follow what was said to the site by a while, longer windows after the minutes in them. */
public final class Settling {
    private static final Duration POLL = Duration.ofSeconds(1);

    private Settling() {}

    /** What is wrong when nothing is any more, or when it hasn't changed for as long as the patience. */
    public static <T> List<T> wrong(Pipeline pipeline, Duration patience, Supplier<List<T>> look)
            throws InterruptedException {
        return seen(pipeline, patience, look, Function.identity());
    }

    /** The same of what is more than a list: {@code wrong} tells what is wrong with it. */
    public static <S> S seen(
            Pipeline pipeline, Duration patience, Supplier<S> look, Function<S, ? extends List<?>> wrong)
            throws InterruptedException {
        S seen = look.get();
        List<?> before = List.of();
        long changedNanos = System.nanoTime();
        while (!wrong.apply(seen).isEmpty() && System.nanoTime() - changedNanos < patience.toNanos()) {
            if (!wrong.apply(seen).equals(before)) {
                before = wrong.apply(seen);
                changedNanos = System.nanoTime();
            }
            pipeline.requireAlive();
            Thread.sleep(POLL);
            seen = look.get();
        }
        return seen;
    }
}

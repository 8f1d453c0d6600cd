package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * The time that the tasks of a stream thread may spend, together, on what nobody waits for: as much in each interval of the
 * clock, whoever asks first, however many tasks have something to do. A step that takes longer is made up for by a pause.
 */
final class SpareTime {
    private static final long INTERVAL_MILLIS = 250;

    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    /** A call that somebody waits for has this many times the budget. */
    private static final int PART = 20;

    private static final ThreadLocal<SpareTime> OF_THREADS = ThreadLocal.withInitial(SpareTime::new);

    private long sinceMillis;
    private long spentNanos;

    static SpareTime ofThisThread() {
        return OF_THREADS.get();
    }

    /** How often to ask. */
    static Duration interval() {
        return Duration.ofMillis(INTERVAL_MILLIS);
    }

    /**
     * Works, if there is time left.
     *
     * @param work until a moment of {@link System#nanoTime}
     */
    void work(long nowMillis, Duration usualBudget, LongConsumer work) {
        long since = nowMillis - sinceMillis; // less than nothing when the clock was set back
        long budgetNanos = usualBudget.toNanos() / PART;
        if (since < 0 || since >= LONGEST_PAUSE_MILLIS) {
            sinceMillis = nowMillis;
            spentNanos = 0;
        } else if (since >= INTERVAL_MILLIS) {
            sinceMillis = nowMillis;
            spentNanos = Math.max(0, spentNanos - since / INTERVAL_MILLIS * budgetNanos);
        }
        if (spentNanos > budgetNanos) {
            return;
        }
        long begunNanos = System.nanoTime();
        work.accept(begunNanos + budgetNanos - spentNanos);
        spentNanos += System.nanoTime() - begunNanos;
    }
}

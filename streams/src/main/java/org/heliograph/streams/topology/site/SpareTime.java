package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.heliograph.streams.topology.state.Deadline;

/**
 * The time that the tasks of a stream thread may spend, together, on what nobody waits for: as much in each interval of the
 * clock, whoever asks first, however many tasks have something to do. A step that takes longer is made up for by a pause.
 */
final class SpareTime {
    private static final long INTERVAL_MILLIS = 250;

    /** Where nobody has asked for that long, what was spent before is forgotten. */
    private static final long LONGEST_MEMORY_MILLIS = 1_000;

    /** A call that somebody waits for has this many times the budget. */
    private static final int PART = 20;

    private static final ThreadLocal<SpareTime> OF_THREADS =
            ThreadLocal.withInitial(() -> new SpareTime(System::nanoTime));

    private final LongSupplier nanos;
    private long sinceMillis;
    private long spentNanos;

    SpareTime(LongSupplier nanos) {
        this.nanos = nanos;
    }

    static SpareTime ofThisThread() {
        return OF_THREADS.get();
    }

    /** How often to ask. */
    static Duration interval() {
        return Duration.ofMillis(INTERVAL_MILLIS);
    }

    /** Works, if there is time left. */
    void work(long nowMillis, Duration usualBudget, Consumer<Deadline> work) {
        long since = nowMillis - sinceMillis; // less than nothing when the clock was set back
        long budgetNanos = usualBudget.toNanos() / PART;
        if (since < 0 || since >= LONGEST_MEMORY_MILLIS) {
            sinceMillis = nowMillis;
            spentNanos = 0;
        } else if (since >= INTERVAL_MILLIS) {
            sinceMillis = nowMillis;
            spentNanos = Math.max(0, spentNanos - since / INTERVAL_MILLIS * budgetNanos);
        }
        if (spentNanos > budgetNanos) {
            return;
        }
        long begunNanos = nanos.getAsLong();
        work.accept(Deadline.in(Duration.ofNanos(budgetNanos - spentNanos), nanos));
        spentNanos += nanos.getAsLong() - begunNanos;
    }
}

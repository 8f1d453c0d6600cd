package org.heliograph.streams.topology;

import java.time.Duration;

/**
 * Whether it is time to work off what has come. Whoever looks at the present waits for it, so at every call; what is a
 * backlog is worked off in larger batches, which cost less.
 */
final class Pace {
    /** What happened that long ago is a backlog. */
    static final long FRESH_MILLIS = 10_000;

    private final long batchMillis;
    private long newestMillis;
    private long workedMillis;

    /** @param batch how much of a backlog is worked off at once */
    Pace(Duration batch) {
        batchMillis = batch.toMillis();
    }

    /** Something has come that happened then. */
    void took(long eventMillis) {
        newestMillis = Math.max(newestMillis, eventMillis);
    }

    /** Whether what comes is of the present. */
    boolean isFresh(long nowMillis) {
        return nowMillis - newestMillis < FRESH_MILLIS;
    }

    boolean isTime(long nowMillis) {
        if (!isFresh(nowMillis) && nowMillis - workedMillis < batchMillis) {
            return false;
        }
        workedMillis = nowMillis;
        return true;
    }
}

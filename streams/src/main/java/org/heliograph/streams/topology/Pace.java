package org.heliograph.streams.topology;

import java.time.Duration;

/**
 * When to work off what has come, and when to show it. Whoever looks at the present waits for it, so at every call; what
 * is a backlog is worked off in larger batches, which cost less.
 */
final class Pace {
    /** What happened that long ago is a backlog. */
    static final long FRESH_MILLIS = 10_000;

    private final long batchMillis;
    private long newestMillis;
    private long workedMillis;
    private boolean isShowing;
    private long shownMillis;
    private long restsUntilMillis;

    /** @param batch how much of a backlog is worked off at once */
    Pace(Duration batch) {
        batchMillis = batch.toMillis();
    }

    /** Something has come that happened then. */
    void took(long eventMillis) {
        newestMillis = Math.max(newestMillis, eventMillis);
    }

    /** Whether to work off what has come: to be asked at every call. */
    boolean isTime(long nowMillis) {
        if (isShowing) {
            isShowing = false;
            restsUntilMillis = nowMillis + (nowMillis - shownMillis);
        }
        if (!isFresh(nowMillis) && nowMillis - workedMillis < batchMillis) {
            return false;
        }
        workedMillis = nowMillis;
        return true;
    }

    private boolean isFresh(long nowMillis) {
        return nowMillis - newestMillis < FRESH_MILLIS;
    }

    /**
     * Whether to ask for a commit, so that what was sent on can be seen. Not of a backlog, and not again before as much time
     * has passed as went by from the last time to the next call: a commit waits for the broker, and on a busy machine that
     * may be longer than from one call to the next. The thread would do nothing else.
     */
    boolean shows(long nowMillis) {
        if (!isFresh(nowMillis) || isShowing || nowMillis < restsUntilMillis) {
            return false;
        }
        isShowing = true;
        shownMillis = nowMillis;
        return true;
    }
}

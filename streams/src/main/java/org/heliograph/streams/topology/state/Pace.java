package org.heliograph.streams.topology.state;

import java.time.Duration;

/**
 * When to work off what has come, and when to show it. Whoever looks at the present waits for it, so at every call; what
 * is a backlog is worked off in larger batches, which cost less.
 */
public final class Pace {
    /** What happened that long ago is a backlog. */
    static final long FRESH_MILLIS = 10_000;

    /** A clock that is set, or a broker that was away, isn't waited for that long again. */
    private static final long LONGEST_REST_MILLIS = 1_000;

    /** A commit is one of all tasks of a stream thread, so they rest together. */
    private static final ThreadLocal<Rest> RESTS = ThreadLocal.withInitial(Rest::new);

    /** Until when nobody asks for a commit. */
    private static final class Rest {
        private long untilMillis;
    }

    private final long batchMillis;
    private long newestMillis;
    private long workedMillis;
    private boolean isShowing;
    private long shownMillis;
    private final Rest rest;

    private Pace(Duration batch, Rest rest) {
        batchMillis = batch.toMillis();
        this.rest = rest;
    }

    /**
     * That of one of the tasks of the stream thread that asks.
     *
     * @param batch how much of a backlog is worked off at once
     */
    public static Pace ofThisThread(Duration batch) {
        return new Pace(batch, RESTS.get());
    }

    /** That of the first task of a thread. */
    static Pace alone(Duration batch) {
        return new Pace(batch, new Rest());
    }

    /** That of another task of the same thread. */
    Pace another() {
        return new Pace(Duration.ofMillis(batchMillis), rest);
    }

    /** Something has come that happened then. */
    public void took(long eventMillis) {
        newestMillis = Math.max(newestMillis, eventMillis);
    }

    /** Whether to work off what has come: to be asked at every call. */
    public boolean isTime(long nowMillis) {
        if (isShowing) {
            isShowing = false;
            long rests = Math.clamp(nowMillis - shownMillis, 0, LONGEST_REST_MILLIS);
            rest.untilMillis = Math.max(rest.untilMillis, nowMillis + rests);
        }
        long since = nowMillis - workedMillis; // less than nothing when the clock was set back
        if (!isFresh(nowMillis) && since >= 0 && since < batchMillis) {
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
    public boolean shows(long nowMillis) {
        if (!isFresh(nowMillis) || isShowing || isResting(nowMillis)) {
            return false;
        }
        isShowing = true;
        shownMillis = nowMillis;
        return true;
    }

    private boolean isResting(long nowMillis) {
        return nowMillis < rest.untilMillis && rest.untilMillis - nowMillis <= LONGEST_REST_MILLIS;
    }
}

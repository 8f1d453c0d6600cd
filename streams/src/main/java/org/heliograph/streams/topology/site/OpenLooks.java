package org.heliograph.streams.topology.site;

import java.time.Duration;

/**
 * When all open windows are looked at: what has changed is looked at at once; what only the clock changes, each second, or
 * more seldom where there are many, so that looking is never most of what a thread does.
 */
final class OpenLooks {
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    /** A look reads each of them, in some ten microseconds. */
    private static final int MOST_IN_A_SECOND = 10_000;

    /** They are in memory, too, while they are looked at. */
    private static final int MOST_HELD = 20_000;

    private long lastMillis;
    private int open;

    /** Whether to look now. The clock may have been set back meanwhile. */
    boolean isTime(long nowMillis) {
        long since = nowMillis - lastMillis;
        return since < 0 || since >= intervalMillis();
    }

    private long intervalMillis() {
        return Math.max(SHORTEST_INTERVAL.toMillis(), SHORTEST_INTERVAL.toMillis() * open / MOST_IN_A_SECOND);
    }

    /** @param open how many there were to look at */
    void looked(int open, long nowMillis) {
        this.open = open;
        lastMillis = nowMillis;
    }

    /** Whether windows may be held open for what may be long in coming: days of a thousand sites would be too much. */
    boolean mayHold() {
        return open <= MOST_HELD;
    }
}

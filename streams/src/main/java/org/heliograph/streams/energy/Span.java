package org.heliograph.streams.energy;

import java.util.Set;

/**
 * A stretch of time over which what a register shows isn't taken as it is: its energy is counted at uniform power, or it
 * is a hole.
 *
 * @param fromMillis inclusive
 * @param toMillis exclusive
 * @param millijoules the energy over the whole stretch; 0 for a hole
 * @param isCovered false for a hole
 */
public record Span(long fromMillis, long toMillis, long millijoules, boolean isCovered, Set<Flag> flags) {
    public Span {
        flags = Set.copyOf(flags);
    }

    static Span hole(long fromMillis, long toMillis, Flag flag) {
        return new Span(fromMillis, toMillis, 0, false, Set.of(flag));
    }

    /** The energy counted from the start until a moment within. */
    long millijoulesUntil(long millis) {
        return Proportion.of(millijoules, millis - fromMillis, toMillis - fromMillis);
    }
}

package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.Set;

/**
 * What is said of a window's energy.
 *
 * @param millijoules the energy of the covered part
 * @param coveredMillis how much of the window the energy covers
 */
record Metered(long millijoules, long coveredMillis, Set<Flag> flags) {
    static final Metered NOTHING = new Metered(0, 0, Set.of());

    Metered {
        flags = Set.copyOf(flags);
    }

    /** The sum of two parts of a window that don't overlap. */
    Metered plus(Metered other) {
        return new Metered(millijoules + other.millijoules, coveredMillis + other.coveredMillis, flags)
                .with(other.flags);
    }

    /** The same with more flags. */
    Metered with(Set<Flag> more) {
        if (more.isEmpty()) {
            return this;
        }
        Set<Flag> all = EnumSet.copyOf(more);
        all.addAll(flags);
        return new Metered(millijoules, coveredMillis, all);
    }
}

package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.Set;

/**
 * What one point says of a window's energy.
 *
 * @param millijoules the energy of the covered part
 * @param coveredMillis how much of the window the energy covers
 */
public record Metered(long millijoules, long coveredMillis, Set<Flag> flags) {
    public static final Metered NOTHING = new Metered(0, 0, Set.of());

    public Metered {
        flags = Set.copyOf(flags);
    }

    /** The same with more flags. */
    Metered with(Set<Flag> more) {
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        all.addAll(more);
        return new Metered(millijoules, coveredMillis, all);
    }
}

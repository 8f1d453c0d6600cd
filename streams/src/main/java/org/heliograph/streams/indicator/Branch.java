package org.heliograph.streams.indicator;

import org.heliograph.streams.site.BranchShare.Heaviest;

/**
 * A meter against those below it, over the minutes that it and all of them covered. Energies count from the grid towards
 * the loads.
 *
 * @param toleranceMillijoules what the accuracy of the meters allows: each one's class of its energy, added up
 * @param heaviest of the meters below, the one with the most energy in one of these minutes
 */
public record Branch(
        long ownMillijoules,
        long childrenMillijoules,
        long toleranceMillijoules,
        int matchedMinutes,
        Heaviest heaviest) {
    /** Nothing is known of a minute that one of the meters didn't cover. */
    public static final Branch UNMATCHED = new Branch(0, 0, 0, 0, Heaviest.NONE);

    Branch plus(Branch other) {
        return new Branch(
                Overflow.clamped(ownMillijoules, other.ownMillijoules),
                Overflow.clamped(childrenMillijoules, other.childrenMillijoules),
                Overflow.clamped(toleranceMillijoules, other.toleranceMillijoules),
                matchedMinutes + other.matchedMinutes,
                heaviest.or(other.heaviest));
    }

    /** What the meter reads and no meter below it does: losses, and whatever isn't metered. */
    public long remainderMillijoules() {
        return ownMillijoules - childrenMillijoules;
    }

    /** How much of the meter's own energy the remainder is. */
    double remainderShare() {
        return ownMillijoules == 0 ? 0 : remainderMillijoules() / (double) Math.abs(ownMillijoules);
    }
}

package org.heliograph.streams.indicator;

/**
 * Sums that no long holds. Only absurd devices without a rating get there (three of them at 100 MW for a year); what they
 * add up to is marked, sticks, and is no figure: it neither wraps nor ends the engine.
 */
final class Overflow {
    /** No sum of energies or masses comes to it otherwise. */
    static final long BEYOND = Long.MIN_VALUE;

    private static final long MOST = Long.MAX_VALUE / 2;

    private Overflow() {}

    static long sum(long one, long other) {
        long sum = one + other;
        boolean overflows = ((one ^ sum) & (other ^ sum)) < 0;
        return overflows || one == BEYOND || other == BEYOND ? BEYOND : sum;
    }

    /** For what is compared rather than shown: stays within half of what a long holds, so that differences do too. */
    static long clamped(long one, long other) {
        long sum = one + other;
        boolean overflows = ((one ^ sum) & (other ^ sum)) < 0;
        return Math.clamp(overflows ? (one < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum, -MOST, MOST);
    }
}

package org.heliograph.streams.gap;

/**
 * How many packs were numbered, and what became of them.
 *
 * @param expected numbered by an agent, as far as is known
 * @param missing of those, neither here nor accounted for
 * @param reported of those, given up by the agent itself, which said so
 * @param duplicates came again after they were here
 * @param unnumbered packs or messages that the agent says it lost before it numbered them
 * @param readings that the agent says were lost in all that it reported, as far as it knows
 */
public record PackCounts(long expected, long missing, long reported, long duplicates, long unnumbered, long readings) {
    public static final PackCounts NONE = new PackCounts(0, 0, 0, 0, 0, 0);
    static final PackCounts ONE_DUPLICATE = new PackCounts(0, 0, 0, 1, 0, 0);

    public PackCounts plus(PackCounts other) {
        return new PackCounts(
                sum(expected, other.expected),
                sum(missing, other.missing),
                sum(reported, other.reported),
                sum(duplicates, other.duplicates),
                sum(unnumbered, other.unnumbered),
                sum(readings, other.readings));
    }

    /** The sum of two numbers that aren't negative; the largest there is rather than one that has wrapped. */
    static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}

package org.heliograph.streams.loss;

/**
 * What was lost, in numbers of packs.
 *
 * @param expected numbered by an agent, as far as is known
 * @param missing of those, neither here nor accounted for
 * @param reported of those, given up by the agent itself, which said so
 * @param duplicates came again after they were here
 * @param unnumbered packs or messages that the agent says it lost before it numbered them
 * @param readings that the agent says were lost in all that it reported, as far as it knows
 */
public record Loss(long expected, long missing, long reported, long duplicates, long unnumbered, long readings) {
    public static final Loss NONE = new Loss(0, 0, 0, 0, 0, 0);
    static final Loss ONE_DUPLICATE = new Loss(0, 0, 0, 1, 0, 0);

    public Loss plus(Loss other) {
        return new Loss(
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

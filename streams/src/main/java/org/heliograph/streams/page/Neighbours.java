package org.heliograph.streams.page;

import java.util.List;
import java.util.OptionalDouble;

/** An inverter beside those that stand in the same sun. */
final class Neighbours {
    /** Fewer say nothing of what is usual. */
    private static final int FEWEST = 3;

    /** Share of an inverter's rating: in a lower sun each is in a shade of its own. */
    private static final double LOWEST_YIELD = 0.05;

    private Neighbours() {}

    /** The median of yields of one minute; absent when too few are known, or the sun is too low. */
    static OptionalDouble usual(List<OptionalDouble> all) {
        double[] known = all.stream()
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
        if (known.length < FEWEST) {
            return OptionalDouble.empty();
        }
        double median = (known[(known.length - 1) / 2] + known[known.length / 2]) / 2;
        return median < LOWEST_YIELD ? OptionalDouble.empty() : OptionalDouble.of(median);
    }

    /** One yield over what is {@link #usual}, its own among those; absent when one of the two is. */
    static OptionalDouble ratio(OptionalDouble own, OptionalDouble usual) {
        return usual.isEmpty() || own.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(own.getAsDouble() / usual.getAsDouble());
    }
}

package org.heliograph.streams.report;

import java.util.OptionalDouble;

/**
 * A named figure.
 *
 * @param key of its name in the languages, and in the CSV file
 * @param unit as it is written; empty for a ratio
 * @param decimals as people read it; the CSV file has all
 * @param coverage the share of the period's minutes that it is of
 */
record Figure(String key, OptionalDouble value, String unit, int decimals, double coverage) {
    static Figure of(String key, boolean present, double value, String unit, int decimals) {
        return new Figure(key, present ? OptionalDouble.of(value) : OptionalDouble.empty(), unit, decimals, 1);
    }

    Figure of(double share) {
        return new Figure(key, value, unit, decimals, share);
    }

    /** There is one, but not of all of the period. */
    boolean isPartial() {
        return value.isPresent() && coverage < 1;
    }

    static Figure unknown(String key, String unit) {
        return new Figure(key, OptionalDouble.empty(), unit, 0, 1);
    }
}

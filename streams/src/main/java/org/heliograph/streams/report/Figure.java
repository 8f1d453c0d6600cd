package org.heliograph.streams.report;

import java.util.OptionalDouble;

/**
 * A named figure.
 *
 * @param key of its name in the languages, and in the CSV file
 * @param unit as it is written; empty for a ratio
 * @param decimals as people read it; the CSV file has all
 */
record Figure(String key, OptionalDouble value, String unit, int decimals) {
    static Figure of(String key, boolean present, double value, String unit, int decimals) {
        return new Figure(key, present ? OptionalDouble.of(value) : OptionalDouble.empty(), unit, decimals);
    }

    static Figure unknown(String key, String unit) {
        return new Figure(key, OptionalDouble.empty(), unit, 0);
    }
}

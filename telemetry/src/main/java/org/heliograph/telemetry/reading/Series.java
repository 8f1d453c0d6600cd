package org.heliograph.telemetry.reading;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Samples of one point, strictly ascending in time. */
public sealed interface Series {
    Point point();

    int size();

    /** Epoch milliseconds of sample {@code i}. */
    long timeMillis(int i);

    /** A register's samples: cumulative energy in millijoules. */
    final class Register implements Series {
        private final Point point;
        private final long[] timesMillis;
        private final long[] millijoules;

        /** @throws IllegalArgumentException if the arrays differ in length or the times do not ascend strictly */
        public Register(Point point, long[] timesMillis, long[] millijoules) {
            if (!point.isRegister()) {
                throw new IllegalArgumentException(point.label() + " is not a register");
            }
            requireSamples(timesMillis, millijoules.length);
            this.point = point;
            this.timesMillis = timesMillis.clone();
            this.millijoules = millijoules.clone();
        }

        @Override
        public Point point() {
            return point;
        }

        @Override
        public int size() {
            return timesMillis.length;
        }

        @Override
        public long timeMillis(int i) {
            return timesMillis[i];
        }

        public long millijoules(int i) {
            return millijoules[i];
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Register that
                    && point == that.point
                    && Arrays.equals(timesMillis, that.timesMillis)
                    && Arrays.equals(millijoules, that.millijoules);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * point.hashCode() + Arrays.hashCode(timesMillis)) + Arrays.hashCode(millijoules);
        }

        @Override
        public String toString() {
            return point.label() + Arrays.toString(timesMillis) + Arrays.toString(millijoules) + " mJ";
        }
    }

    /** A gauge's samples, in the point's unit; finite. */
    final class Gauge implements Series {
        private final Point point;
        private final long[] timesMillis;
        private final double[] values;

        /**
         * @throws IllegalArgumentException if the arrays differ in length, the times do not ascend strictly or a value
         *     is not finite
         */
        public Gauge(Point point, long[] timesMillis, double[] values) {
            if (point.isRegister()) {
                throw new IllegalArgumentException(point.label() + " is a register");
            }
            requireSamples(timesMillis, values.length);
            for (double value : values) {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(point.label() + " is " + value);
                }
            }
            this.point = point;
            this.timesMillis = timesMillis.clone();
            this.values = values.clone();
        }

        @Override
        public Point point() {
            return point;
        }

        @Override
        public int size() {
            return timesMillis.length;
        }

        @Override
        public long timeMillis(int i) {
            return timesMillis[i];
        }

        public double value(int i) {
            return values[i];
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Gauge that
                    && point == that.point
                    && Arrays.equals(timesMillis, that.timesMillis)
                    && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * point.hashCode() + Arrays.hashCode(timesMillis)) + Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return point.label() + Arrays.toString(timesMillis) + Arrays.toString(values) + " "
                    + point.unit().symbol();
        }
    }

    private static void requireSamples(long[] timesMillis, int values) {
        if (timesMillis.length == 0 || timesMillis.length != values) {
            throw new IllegalArgumentException(timesMillis.length + " times for " + values + " values");
        }
        for (int i = 1; i < timesMillis.length; i++) {
            if (timesMillis[i] <= timesMillis[i - 1]) {
                throw new IllegalArgumentException("times do not ascend at sample " + i);
            }
        }
    }
}

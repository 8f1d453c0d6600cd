package org.heliograph.telemetry.reading;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples of one point, strictly ascending in time. Times lie in the years 1970 to 9999 and registers are not negative,
 * so that differences of either never overflow, whatever a device says.
 */
public sealed interface Series {
    Point point();

    int size();

    /** Epoch milliseconds of sample {@code i}. */
    long timeMillis(int i);

    /** Samples {@code from} to {@code to}, exclusive: at least one. */
    Series slice(int from, int to);

    /** Whether a sample can have that time: epoch milliseconds in the years 1970 to 9999. */
    static boolean isTime(long timeMillis) {
        return timeMillis >= 0 && timeMillis <= 253_402_300_799_999L;
    }

    /** @throws IllegalArgumentException if it is no time that a sample can have */
    static void requireTime(long timeMillis) {
        if (!isTime(timeMillis)) {
            throw new IllegalArgumentException("time out of range: " + timeMillis + " ms");
        }
    }

    /** A register's samples: cumulative energy in millijoules, never negative. */
    final class Register implements Series {
        private final Point point;
        private final long[] timesMillis;
        private final long[] millijoules;

        /**
         * @throws IllegalArgumentException if the arrays differ in length, the times do not ascend strictly or lie
         *     outside the range, or a value is negative
         */
        public Register(Point point, long[] timesMillis, long[] millijoules) {
            requireSamples(timesMillis, millijoules.length);
            for (long value : millijoules) {
                require(point, value);
            }
            this.point = point;
            this.timesMillis = timesMillis.clone();
            this.millijoules = millijoules.clone();
        }

        /** For a part of a valid series: nothing is checked again. */
        private Register(Register whole, int from, int to) {
            requireSome(from, to);
            point = whole.point;
            timesMillis = Arrays.copyOfRange(whole.timesMillis, from, to);
            millijoules = Arrays.copyOfRange(whole.millijoules, from, to);
        }

        @Override
        public Register slice(int from, int to) {
            return new Register(this, from, to);
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

        static void require(Point point, long millijoules) {
            if (!point.isRegister()) {
                throw new IllegalArgumentException(point.label() + " is not a register");
            }
            if (millijoules < 0) {
                throw new IllegalArgumentException(point.label() + " is negative: " + millijoules + " mJ");
            }
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
         * @throws IllegalArgumentException if the arrays differ in length, the times do not ascend strictly or lie
         *     outside the range, or a value is not finite
         */
        public Gauge(Point point, long[] timesMillis, double[] values) {
            requireSamples(timesMillis, values.length);
            for (double value : values) {
                require(point, value);
            }
            this.point = point;
            this.timesMillis = timesMillis.clone();
            this.values = values.clone();
        }

        /** For a part of a valid series: nothing is checked again. */
        private Gauge(Gauge whole, int from, int to) {
            requireSome(from, to);
            point = whole.point;
            timesMillis = Arrays.copyOfRange(whole.timesMillis, from, to);
            values = Arrays.copyOfRange(whole.values, from, to);
        }

        @Override
        public Gauge slice(int from, int to) {
            return new Gauge(this, from, to);
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

        static void require(Point point, double value) {
            if (point.isRegister()) {
                throw new IllegalArgumentException(point.label() + " is a register");
            }
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(point.label() + " is " + value);
            }
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

    private static void requireSome(int from, int to) {
        if (from >= to) {
            throw new IllegalArgumentException("no samples from " + from + " to " + to);
        }
    }

    private static void requireSamples(long[] timesMillis, int values) {
        if (timesMillis.length == 0 || timesMillis.length != values) {
            throw new IllegalArgumentException(timesMillis.length + " times for " + values + " values");
        }
        for (int i = 0; i < timesMillis.length; i++) {
            requireTime(timesMillis[i]);
            if (i > 0 && timesMillis[i] <= timesMillis[i - 1]) {
                throw new IllegalArgumentException("times do not ascend at sample " + i);
            }
        }
    }
}

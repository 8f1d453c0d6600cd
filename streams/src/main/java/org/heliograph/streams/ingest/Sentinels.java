package org.heliograph.streams.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.heliograph.streams.sample.SeriesUnion;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/**
 * Numbers by which devices say that they have no value: the sentinels of SunSpec's and most vendors' integers, int16
 * 0x8000, uint16 0xFFFF, int32 0x7FFFFFFF and 0x80000000; also after a gateway has applied the scale factor to them as if
 * they were numbers (-3276.8, 6553.5, 2147483647 kWh). They are absence, not values. A reading that by chance is one of
 * these to all its digits is lost; its neighbours aren't.
 */
final class Sentinels {
    private static final double INT16 = -0x8000;
    private static final double UINT16 = 0xFFFF;
    private static final double INT32_LARGEST = Integer.MAX_VALUE;
    private static final double INT32_SMALLEST = Integer.MIN_VALUE;
    /** Factors by which an integer may have been scaled on its way, other than 1. */
    private static final double[] SCALES = {0.01, 0.1, 10, 100};

    /** No scaled sentinel is nearer to 0: nearly all values need no closer look. */
    private static final double SMALLEST_SCALED = 327;

    private static final long[] REGISTER_SCALES = {1, 10, 100, 1_000};

    private Sentinels() {}

    /** The readings without them; empty when nothing is left. */
    static Optional<Readings> strip(Readings readings) {
        List<Series> real = new ArrayList<>(readings.series().size());
        boolean same = true;
        for (Series series : readings.series()) {
            Optional<Series> stripped = strip(series);
            stripped.ifPresent(real::add);
            same &= stripped.isPresent() && stripped.get() == series;
        }
        if (same) {
            return Optional.of(readings);
        }
        return real.isEmpty()
                ? Optional.empty()
                : Optional.of(new Readings(readings.device(), readings.serial(), real));
    }

    private static Optional<Series> strip(Series series) {
        return switch (series) {
            case Series.Register register ->
                hasAny(register) ? strip(series, i -> isAbsent(register.millijoules(i))) : Optional.of(series);
            case Series.Gauge gauge ->
                hasAny(gauge) ? strip(series, i -> isAbsent(gauge.point(), gauge.value(i))) : Optional.of(series);
        };
    }

    private static boolean hasAny(Series.Register register) {
        for (int i = 0; i < register.size(); i++) {
            if (isAbsent(register.millijoules(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAny(Series.Gauge gauge) {
        for (int i = 0; i < gauge.size(); i++) {
            if (isAbsent(gauge.point(), gauge.value(i))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Series> strip(Series series, IntPredicate isAbsent) {
        int[] real = IntStream.range(0, series.size()).filter(isAbsent.negate()).toArray();
        return real.length == 0 ? Optional.empty() : Optional.of(SeriesUnion.pick(series, real));
    }

    private static boolean isAbsent(long millijoules) {
        for (long scale : REGISTER_SCALES) {
            if (millijoules == Integer.MAX_VALUE * Millijoules.PER_WATT_HOUR * scale) {
                return true;
            }
        }
        return false;
    }

    /** 65,535 is a power that a site can have, and a set of event bits. */
    private static boolean isAbsent(Point point, double value) {
        boolean maybeUnsigned = point != Point.POWER && point != Point.APPARENT_POWER && point != Point.EVENTS;
        if (value == INT16 || value == INT32_LARGEST || value == INT32_SMALLEST || (value == UINT16 && maybeUnsigned)) {
            return true;
        }
        if (Math.abs(value) < SMALLEST_SCALED) {
            return false;
        }
        for (double scale : SCALES) {
            if (isNear(value, INT16 * scale)
                    || isNear(value, INT32_SMALLEST * scale)
                    || isNear(value, INT32_LARGEST * scale)
                    || (maybeUnsigned && isNear(value, UINT16 * scale))) {
                return true;
            }
        }
        return false;
    }

    /** Equal but for the rounding of a multiplication. */
    private static boolean isNear(double value, double sentinel) {
        return Math.abs(value - sentinel) <= Math.ulp(sentinel) * 2;
    }
}

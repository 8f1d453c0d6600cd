package org.heliograph.streams.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/**
 * Numbers by which devices say that they have no value: the sentinels of SunSpec's and most vendors' integers, int16
 * 0x8000, uint16 0xFFFF, int32 0x7FFFFFFF and 0x80000000, where they come through unscaled. They are absence, not values.
 */
final class Sentinels {
    private static final double INT16 = -0x8000;
    private static final double UINT16 = 0xFFFF;
    private static final double INT32_LARGEST = Integer.MAX_VALUE;
    private static final double INT32_SMALLEST = Integer.MIN_VALUE;
    private static final long INT32_REGISTER = Integer.MAX_VALUE * Millijoules.PER_WATT_HOUR;

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
            case Series.Register register -> strip(series, i -> register.millijoules(i) == INT32_REGISTER);
            case Series.Gauge gauge -> strip(series, i -> isAbsent(gauge.point(), gauge.value(i)));
        };
    }

    private static Optional<Series> strip(Series series, IntPredicate isAbsent) {
        int[] real = IntStream.range(0, series.size()).filter(isAbsent.negate()).toArray();
        if (real.length == series.size()) {
            return Optional.of(series);
        }
        return real.length == 0 ? Optional.empty() : Optional.of(Samples.pick(series, real));
    }

    /** 65,535 is a power that a site can have, and a set of event bits. */
    private static boolean isAbsent(Point point, double value) {
        boolean maybeUnsigned = point != Point.POWER && point != Point.APPARENT_POWER && point != Point.EVENTS;
        return value == INT16
                || value == INT32_LARGEST
                || value == INT32_SMALLEST
                || (value == UINT16 && maybeUnsigned);
    }
}

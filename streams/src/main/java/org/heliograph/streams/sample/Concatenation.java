package org.heliograph.streams.sample;

import java.util.List;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/** Series of one point, one after the other. */
final class Concatenation {
    private Concatenation() {}

    /** @param parts at least one; each begins after the one before it has ended */
    static Series of(List<Series> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Point point = parts.getFirst().point();
        int size = 0;
        for (Series part : parts) {
            size += part.size();
        }
        long[] times = new long[size];
        int next = 0;
        for (Series part : parts) {
            for (int i = 0; i < part.size(); i++) {
                times[next++] = part.timeMillis(i);
            }
        }
        return switch (parts.getFirst()) {
            case Series.Register _ -> new Series.Register(point, times, millijoules(parts, times.length));
            case Series.Gauge _ -> new Series.Gauge(point, times, values(parts, times.length));
        };
    }

    private static long[] millijoules(List<Series> parts, int size) {
        long[] millijoules = new long[size];
        int next = 0;
        for (Series part : parts) {
            for (int i = 0; i < part.size(); i++) {
                millijoules[next++] = ((Series.Register) part).millijoules(i);
            }
        }
        return millijoules;
    }

    private static double[] values(List<Series> parts, int size) {
        double[] values = new double[size];
        int next = 0;
        for (Series part : parts) {
            for (int i = 0; i < part.size(); i++) {
                values[next++] = ((Series.Gauge) part).value(i);
            }
        }
        return values;
    }
}

package org.heliograph.telemetry.reading;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gathers samples in any order into series, oldest first. A second value for the same point and instant replaces the
 * first. A sample that breaks a rule of {@link Series} is refused when it is added; what was added before stays.
 */
public final class Sampling {
    private final Map<Point, SortedMap<Long, Number>> samples = new EnumMap<>(Point.class);

    /** @throws IllegalArgumentException if the point is a gauge, the time out of range or the energy negative */
    public Sampling register(Point point, long timeMillis, long millijoules) {
        Series.Register.require(point, millijoules);
        Series.requireTime(timeMillis);
        of(point).put(timeMillis, millijoules);
        return this;
    }

    /** @throws IllegalArgumentException if the point is a register, the time out of range or the value not finite */
    public Sampling gauge(Point point, long timeMillis, double value) {
        Series.Gauge.require(point, value);
        Series.requireTime(timeMillis);
        of(point).put(timeMillis, value);
        return this;
    }

    public boolean isEmpty() {
        return samples.isEmpty();
    }

    public List<Series> series() {
        List<Series> series = new ArrayList<>(samples.size());
        samples.forEach((point, byTime) -> series.add(series(point, byTime)));
        return List.copyOf(series);
    }

    private static Series series(Point point, SortedMap<Long, Number> byTime) {
        long[] times = new long[byTime.size()];
        long[] millijoules = new long[point.isRegister() ? times.length : 0];
        double[] values = new double[point.isRegister() ? 0 : times.length];
        int at = 0;
        for (Map.Entry<Long, Number> sample : byTime.entrySet()) {
            times[at] = sample.getKey();
            if (point.isRegister()) {
                millijoules[at++] = sample.getValue().longValue();
            } else {
                values[at++] = sample.getValue().doubleValue();
            }
        }
        return point.isRegister()
                ? new Series.Register(point, times, millijoules)
                : new Series.Gauge(point, times, values);
    }

    private SortedMap<Long, Number> of(Point point) {
        return samples.computeIfAbsent(point, _ -> new TreeMap<>());
    }
}

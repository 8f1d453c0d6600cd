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
        samples.forEach((point, byTime) -> {
            long[] times = byTime.keySet().stream().mapToLong(Long::longValue).toArray();
            series.add(
                    point.isRegister()
                            ? new Series.Register(
                                    point,
                                    times,
                                    byTime.values().stream()
                                            .mapToLong(Number::longValue)
                                            .toArray())
                            : new Series.Gauge(
                                    point,
                                    times,
                                    byTime.values().stream()
                                            .mapToDouble(Number::doubleValue)
                                            .toArray()));
        });
        return List.copyOf(series);
    }

    private SortedMap<Long, Number> of(Point point) {
        return samples.computeIfAbsent(point, _ -> new TreeMap<>());
    }
}

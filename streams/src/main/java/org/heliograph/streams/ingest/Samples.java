package org.heliograph.streams.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/**
 * Samples of one device as a set: adding is commutative, associative and idempotent. Of two different values for one
 * point and instant the larger stays, whatever came first.
 */
public final class Samples {
    private final Map<Point, Series> byPoint;

    private Samples(Map<Point, Series> byPoint) {
        this.byPoint = byPoint;
    }

    public static Samples empty() {
        return new Samples(Map.of());
    }

    public static Samples of(Collection<Series> series) {
        Map<Point, Series> byPoint = new EnumMap<>(Point.class);
        series.forEach(one -> byPoint.merge(one.point(), one, Samples::union));
        return new Samples(byPoint);
    }

    public Samples plus(Samples other) {
        if (byPoint.isEmpty()) {
            return other;
        }
        Map<Point, Series> union = new EnumMap<>(byPoint);
        other.byPoint.forEach((point, series) -> union.merge(point, series, Samples::union));
        return new Samples(union);
    }

    public Collection<Series> series() {
        return Collections.unmodifiableCollection(byPoint.values());
    }

    public boolean isEmpty() {
        return byPoint.isEmpty();
    }

    public Optional<Series> of(Point point) {
        return Optional.ofNullable(byPoint.get(point));
    }

    /** The samples with {@code from <= time < to}. */
    public Samples between(long fromMillis, long toMillis) {
        List<Series> parts = new ArrayList<>(byPoint.size());
        for (Series series : byPoint.values()) {
            int from = lowerBound(series, fromMillis);
            int to = lowerBound(series, toMillis);
            if (from < to) {
                parts.add(from == 0 && to == series.size() ? series : slice(series, from, to));
            }
        }
        return of(parts);
    }

    /** The samples with {@code from <= time < to} and, of each point, up to {@code context} more on each side. */
    public Samples around(long fromMillis, long toMillis, int context) {
        List<Series> parts = new ArrayList<>(byPoint.size());
        for (Series series : byPoint.values()) {
            int from = Math.max(0, lowerBound(series, fromMillis) - context);
            int to = Math.min(series.size(), lowerBound(series, toMillis) + context);
            if (from < to) {
                parts.add(slice(series, from, to));
            }
        }
        return of(parts);
    }

    /** The first index whose time is not before {@code millis}. */
    static int lowerBound(Series series, long millis) {
        int low = 0;
        int high = series.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (series.timeMillis(middle) < millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Samples {@code from} to {@code to}, exclusive. */
    public static Series slice(Series series, int from, int to) {
        long[] times = new long[to - from];
        for (int i = from; i < to; i++) {
            times[i - from] = series.timeMillis(i);
        }
        return switch (series) {
            case Series.Register register -> {
                long[] millijoules = new long[to - from];
                for (int i = from; i < to; i++) {
                    millijoules[i - from] = register.millijoules(i);
                }
                yield new Series.Register(register.point(), times, millijoules);
            }
            case Series.Gauge gauge -> {
                double[] values = new double[to - from];
                for (int i = from; i < to; i++) {
                    values[i - from] = gauge.value(i);
                }
                yield new Series.Gauge(gauge.point(), times, values);
            }
        };
    }

    /** All samples of both, oldest first. */
    private static Series union(Series a, Series b) {
        int[] picks = new int[a.size() + b.size()];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            long difference = a.timeMillis(i) - b.timeMillis(j);
            if (difference < 0) {
                picks[size++] = i++;
            } else if (difference > 0) {
                picks[size++] = ~j++;
            } else {
                picks[size++] = compare(a, i, b, j) >= 0 ? i : ~j;
                i++;
                j++;
            }
        }
        while (i < a.size()) {
            picks[size++] = i++;
        }
        while (j < b.size()) {
            picks[size++] = ~j++;
        }
        return pick(a, b, Arrays.copyOf(picks, size));
    }

    private static int compare(Series a, int i, Series b, int j) {
        return switch (a) {
            case Series.Register register ->
                Long.compare(register.millijoules(i), ((Series.Register) b).millijoules(j));
            case Series.Gauge gauge -> Double.compare(gauge.value(i), ((Series.Gauge) b).value(j));
        };
    }

    /** The picked samples: of a where the pick is an index, of b where it is an index's complement. */
    private static Series pick(Series a, Series b, int[] picks) {
        long[] times = new long[picks.length];
        for (int k = 0; k < picks.length; k++) {
            times[k] = picks[k] >= 0 ? a.timeMillis(picks[k]) : b.timeMillis(~picks[k]);
        }
        return switch (a) {
            case Series.Register register -> {
                Series.Register other = (Series.Register) b;
                long[] millijoules = new long[picks.length];
                for (int k = 0; k < picks.length; k++) {
                    millijoules[k] = picks[k] >= 0 ? register.millijoules(picks[k]) : other.millijoules(~picks[k]);
                }
                yield new Series.Register(a.point(), times, millijoules);
            }
            case Series.Gauge gauge -> {
                Series.Gauge other = (Series.Gauge) b;
                double[] values = new double[picks.length];
                for (int k = 0; k < picks.length; k++) {
                    values[k] = picks[k] >= 0 ? gauge.value(picks[k]) : other.value(~picks[k]);
                }
                yield new Series.Gauge(a.point(), times, values);
            }
        };
    }
}

package org.heliograph.streams.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/**
 * Samples of one device as a set: adding is commutative, associative and idempotent. Of two different values for one
 * point and instant the larger stays, whatever came first. Samples remember the serial number that the device reported
 * with them, empty when it reported none.
 */
public final class Samples {
    private static final long FINEST_MILLIS = 50;

    /** A device that says more serial numbers than that within a minute is none: the first by name stay. */
    static final int MAX_SERIALS = 8;

    private final SortedMap<String, Map<Point, Series>> bySerial;

    private Samples(SortedMap<String, Map<Point, Series>> bySerial) {
        this.bySerial = bySerial;
    }

    public static Samples empty() {
        return new Samples(new TreeMap<>());
    }

    /** Samples without a serial number. */
    public static Samples of(Collection<Series> series) {
        return of("", series);
    }

    public static Samples of(Readings readings) {
        return of(readings.serial(), readings.series());
    }

    public static Samples of(String serial, Collection<Series> series) {
        SortedMap<String, Map<Point, Series>> bySerial = new TreeMap<>();
        if (!series.isEmpty()) {
            Map<Point, Series> byPoint = new EnumMap<>(Point.class);
            series.forEach(one -> byPoint.merge(one.point(), one, Samples::union));
            bySerial.put(serial, byPoint);
        }
        return new Samples(bySerial);
    }

    public Samples plus(Samples other) {
        if (bySerial.isEmpty()) {
            return other;
        }
        SortedMap<String, Map<Point, Series>> sum = new TreeMap<>(bySerial);
        other.bySerial.forEach((serial, series) -> sum.merge(serial, series, Samples::union));
        return new Samples(sum);
    }

    /** All of some points: each part is later than the one before it. */
    public static Samples joined(List<Samples> parts, Set<Point> points) {
        SortedMap<String, Map<Point, List<Series>>> lists = new TreeMap<>();
        for (Samples part : parts) {
            part.bySerial.forEach((serial, byPoint) -> {
                Map<Point, List<Series>> own = lists.computeIfAbsent(serial, _ -> new EnumMap<>(Point.class));
                for (Point point : points) {
                    Series series = byPoint.get(point);
                    if (series != null) {
                        own.computeIfAbsent(point, _ -> new ArrayList<>()).add(series);
                    }
                }
            });
        }
        SortedMap<String, Map<Point, Series>> joined = new TreeMap<>();
        lists.forEach((serial, byPoint) -> {
            Map<Point, Series> whole = new EnumMap<>(Point.class);
            byPoint.forEach((point, series) -> whole.put(point, Concatenation.of(series)));
            if (!whole.isEmpty()) {
                joined.put(serial, whole);
            }
        });
        return new Samples(joined);
    }

    /**
     * Of samples of one point closer together than {@link #FINEST_MILLIS}, the first: no device that means well reads
     * faster, and one that doesn't must not make a minute larger than a record may be. Thinning a union of thinned samples
     * gives what thinning the union gives, so that no order matters. The same holds for the serial numbers kept.
     */
    public Samples thinned() {
        if (isThin()) {
            return this;
        }
        SortedMap<String, Map<Point, Series>> thinned = new TreeMap<>();
        bySerial.forEach((serial, byPoint) -> {
            Map<Point, Series> kept = new EnumMap<>(Point.class);
            byPoint.forEach((point, series) -> kept.put(point, thinned(series)));
            if (thinned.size() < MAX_SERIALS) { // ascending
                thinned.put(serial, kept);
            }
        });
        return new Samples(thinned);
    }

    private boolean isThin() {
        if (bySerial.size() > MAX_SERIALS) {
            return false;
        }
        for (Map<Point, Series> byPoint : bySerial.values()) {
            for (Series series : byPoint.values()) {
                for (int i = 1; i < series.size(); i++) {
                    if (isNear(series.timeMillis(i - 1), series.timeMillis(i))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean isNear(long beforeMillis, long millis) {
        return millis - beforeMillis < FINEST_MILLIS && millis / FINEST_MILLIS == beforeMillis / FINEST_MILLIS;
    }

    private static Series thinned(Series series) {
        int[] firsts = IntStream.range(0, series.size())
                .filter(i -> i == 0 || !isNear(series.timeMillis(i - 1), series.timeMillis(i)))
                .toArray();
        return firsts.length == series.size() ? series : pick(series, firsts);
    }

    /** One series for each point, whatever serial numbers they came with. */
    public Collection<Series> series() {
        return Collections.unmodifiableCollection(byPoint().values());
    }

    /** The serial numbers that samples came with. */
    public Set<String> serials() {
        return Collections.unmodifiableSet(bySerial.keySet());
    }

    /** The samples that came with one serial number. */
    public Collection<Series> series(String serial) {
        return Collections.unmodifiableCollection(
                bySerial.getOrDefault(serial, Map.of()).values());
    }

    public boolean isEmpty() {
        return bySerial.isEmpty();
    }

    /** The time of the first of any point; there must be one. */
    public long earliestMillis() {
        long earliest = Long.MAX_VALUE;
        for (Map<Point, Series> byPoint : bySerial.values()) {
            for (Series series : byPoint.values()) {
                earliest = Math.min(earliest, series.timeMillis(0));
            }
        }
        return earliest;
    }

    /** The time of the last of any point; there must be one. */
    public long latestMillis() {
        long latest = Long.MIN_VALUE;
        for (Map<Point, Series> byPoint : bySerial.values()) {
            for (Series series : byPoint.values()) {
                latest = Math.max(latest, series.timeMillis(series.size() - 1));
            }
        }
        return latest;
    }

    /** How many samples there are, over all points. */
    public int size() {
        int size = 0;
        for (Series series : byPoint().values()) {
            size += series.size();
        }
        return size;
    }

    /** How many samples of a point there are. */
    public int size(Point point) {
        Series series = of(point).orElse(null);
        return series == null ? 0 : series.size();
    }

    public Optional<Series> of(Point point) {
        Series whole = null;
        for (Map<Point, Series> byPoint : bySerial.values()) {
            Series part = byPoint.get(point);
            if (part != null) {
                whole = whole == null ? part : union(whole, part);
            }
        }
        return Optional.ofNullable(whole);
    }

    /** The newest samples of points, or the oldest: so many of each, at most as many as there are. */
    public Samples ends(Map<Point, Integer> counts, boolean newest) {
        return parts(point -> {
            Series series = of(point).orElse(null);
            int count = counts.getOrDefault(point, 0);
            if (series == null || count == 0) {
                return Between.NOTHING;
            }
            int from = newest ? series.size() - count : 0;
            return new Between(series.timeMillis(from), series.timeMillis(from + count - 1) + 1);
        });
    }

    /** The samples with {@code from <= time < to}. */
    public Samples between(long fromMillis, long toMillis) {
        return parts(_ -> new Between(fromMillis, toMillis));
    }

    /** The samples with {@code from <= time < to} and, of each point, up to {@code context} more on each side. */
    public Samples around(long fromMillis, long toMillis, int context) {
        Map<Point, Between> reach = new EnumMap<>(Point.class);
        for (Series series : byPoint().values()) {
            int from = Math.max(0, lowerBound(series, fromMillis) - context);
            int to = Math.min(series.size(), lowerBound(series, toMillis) + context);
            if (from < to) {
                reach.put(series.point(), new Between(series.timeMillis(from), series.timeMillis(to - 1) + 1));
            }
        }
        return parts(point -> reach.getOrDefault(point, Between.NOTHING));
    }

    /** A time, from inclusive, to exclusive. */
    private record Between(long fromMillis, long toMillis) {
        static final Between NOTHING = new Between(0, 0);
    }

    private Samples parts(Function<Point, Between> wanted) {
        SortedMap<String, Map<Point, Series>> parts = new TreeMap<>();
        bySerial.forEach((serial, byPoint) -> {
            Map<Point, Series> kept = new EnumMap<>(Point.class);
            for (Series series : byPoint.values()) {
                Between between = wanted.apply(series.point());
                int from = lowerBound(series, between.fromMillis());
                int to = lowerBound(series, between.toMillis());
                if (from < to) {
                    kept.put(series.point(), from == 0 && to == series.size() ? series : series.slice(from, to));
                }
            }
            if (!kept.isEmpty()) {
                parts.put(serial, kept);
            }
        });
        return new Samples(parts);
    }

    private Map<Point, Series> byPoint() {
        if (bySerial.size() == 1) {
            return bySerial.firstEntry().getValue();
        }
        return bySerial.values().stream().reduce(Map.of(), Samples::union);
    }

    private static Map<Point, Series> union(Map<Point, Series> a, Map<Point, Series> b) {
        Map<Point, Series> union = new EnumMap<>(Point.class);
        union.putAll(a);
        b.forEach((point, series) -> union.merge(point, series, Samples::union));
        return union;
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

    /** The picked samples of a series. */
    static Series pick(Series series, int[] picks) {
        return pick(series, series, picks);
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

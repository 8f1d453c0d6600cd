package org.heliograph.streams.sample;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.jspecify.annotations.Nullable;

/**
 * Samples of one device as a set: adding is commutative, associative and idempotent. Of two different values for one
 * point and instant the larger stays, whatever came first. Samples remember the serial number that the device reported
 * with them, empty when it reported none.
 */
public final class Samples {
    /**
     * A device that says more serial numbers of one point than that within a minute is none: the last by name stay. A unit
     * that gives way to another takes two.
     */
    static final int MAX_SERIALS = 2;

    private static final Samples EMPTY = new Samples(List.of());

    /** By serial number, ascending; nearly always there is one. */
    private final List<Unit> units;

    private Samples(List<Unit> units) {
        this.units = units;
    }

    /**
     * The samples that came with one serial number.
     *
     * @param series at least one, of each point at most one, in the order of the points
     */
    private record Unit(String serial, List<Series> series) {
        @Nullable
        Series of(Point point) {
            for (int i = 0; i < series.size(); i++) {
                if (series.get(i).point() == point) {
                    return series.get(i);
                }
            }
            return null;
        }
    }

    public static Samples empty() {
        return EMPTY;
    }

    public static Samples of(Readings readings) {
        return of(readings.serial(), readings.series());
    }

    /** @param serial of the unit that they are of; empty where it is unknown */
    public static Samples of(String serial, Collection<Series> series) {
        if (series.isEmpty()) {
            return EMPTY;
        }
        List<Series> ordered = new ArrayList<>(series.size());
        for (Series one : series) {
            int place = ordered.size();
            while (place > 0 && ordered.get(place - 1).point().compareTo(one.point()) > 0) {
                place--;
            }
            if (place > 0 && ordered.get(place - 1).point() == one.point()) {
                ordered.set(place - 1, SeriesUnion.of(ordered.get(place - 1), one));
            } else {
                ordered.add(place, one);
            }
        }
        return new Samples(List.of(new Unit(serial, ordered)));
    }

    public Samples plus(Samples other) {
        if (units.isEmpty()) {
            return other;
        }
        List<Unit> sum = new ArrayList<>(units.size() + other.units.size());
        int i = 0;
        int j = 0;
        while (i < units.size() && j < other.units.size()) {
            Unit own = units.get(i);
            Unit added = other.units.get(j);
            int order = own.serial().compareTo(added.serial());
            sum.add(
                    order < 0
                            ? own
                            : order > 0 ? added : new Unit(own.serial(), SeriesUnion.of(own.series(), added.series())));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        sum.addAll(units.subList(i, units.size()));
        sum.addAll(other.units.subList(j, other.units.size()));
        return new Samples(sum);
    }

    /** All of some points: each part is later than the one before it. */
    public static Samples joined(List<Samples> parts, Set<Point> points) {
        List<Unit> joined = new ArrayList<>(1);
        for (String serial : serials(parts)) {
            List<Series> whole = new ArrayList<>(points.size());
            for (Point point : points) {
                List<Series> ofPoint = new ArrayList<>(parts.size());
                for (Samples part : parts) {
                    Series series = part.of(serial, point);
                    if (series != null) {
                        ofPoint.add(series);
                    }
                }
                if (!ofPoint.isEmpty()) {
                    whole.add(Concatenation.of(ofPoint));
                }
            }
            if (!whole.isEmpty()) {
                joined.add(new Unit(serial, whole));
            }
        }
        return new Samples(joined);
    }

    private static Collection<String> serials(List<Samples> parts) {
        String only = null;
        for (Samples part : parts) {
            for (Unit unit : part.units) {
                if (only != null && !only.equals(unit.serial())) {
                    Set<String> all = new TreeSet<>();
                    parts.forEach(each -> each.units.forEach(one -> all.add(one.serial())));
                    return all;
                }
                only = unit.serial();
            }
        }
        return only == null ? List.of() : List.of(only);
    }

    private @Nullable Series of(String serial, Point point) {
        for (Unit unit : units) {
            if (unit.serial().equals(serial)) {
                return unit.of(point);
            }
        }
        return null;
    }

    /**
     * Of samples of one point closer together than {@link Thinning#FINEST_MILLIS}, the first: no device that means well reads
     * faster, and one that doesn't must not make a minute larger than a record may be. Thinning a union of thinned samples
     * gives what thinning the union gives, so that no order matters. The same holds for the serial numbers kept of a point:
     * none is ever dropped but for others that stay.
     */
    public Samples thinned() {
        if (isThin()) {
            return this;
        }
        List<Unit> thin = new ArrayList<>(units.size());
        Map<Point, Integer> serials = new EnumMap<>(Point.class);
        for (Unit unit : units.reversed()) {
            List<Series> kept = unit.series().stream()
                    .filter(series -> serials.merge(series.point(), 1, Integer::sum) <= MAX_SERIALS)
                    .map(Thinning::of)
                    .toList();
            if (!kept.isEmpty()) {
                thin.addFirst(new Unit(unit.serial(), kept));
            }
        }
        return new Samples(thin);
    }

    private boolean isThin() {
        if (units.size() > MAX_SERIALS) {
            return false;
        }
        for (Unit unit : units) {
            for (Series series : unit.series()) {
                if (!Thinning.isThin(series)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** One series for each point, in the order of the points, whatever serial numbers they came with. */
    public List<Series> series() {
        if (units.size() == 1) {
            return Collections.unmodifiableList(units.getFirst().series());
        }
        return units.stream().map(Unit::series).reduce(List.of(), SeriesUnion::of);
    }

    /** The serial numbers that samples came with, ascending. */
    public List<String> serials() {
        return units.size() == 1
                ? List.of(units.getFirst().serial())
                : units.stream().map(Unit::serial).toList();
    }

    /** The samples that came with one serial number. */
    public List<Series> series(String serial) {
        for (Unit unit : units) {
            if (unit.serial().equals(serial)) {
                return Collections.unmodifiableList(unit.series());
            }
        }
        return List.of();
    }

    public boolean isEmpty() {
        return units.isEmpty();
    }

    /** The time of the first of any point; there must be one. */
    public long earliestMillis() {
        long earliest = Long.MAX_VALUE;
        for (Unit unit : units) {
            for (Series series : unit.series()) {
                earliest = Math.min(earliest, series.timeMillis(0));
            }
        }
        return earliest;
    }

    /** The time of the last of any point; there must be one. */
    public long latestMillis() {
        long latest = Long.MIN_VALUE;
        for (Unit unit : units) {
            for (Series series : unit.series()) {
                latest = Math.max(latest, series.timeMillis(series.size() - 1));
            }
        }
        return latest;
    }

    /** How many samples there are, over all points. */
    public int size() {
        int size = 0;
        for (Series series : units.size() == 1 ? units.getFirst().series() : series()) {
            size += series.size();
        }
        return size;
    }

    /** How many samples of a point there are. */
    public int size(Point point) {
        Series series = find(point);
        return series == null ? 0 : series.size();
    }

    public Optional<Series> of(Point point) {
        return Optional.ofNullable(find(point));
    }

    private @Nullable Series find(Point point) {
        Series whole = null;
        for (Unit unit : units) {
            Series part = unit.of(point);
            if (part != null) {
                whole = whole == null ? part : SeriesUnion.of(whole, part);
            }
        }
        return whole;
    }

    /** The newest samples of points, or the oldest: so many of each, at most as many as there are. */
    public Samples ends(Map<Point, Integer> counts, boolean newest) {
        return parts((series, point) -> {
            int count = counts.getOrDefault(point, 0);
            if (count == 0) {
                return Between.NOTHING;
            }
            int from = newest ? series.size() - count : 0;
            return new Between(series.timeMillis(from), series.timeMillis(from + count - 1) + 1);
        });
    }

    /** The samples with {@code from <= time < to}. */
    public Samples between(long fromMillis, long toMillis) {
        Between between = new Between(fromMillis, toMillis);
        return parts((_, _) -> between);
    }

    /** The samples with {@code from <= time < to} and, of each point, up to {@code context} more on each side. */
    public Samples around(long fromMillis, long toMillis, int context) {
        return parts((series, _) -> {
            int from = Math.max(0, lowerBound(series, fromMillis) - context);
            int to = Math.min(series.size(), lowerBound(series, toMillis) + context);
            return from < to ? new Between(series.timeMillis(from), series.timeMillis(to - 1) + 1) : Between.NOTHING;
        });
    }

    /** A time, from inclusive, to exclusive. */
    private record Between(long fromMillis, long toMillis) {
        static final Between NOTHING = new Between(0, 0);
    }

    /** Which part of a point's samples is wanted. */
    private interface Wanted {
        /** @param whole all samples of the point, whatever serial numbers they came with */
        Between of(Series whole, Point point);
    }

    private Samples parts(Wanted wanted) {
        List<Unit> parts = new ArrayList<>(units.size());
        for (Unit unit : units) {
            List<Series> kept = new ArrayList<>(unit.series().size());
            for (Series series : unit.series()) {
                Series whole = units.size() == 1 ? series : find(series.point());
                Between between = wanted.of(whole == null ? series : whole, series.point());
                int from = lowerBound(series, between.fromMillis());
                int to = lowerBound(series, between.toMillis());
                if (from < to) {
                    kept.add(from == 0 && to == series.size() ? series : series.slice(from, to));
                }
            }
            if (!kept.isEmpty()) {
                parts.add(new Unit(unit.serial(), kept));
            }
        }
        return new Samples(parts);
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
}

package org.heliograph.streams.topology.samples;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;

/**
 * The samples next to a minute on one side of it, {@link RegisterMeter#CONTEXT} of each point, as they are collected:
 * minute by minute, away from it.
 */
public final class Surroundings {
    private final Map<Point, Integer> wanted = new EnumMap<>(Point.class);
    private final SortedSet<Long> minutesMillis = new TreeSet<>();
    private final Deque<Samples> taken = new ArrayDeque<>();
    private final Set<Point> points;
    private final boolean isBefore;

    /** @param isBefore on which side of the minute it is */
    Surroundings(Set<Point> points, boolean isBefore) {
        this.points = points;
        points.forEach(point -> wanted.put(point, RegisterMeter.CONTEXT));
        this.isBefore = isBefore;
    }

    boolean isWhole() {
        return wanted.isEmpty();
    }

    boolean isBefore() {
        return isBefore;
    }

    /** Takes what is still wanted of some minutes. */
    void takeAll(NavigableMap<Long, Samples> minutes) {
        (isBefore ? minutes.descendingMap() : minutes).forEach(this::take);
    }

    /** Takes what is still wanted of a minute, the next one away from that which it is next to. */
    void take(long minuteMillis, Samples samples) {
        Map<Point, Integer> counts = new EnumMap<>(Point.class);
        wanted.forEach((point, count) -> {
            int size = samples.size(point);
            if (size > 0) {
                counts.put(point, Math.min(count, size));
            }
        });
        if (counts.isEmpty()) {
            return;
        }
        Samples ends = samples.ends(counts, isBefore);
        if (isBefore) {
            taken.addFirst(ends);
        } else {
            taken.addLast(ends);
        }
        minutesMillis.add(minuteMillis);
        counts.forEach(
                (point, count) -> wanted.computeIfPresent(point, (_, open) -> open > count ? open - count : null));
    }

    public Samples samples() {
        return Samples.joined(List.copyOf(taken), points);
    }

    /** The minutes that they are of. */
    public SortedSet<Long> minutesMillis() {
        return minutesMillis;
    }
}

package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the devices of an area say of each minute, gathered until they can be compared: when each of them speaks of the minute
 * after the next. Whoever is far behind the others, or is silent, isn't waited for, and what comes later than its row is passed
 * over. While what was said is read again, one partition after the other, nothing is compared: a part of the devices would be.
 */
final class Rows<T> {
    private static final long MINUTE_MILLIS = 60_000;

    private static final long LATENESS_MILLIS = Duration.ofMinutes(2).toMillis();

    /** Behind the first of its area; more than a clock may be ahead. */
    private static final long WAITED_FOR_MILLIS = Duration.ofMinutes(10).toMillis();

    private final long reachMillis;
    private final Map<Area, Group<T>> groups = new HashMap<>();
    private boolean gathers;

    record Area(String site, String name) {}

    /** A minute of an area that is whole. */
    record Row<T>(Area area, long startMillis, Map<String, T> devices) {
        long endMillis() {
            return startMillis + MINUTE_MILLIS;
        }
    }

    private static final class Group<T> {
        private final NavigableMap<Long, Map<String, T>> minutes = new TreeMap<>();
        private final Map<String, Long> newest = new HashMap<>();
        private long judgedMillis = Long.MIN_VALUE;

        private long firstMillis() {
            return newest.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        }

        private long lastMillis() {
            long waitedFor = firstMillis() - WAITED_FOR_MILLIS;
            return newest.values().stream()
                    .mapToLong(Long::longValue)
                    .filter(start -> start >= waitedFor)
                    .min()
                    .orElseThrow();
        }
    }

    /** @param reach how far back from an area's newest minute there is anything to be compared while it gathers */
    Rows(Duration reach) {
        this.reachMillis = reach.toMillis();
    }

    /** From now on nothing is whole. */
    void gather() {
        gathers = true;
    }

    /** Takes what a device says; returns the minutes of its area that are whole by now, by their starts. */
    List<Row<T>> add(Area area, String device, long startMillis, T says) {
        Group<T> group = groups.computeIfAbsent(area, _ -> new Group<>());
        group.newest.merge(device, startMillis, Math::max);
        if (startMillis > group.judgedMillis) {
            group.minutes.computeIfAbsent(startMillis, _ -> new TreeMap<>()).put(device, says);
        }
        if (gathers) {
            group.minutes.headMap(group.firstMillis() - reachMillis).clear();
            return List.of();
        }
        return whole(area, group);
    }

    /** All has been read again; returns what is whole of all areas. */
    List<Row<T>> gathered() {
        gathers = false;
        List<Row<T>> whole = new ArrayList<>();
        groups.forEach((area, group) -> whole.addAll(whole(area, group)));
        return whole;
    }

    private List<Row<T>> whole(Area area, Group<T> group) {
        List<Row<T>> whole = new ArrayList<>();
        long lastMillis = group.lastMillis();
        while (!group.minutes.isEmpty() && group.minutes.firstKey() <= lastMillis - LATENESS_MILLIS) {
            var first = group.minutes.pollFirstEntry();
            group.judgedMillis = first.getKey();
            whole.add(new Row<>(area, first.getKey(), first.getValue()));
        }
        return whole;
    }
}

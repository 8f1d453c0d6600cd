package org.heliograph.streams.alert;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the devices of a group say of each minute, gathered until it can be compared: a minute is whole when one of the
 * group speaks of the minute after the next. What comes later than that is passed over.
 */
final class Rows<T> {
    private static final long LATENESS_MILLIS = 120_000;

    private final Map<String, Group<T>> groups = new HashMap<>();

    private static final class Group<T> {
        private final NavigableMap<Long, Map<String, T>> minutes = new TreeMap<>();
        private long judgedMillis = Long.MIN_VALUE;
    }

    /** A minute of a group that is whole. */
    record Row<T>(long startMillis, Map<String, T> devices) {}

    /** Takes what a device says; returns the minutes of its group that are whole by now, by their starts. */
    Map<Long, Row<T>> add(String group, String device, long startMillis, T says) {
        Group<T> of = groups.computeIfAbsent(group, _ -> new Group<>());
        if (startMillis > of.judgedMillis) {
            of.minutes.computeIfAbsent(startMillis, _ -> new TreeMap<>()).put(device, says);
        }
        Map<Long, Row<T>> whole = new LinkedHashMap<>();
        while (!of.minutes.isEmpty() && of.minutes.firstKey() <= of.minutes.lastKey() - LATENESS_MILLIS) {
            var first = of.minutes.pollFirstEntry();
            of.judgedMillis = first.getKey();
            whole.put(first.getKey(), new Row<>(first.getKey(), first.getValue()));
        }
        return whole;
    }
}

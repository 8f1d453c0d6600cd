package org.heliograph.streams.topology.samples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.jspecify.annotations.Nullable;

/**
 * The samples of each device over the late horizon, by minute. What has changed is held in memory until {@link #write},
 * before each commit; all else is in blocks. Whoever asks gets the same answer as if all were in memory.
 */
public final class SampleStore {
    public static final String STORE = "samples";

    /** The newest minutes of a device that stay in memory: one may be measured with two on each side of it. */
    private static final int KEPT_MINUTES = 5;
    /** At most this many minutes are held in memory; those of devices not heard for longest go first. */
    private static final int MOST_MINUTES = 16_384;

    private final SampleBlocks blocks;
    private final Map<String, HeldSamples> devices = new LinkedHashMap<>(16, 0.75f, true);
    private final List<HeldSamples> changed = new ArrayList<>();

    public SampleStore(KeyValueStore<Bytes, byte[]> store) {
        blocks = new SampleBlocks(store);
    }

    private HeldSamples held(String deviceKey) {
        HeldSamples known = devices.get(deviceKey);
        if (known == null) {
            known = new HeldSamples(deviceKey, blocks);
            devices.put(deviceKey, known);
        }
        return known;
    }

    /** Adds samples of a minute to those that there are; returns all of them. */
    public Samples add(String deviceKey, long minuteMillis, Samples added) {
        HeldSamples held = held(deviceKey);
        if (!held.isChanged()) {
            changed.add(held);
        }
        return held.add(minuteMillis, added);
    }

    /** Writes what has changed. */
    public void write() {
        changed.forEach(HeldSamples::write);
        changed.clear();
        int heldMinutes = 0;
        for (HeldSamples held : devices.values()) {
            heldMinutes += held.size();
        }
        Iterator<HeldSamples> longestUnheard = devices.values().iterator();
        while (heldMinutes > MOST_MINUTES && longestUnheard.hasNext()) {
            heldMinutes -= longestUnheard.next().size();
            longestUnheard.remove();
        }
    }

    /** Drops minutes from memory that are written and not likely to be asked for: all but the newest. */
    public void release(String deviceKey) {
        HeldSamples held = devices.get(deviceKey);
        if (held != null) {
            held.release(KEPT_MINUTES);
        }
    }

    /** All samples of points from the first to the last minute, and their neighbours on both sides. */
    public Samples around(String deviceKey, long firstMinuteMillis, long lastMinuteMillis, Set<Point> points) {
        List<Samples> parts = new ArrayList<>();
        parts.add(before(deviceKey, firstMinuteMillis, points).samples());
        HeldSamples held = held(deviceKey);
        long end = lastMinuteMillis + DeviceMinute.LENGTH_MILLIS;
        if (firstMinuteMillis >= held.completeFromMillis()) {
            parts.addAll(held.between(firstMinuteMillis, end));
        } else {
            held.write();
            try (SampleBlocks.Cursor stored = blocks.forwards(deviceKey, firstMinuteMillis, lastMinuteMillis)) {
                stored.forEachRemaining(block -> parts.addAll(
                        block.minutes().subMap(firstMinuteMillis, end).values()));
            }
        }
        parts.add(after(deviceKey, lastMinuteMillis, points).samples());
        return Samples.joined(parts, points);
    }

    /** The samples of a minute. */
    public Samples minute(String deviceKey, long minuteMillis) {
        Samples minute = held(deviceKey).minute(minuteMillis);
        return minute == null ? Samples.empty() : minute;
    }

    /** The minute in which a register began to show what it shows last before a minute. */
    public long standstillMinute(String deviceKey, long minuteMillis, Point register) {
        held(deviceKey).write();
        long first = minuteMillis;
        Optional<Long> shown = Optional.empty();
        try (SampleBlocks.Cursor stored = blocks.backwards(deviceKey, minuteMillis - 1)) {
            while (stored.hasNext()) {
                for (Map.Entry<Long, Samples> minute : stored.next()
                        .minutes()
                        .headMap(minuteMillis, false)
                        .descendingMap()
                        .entrySet()) {
                    if (minute.getValue().of(register).orElse(null) instanceof Series.Register readings) {
                        long last = readings.millijoules(readings.size() - 1);
                        if (shown.isPresent() && shown.get() != last) {
                            return first;
                        }
                        shown = Optional.of(last);
                        first = minute.getKey();
                        if (readings.millijoules(0) != last) {
                            return first;
                        }
                    }
                }
            }
        }
        return first;
    }

    /** The farthest minute that {@link #before} would look at: a quick answer for the usual case. */
    public long farthestBefore(String deviceKey, long minuteMillis, Set<Point> points) {
        Map.@Nullable Entry<Long, Samples> previous = held(deviceKey).previous(minuteMillis);
        if (previous != null && isEnough(previous.getValue(), points)) {
            return previous.getKey();
        }
        SortedSet<Long> minutes = before(deviceKey, minuteMillis, points).minutesMillis();
        return minutes.isEmpty() ? minuteMillis : minutes.first();
    }

    private static boolean isEnough(Samples minute, Set<Point> points) {
        for (Point point : points) {
            if (minute.size(point) < RegisterMeter.CONTEXT) {
                return false;
            }
        }
        return true;
    }

    /** What comes before a minute. */
    public Surroundings before(String deviceKey, long minuteMillis, Set<Point> points) {
        Surroundings before = new Surroundings(points, true);
        HeldSamples held = held(deviceKey);
        held.give(minuteMillis, before);
        if (!before.isWhole() && held.completeFromMillis() > Long.MIN_VALUE) {
            held.write();
            long end = Math.min(minuteMillis, held.completeFromMillis());
            try (SampleBlocks.Cursor stored = blocks.backwards(deviceKey, end - 1)) {
                while (!before.isWhole() && stored.hasNext()) {
                    before.takeAll(stored.next().minutes().headMap(end, false));
                }
            }
        }
        return before;
    }

    /** What comes after a minute. */
    public Surroundings after(String deviceKey, long minuteMillis, Set<Point> points) {
        Surroundings after = new Surroundings(points, false);
        HeldSamples held = held(deviceKey);
        long from = minuteMillis + DeviceMinute.LENGTH_MILLIS;
        if (from >= held.completeFromMillis()) {
            held.give(minuteMillis, after);
        } else {
            held.write();
            try (SampleBlocks.Cursor stored = blocks.forwards(deviceKey, from, Long.MAX_VALUE)) {
                while (!after.isWhole() && stored.hasNext()) {
                    after.takeAll(stored.next().minutes().tailMap(from, true));
                }
            }
        }
        return after;
    }

    /** Tells the samples of each minute that isn't over at a moment, oldest first. */
    public void since(String deviceKey, long millis, Consumer<Samples> minutes) {
        long first = Math.max(0, DeviceMinute.startOf(millis));
        try (SampleBlocks.Cursor stored = blocks.forwards(deviceKey, first, Long.MAX_VALUE)) {
            stored.forEachRemaining(
                    block -> block.minutes().tailMap(first, true).values().forEach(minutes));
        }
    }

    /**
     * Deletes a device's blocks of minutes before a moment, but for those with the newest of each point, and those where a
     * register began to show what it shows last: one that has been silent or stood still since goes on from there.
     */
    public void purge(String deviceKey, long beforeMillis, Set<Point> points) {
        HeldSamples held = held(deviceKey);
        held.write();
        SortedSet<Long> kept = before(deviceKey, beforeMillis, points).minutesMillis();
        points.stream()
                .filter(Point::isRegister)
                .forEach(register -> kept.add(standstillMinute(deviceKey, beforeMillis, register)));
        blocks.deleteUntil(
                deviceKey,
                beforeMillis,
                block -> kept.subSet(block.startMillis(), block.endMillis()).isEmpty());
        changed.remove(held);
        devices.remove(deviceKey);
    }
}

package org.heliograph.streams.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.jspecify.annotations.Nullable;

/**
 * The samples of each device over the late horizon, by minute. What has changed is held in memory until {@link #write},
 * before each commit: consecutive minutes of a device go into one block, but for the newest, which mostly isn't over.
 * The newest minutes stay in memory for as long as they are likely to be asked for.
 *
 * <p>Blocks don't overlap: a block has consecutive minutes, each of which has samples, and a minute that is in one stays
 * in it.
 */
final class SampleStore {
    static final String STORE = "samples";

    /** Most minutes in a block. */
    private static final int BLOCK_MINUTES = 16;

    /** A block that has so many samples takes no further minute: it must not be larger than a record may be. */
    private static final int BLOCK_SAMPLES = 8_192;

    private static final long BLOCK_MILLIS = BLOCK_MINUTES * DeviceMinute.LENGTH_MILLIS;
    /** The newest minutes of a device that stay in memory: one may be measured with two on each side of it. */
    private static final int KEPT_MINUTES = 5;
    /** Beyond so many minutes in memory, those of devices not heard of for longest go. */
    private static final int MOST_MINUTES = 16_384;

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Held> devices = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Held> changed = new ArrayList<>();
    private int heldMinutes;

    SampleStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /**
     * The samples next to a minute on one side of it, {@link RegisterMeter#CONTEXT} of each point.
     *
     * @param minutesMillis the minutes that they are of
     */
    record Neighbours(Samples samples, SortedSet<Long> minutesMillis) {}

    /** What is in memory of a device. */
    private static final class Held {
        private final String deviceKey;
        private final NavigableMap<Long, Minute> minutes = new TreeMap<>();
        /** The newest minute that it has samples of. */
        private long newestMillis = Long.MIN_VALUE;
        /** Every minute from there on that it has samples of is in memory. */
        private long completeFromMillis = Long.MIN_VALUE;

        private boolean isChanged;

        Held(String deviceKey) {
            this.deviceKey = deviceKey;
        }
    }

    private static final class Minute {
        private static final long UNWRITTEN = -1;

        private Samples samples;
        /** The start of the block that it is in. */
        private long blockMillis;

        private boolean isAlone;
        private boolean isChanged;

        Minute(Samples samples, long blockMillis, boolean isAlone) {
            this.samples = samples;
            this.blockMillis = blockMillis;
            this.isAlone = isAlone;
        }
    }

    private Held held(String deviceKey) {
        Held known = devices.get(deviceKey);
        if (known != null) {
            return known;
        }
        Held held = new Held(deviceKey);
        devices.put(deviceKey, held);
        try (KeyValueIterator<Bytes, byte[]> newest = backwards(deviceKey, Long.MAX_VALUE)) {
            if (newest.hasNext()) {
                hold(held, newest.next());
                held.newestMillis = held.minutes.lastKey();
                held.completeFromMillis = held.minutes.firstKey();
            }
        }
        return held;
    }

    private void hold(Held held, KeyValue<Bytes, byte[]> block) {
        long start = Keys.minuteMillis(block.key);
        NavigableMap<Long, Samples> minutes = SampleBlock.decode(block.value, start);
        minutes.forEach((minute, samples) -> {
            if (held.minutes.putIfAbsent(minute, new Minute(samples, start, minutes.size() == 1)) == null) {
                heldMinutes++;
            }
        });
    }

    /** The minute, when there are samples of it. */
    private @Nullable Minute find(Held held, long minuteMillis) {
        Minute known = held.minutes.get(minuteMillis);
        if (known != null || minuteMillis > held.newestMillis || minuteMillis >= held.completeFromMillis) {
            return known;
        }
        try (KeyValueIterator<Bytes, byte[]> blocks = backwards(held.deviceKey, minuteMillis)) {
            if (blocks.hasNext()) {
                KeyValue<Bytes, byte[]> block = blocks.next();
                long end = Keys.minuteMillis(block.key) + SampleBlock.minutes(block.value) * DeviceMinute.LENGTH_MILLIS;
                if (minuteMillis < end) {
                    hold(held, block);
                }
            }
        }
        return held.minutes.get(minuteMillis);
    }

    /** Adds samples of a minute to those that there are; returns all of them. */
    Samples add(String deviceKey, long minuteMillis, Samples added) {
        Held held = held(deviceKey);
        Minute minute = find(held, minuteMillis);
        if (minute == null) {
            minute = new Minute(added.thinned(), Minute.UNWRITTEN, true);
            held.minutes.put(minuteMillis, minute);
            heldMinutes++;
            if (held.newestMillis < minuteMillis) {
                held.newestMillis = minuteMillis;
            }
        } else {
            minute.samples = minute.samples.plus(added).thinned();
        }
        minute.isChanged = true;
        if (!held.isChanged) {
            held.isChanged = true;
            changed.add(held);
        }
        return minute.samples;
    }

    /** Writes what has changed. */
    void write() {
        changed.forEach(this::write);
        changed.clear();
        Iterator<Held> longestUnheard = devices.values().iterator();
        while (heldMinutes > MOST_MINUTES && longestUnheard.hasNext()) {
            heldMinutes -= longestUnheard.next().minutes.size();
            longestUnheard.remove();
        }
    }

    private void write(Held held) {
        if (!held.isChanged) {
            return;
        }
        NavigableMap<Long, Minute> run = new TreeMap<>();
        int runSamples = 0;
        NavigableMap<Long, NavigableMap<Long, Samples>> rewritten = new TreeMap<>();
        for (Map.Entry<Long, Minute> entry : held.minutes.entrySet()) {
            long millis = entry.getKey();
            Minute minute = entry.getValue();
            if (!minute.isChanged) {
                continue;
            }
            minute.isChanged = false;
            if (minute.blockMillis != Minute.UNWRITTEN) {
                rewritten
                        .computeIfAbsent(minute.blockMillis, start -> block(held.deviceKey, start, minute))
                        .put(millis, minute.samples);
                continue;
            }
            boolean follows = !run.isEmpty()
                    && run.lastKey() == millis - DeviceMinute.LENGTH_MILLIS
                    && run.size() < BLOCK_MINUTES
                    && runSamples < BLOCK_SAMPLES
                    && millis != held.newestMillis;
            if (!follows) {
                writeRun(held.deviceKey, run);
                runSamples = 0;
            }
            run.put(millis, minute);
            runSamples += minute.samples.size();
        }
        writeRun(held.deviceKey, run);
        rewritten.forEach(
                (start, samples) -> store.put(Keys.deviceMinute(held.deviceKey, start), SampleBlock.encode(samples)));
        held.isChanged = false;
    }

    /** A block's minutes as they are stored; none when all of them is the minute that has changed. */
    private NavigableMap<Long, Samples> block(String deviceKey, long startMillis, Minute changedMinute) {
        byte @Nullable [] stored = changedMinute.isAlone ? null : store.get(Keys.deviceMinute(deviceKey, startMillis));
        return stored == null ? new TreeMap<>() : SampleBlock.decode(stored, startMillis);
    }

    private void writeRun(String deviceKey, NavigableMap<Long, Minute> run) {
        if (run.isEmpty()) {
            return;
        }
        long start = run.firstKey();
        NavigableMap<Long, Samples> samples = new TreeMap<>();
        run.forEach((millis, minute) -> {
            samples.put(millis, minute.samples);
            minute.blockMillis = start;
            minute.isAlone = run.size() == 1;
        });
        store.put(Keys.deviceMinute(deviceKey, start), SampleBlock.encode(samples));
        run.clear();
    }

    /** Drops minutes from memory that are written and not likely to be asked for: all but the newest. */
    void release(String deviceKey) {
        Held held = devices.get(deviceKey);
        if (held == null || held.minutes.size() <= KEPT_MINUTES) {
            return;
        }
        int excess = held.minutes.size() - KEPT_MINUTES;
        Iterator<Map.Entry<Long, Minute>> oldest = held.minutes.entrySet().iterator();
        while (excess-- > 0) {
            Map.Entry<Long, Minute> entry = oldest.next();
            if (!entry.getValue().isChanged) {
                oldest.remove();
                heldMinutes--;
                held.completeFromMillis =
                        Math.max(held.completeFromMillis, entry.getKey() + DeviceMinute.LENGTH_MILLIS);
            }
        }
    }

    /** All samples of points from the first to the last minute, and their neighbours on both sides. */
    Samples around(String deviceKey, long firstMinuteMillis, long lastMinuteMillis, Set<Point> points) {
        List<Samples> parts = new ArrayList<>();
        parts.add(before(deviceKey, firstMinuteMillis, points).samples());
        Held held = held(deviceKey);
        if (firstMinuteMillis >= held.completeFromMillis) {
            held.minutes
                    .subMap(firstMinuteMillis, true, lastMinuteMillis, true)
                    .values()
                    .forEach(minute -> parts.add(minute.samples));
        } else {
            write(held);
            try (KeyValueIterator<Bytes, byte[]> blocks = forwards(deviceKey, firstMinuteMillis, lastMinuteMillis)) {
                blocks.forEachRemaining(block -> minutes(block)
                        .subMap(firstMinuteMillis, true, lastMinuteMillis, true)
                        .values()
                        .forEach(parts::add));
            }
        }
        parts.add(after(deviceKey, lastMinuteMillis, points).samples());
        return Samples.joined(parts, points);
    }

    /** The samples of a minute. */
    Samples minute(String deviceKey, long minuteMillis) {
        Minute minute = find(held(deviceKey), minuteMillis);
        return minute == null ? Samples.empty() : minute.samples;
    }

    /** The minute in which a register began to show what it shows last before a minute. */
    long standstillMinute(String deviceKey, long minuteMillis, Point register) {
        write(held(deviceKey));
        long first = minuteMillis;
        Optional<Long> shown = Optional.empty();
        try (KeyValueIterator<Bytes, byte[]> blocks = backwards(deviceKey, minuteMillis - 1)) {
            while (blocks.hasNext()) {
                for (Map.Entry<Long, Samples> minute : minutes(blocks.next())
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
    long farthestBefore(String deviceKey, long minuteMillis, Set<Point> points) {
        Held held = held(deviceKey);
        Map.Entry<Long, Minute> previous = held.minutes.lowerEntry(minuteMillis);
        if (previous != null
                && previous.getKey() >= held.completeFromMillis
                && isEnough(previous.getValue().samples, points)) {
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

    Neighbours before(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, true);
        Held held = held(deviceKey);
        if (minuteMillis > held.completeFromMillis) {
            wanted.takeAll(held.minutes
                    .subMap(held.completeFromMillis, true, minuteMillis, false)
                    .descendingMap());
        }
        if (!wanted.isSatisfied() && held.completeFromMillis > Long.MIN_VALUE) {
            write(held);
            long end = Math.min(minuteMillis, held.completeFromMillis);
            try (KeyValueIterator<Bytes, byte[]> blocks = backwards(deviceKey, end - 1)) {
                while (!wanted.isSatisfied() && blocks.hasNext()) {
                    minutes(blocks.next()).headMap(end, false).descendingMap().forEach(wanted::take);
                }
            }
        }
        return wanted.taken();
    }

    Neighbours after(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, false);
        Held held = held(deviceKey);
        long from = minuteMillis + DeviceMinute.LENGTH_MILLIS;
        if (from >= held.completeFromMillis) {
            wanted.takeAll(held.minutes.tailMap(from, true));
        } else {
            write(held);
            try (KeyValueIterator<Bytes, byte[]> blocks = forwards(deviceKey, from, Long.MAX_VALUE)) {
                while (!wanted.isSatisfied() && blocks.hasNext()) {
                    minutes(blocks.next()).tailMap(from, true).forEach(wanted::take);
                }
            }
        }
        return wanted.taken();
    }

    /** Tells the samples of each minute that isn't over at a moment, oldest first. */
    void since(String deviceKey, long millis, Consumer<Samples> minutes) {
        long first = Math.max(0, DeviceMinute.startOf(millis));
        try (KeyValueIterator<Bytes, byte[]> blocks = forwards(deviceKey, first, Long.MAX_VALUE)) {
            blocks.forEachRemaining(
                    block -> minutes(block).tailMap(first, true).values().forEach(minutes));
        }
    }

    /**
     * Deletes a device's blocks of minutes before a moment, but for those with the newest of each point: a register that
     * has been silent since goes on from there.
     */
    void purge(String deviceKey, long beforeMillis, Set<Point> points) {
        Held held = held(deviceKey);
        write(held);
        SortedSet<Long> kept = before(deviceKey, beforeMillis, points).minutesMillis();
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> blocks = forwards(deviceKey, 0, beforeMillis - 1)) {
            blocks.forEachRemaining(block -> {
                long start = Keys.minuteMillis(block.key);
                long end = start + SampleBlock.minutes(block.value) * DeviceMinute.LENGTH_MILLIS;
                if (end <= beforeMillis && kept.subSet(start, end).isEmpty()) {
                    old.add(block.key);
                }
            });
        }
        old.forEach(store::delete);
        changed.remove(held);
        devices.remove(deviceKey);
        heldMinutes -= held.minutes.size();
    }

    private static NavigableMap<Long, Samples> minutes(KeyValue<Bytes, byte[]> block) {
        return SampleBlock.decode(block.value, Keys.minuteMillis(block.key));
    }

    /** The blocks that start by then, newest first. */
    private KeyValueIterator<Bytes, byte[]> backwards(String deviceKey, long millis) {
        return store.reverseRange(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, Math.max(0, millis)));
    }

    /** The blocks with minutes from the one to the other, and maybe some before. */
    private KeyValueIterator<Bytes, byte[]> forwards(String deviceKey, long fromMillis, long toMillis) {
        return store.range(
                Keys.deviceMinute(deviceKey, Math.max(0, fromMillis - BLOCK_MILLIS)),
                Keys.deviceMinute(deviceKey, toMillis));
    }

    /** What is still wanted of each point on one side of a minute, and what has been taken. */
    private static final class Wanted {
        private final Map<Point, Integer> open = new EnumMap<>(Point.class);
        private final SortedSet<Long> minutesMillis = new TreeSet<>();
        private final Deque<Samples> taken = new ArrayDeque<>();
        private final Set<Point> points;
        private final boolean isBackwards;

        Wanted(Set<Point> points, boolean isBackwards) {
            this.points = points;
            points.forEach(point -> open.put(point, RegisterMeter.CONTEXT));
            this.isBackwards = isBackwards;
        }

        boolean isSatisfied() {
            return open.isEmpty();
        }

        void takeAll(NavigableMap<Long, Minute> minutes) {
            for (Map.Entry<Long, Minute> minute : minutes.entrySet()) {
                if (isSatisfied()) {
                    return;
                }
                take(minute.getKey(), minute.getValue().samples);
            }
        }

        /** Takes what is wanted of a minute's samples: the newest of them or the oldest. */
        void take(long minuteMillis, Samples samples) {
            Map<Point, Integer> counts = new EnumMap<>(Point.class);
            open.forEach((point, wanted) -> {
                int size = samples.size(point);
                if (size > 0) {
                    counts.put(point, Math.min(wanted, size));
                }
            });
            if (counts.isEmpty()) {
                return;
            }
            Samples ends = samples.ends(counts, isBackwards);
            if (isBackwards) {
                taken.addFirst(ends);
            } else {
                taken.addLast(ends);
            }
            minutesMillis.add(minuteMillis);
            counts.forEach((point, count) ->
                    open.computeIfPresent(point, (_, wanted) -> wanted > count ? wanted - count : null));
        }

        Neighbours taken() {
            return new Neighbours(Samples.joined(List.copyOf(taken), points), minutesMillis);
        }
    }
}

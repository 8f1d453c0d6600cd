package org.heliograph.streams.topology;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
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
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.v1.Pack;
import org.jspecify.annotations.Nullable;

/** The samples of each device over the late horizon, by minute. */
final class SampleStore {
    static final String STORE = "samples";

    /** So many minutes next to one are looked up, each by its key, before a scan is begun: nearly always enough. */
    private static final int NEAR_MINUTES = 4;

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Long> newestMinutes = new HashMap<>();
    private final RecentMinutes recent = new RecentMinutes();

    SampleStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /**
     * The samples next to a minute on one side of it, {@link RegisterMeter#CONTEXT} of each point.
     *
     * @param minutesMillis the minutes that they are of
     */
    record Neighbours(Samples samples, SortedSet<Long> minutesMillis) {}

    Samples minute(String deviceKey, long minuteMillis) {
        Samples known = recent.get(deviceKey, minuteMillis);
        if (known != null) {
            return known;
        }
        byte @Nullable [] stored = store.get(Keys.deviceMinute(deviceKey, minuteMillis));
        Samples samples = stored == null ? Samples.empty() : decode(stored);
        recent.put(deviceKey, minuteMillis, samples);
        return samples;
    }

    void put(String deviceKey, long minuteMillis, Samples samples) {
        store.put(Keys.deviceMinute(deviceKey, minuteMillis), encode(samples, minuteMillis));
        recent.put(deviceKey, minuteMillis, samples);
        newestMinutes.computeIfPresent(deviceKey, (_, newest) -> Math.max(newest, minuteMillis));
    }

    /** The newest minute that a device has ever had samples of, as far as they are kept. */
    private long newestMinute(String deviceKey) {
        return newestMinutes.computeIfAbsent(deviceKey, _ -> {
            try (KeyValueIterator<Bytes, byte[]> newestFirst =
                    store.reverseRange(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, Long.MAX_VALUE))) {
                return newestFirst.hasNext() ? Keys.minuteMillis(newestFirst.next().key) : Long.MIN_VALUE;
            }
        });
    }

    /** All samples from the first to the last minute, and their neighbours on both sides. */
    Samples around(String deviceKey, long firstMinuteMillis, long lastMinuteMillis, Set<Point> points) {
        List<Samples> parts = new ArrayList<>();
        parts.add(before(deviceKey, firstMinuteMillis, points).samples());
        if (lastMinuteMillis - firstMinuteMillis <= NEAR_MINUTES * DeviceMinute.LENGTH_MILLIS) {
            for (long minute = firstMinuteMillis; minute <= lastMinuteMillis; minute += DeviceMinute.LENGTH_MILLIS) {
                parts.add(minute(deviceKey, minute));
            }
        } else {
            try (KeyValueIterator<Bytes, byte[]> iterator = store.range(
                    Keys.deviceMinute(deviceKey, firstMinuteMillis), Keys.deviceMinute(deviceKey, lastMinuteMillis))) {
                iterator.forEachRemaining(entry -> parts.add(decode(entry.value)));
            }
        }
        parts.add(after(deviceKey, lastMinuteMillis, points).samples());
        return Samples.joined(parts);
    }

    /** The minute in which a register began to show what it shows last before a minute. */
    long standstillMinute(String deviceKey, long minuteMillis, Point register) {
        long first = minuteMillis;
        Optional<Long> shown = Optional.empty();
        try (KeyValueIterator<Bytes, byte[]> iterator =
                store.reverseRange(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, minuteMillis - 1))) {
            while (iterator.hasNext()) {
                KeyValue<Bytes, byte[]> minute = iterator.next();
                if (decode(minute.value).of(register).orElse(null) instanceof Series.Register readings) {
                    long last = readings.millijoules(readings.size() - 1);
                    if (shown.isPresent() && shown.get() != last) {
                        return first;
                    }
                    shown = Optional.of(last);
                    first = Keys.minuteMillis(minute.key);
                    if (readings.millijoules(0) != last) {
                        return first;
                    }
                }
            }
        }
        return first;
    }

    Neighbours before(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, true);
        long minute = minuteMillis;
        for (int near = 0; near < NEAR_MINUTES && !wanted.isSatisfied(); near++) {
            minute -= DeviceMinute.LENGTH_MILLIS;
            wanted.take(minute, minute(deviceKey, minute));
        }
        if (!wanted.isSatisfied()) {
            try (KeyValueIterator<Bytes, byte[]> iterator = store.reverseRange(
                    Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, Math.max(0, minute - 1)))) {
                wanted.takeAll(iterator);
            }
        }
        return wanted.taken();
    }

    Neighbours after(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, false);
        long newest = newestMinute(deviceKey);
        long minute = minuteMillis + DeviceMinute.LENGTH_MILLIS;
        for (int near = 0; near < NEAR_MINUTES && minute <= newest && !wanted.isSatisfied(); near++) {
            wanted.take(minute, minute(deviceKey, minute));
            minute += DeviceMinute.LENGTH_MILLIS;
        }
        if (minute <= newest && !wanted.isSatisfied()) {
            try (KeyValueIterator<Bytes, byte[]> iterator =
                    store.range(Keys.deviceMinute(deviceKey, minute), Keys.deviceMinute(deviceKey, newest))) {
                wanted.takeAll(iterator);
            }
        }
        return wanted.taken();
    }

    /** Tells the samples of each minute that isn't over at a moment, oldest first. */
    void since(String deviceKey, long millis, Consumer<Samples> minutes) {
        long first = Math.max(0, millis - millis % DeviceMinute.LENGTH_MILLIS);
        try (KeyValueIterator<Bytes, byte[]> iterator =
                store.range(Keys.deviceMinute(deviceKey, first), Keys.deviceMinute(deviceKey, Long.MAX_VALUE))) {
            iterator.forEachRemaining(entry -> minutes.accept(decode(entry.value)));
        }
    }

    /**
     * Deletes a device's samples of minutes before a moment, but for the newest of each point: a register that has been
     * silent since goes on from there.
     */
    void purge(String deviceKey, long beforeMillis, Set<Point> points) {
        SortedSet<Long> kept = before(deviceKey, beforeMillis, points).minutesMillis();
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> iterator =
                store.range(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, beforeMillis - 1))) {
            iterator.forEachRemaining(entry -> {
                if (!kept.contains(Keys.minuteMillis(entry.key))) {
                    old.add(entry.key);
                }
            });
        }
        old.forEach(store::delete);
        recent.forget(deviceKey);
    }

    /** What is still wanted of each point on one side of a minute, and what has been taken. */
    private static final class Wanted {
        private final Map<Point, Integer> open = new EnumMap<>(Point.class);
        private final SortedSet<Long> minutesMillis = new TreeSet<>();
        private final Deque<Samples> taken = new ArrayDeque<>();
        private final boolean isBackwards;

        Wanted(Set<Point> points, boolean isBackwards) {
            points.forEach(point -> open.put(point, RegisterMeter.CONTEXT));
            this.isBackwards = isBackwards;
        }

        boolean isSatisfied() {
            return open.isEmpty();
        }

        void takeAll(KeyValueIterator<Bytes, byte[]> minutes) {
            while (!isSatisfied() && minutes.hasNext()) {
                KeyValue<Bytes, byte[]> minute = minutes.next();
                take(Keys.minuteMillis(minute.key), decode(minute.value));
            }
        }

        /** Takes what is wanted of a minute's samples: the newest of them or the oldest. */
        void take(long minuteMillis, Samples samples) {
            Map<Point, Integer> counts = new EnumMap<>(Point.class);
            open.forEach((point, wanted) ->
                    samples.of(point).ifPresent(series -> counts.put(point, Math.min(wanted, series.size()))));
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
            return new Neighbours(Samples.joined(List.copyOf(taken)), minutesMillis);
        }
    }

    /** A pack for each serial number, each after its length. */
    private static byte[] encode(Samples samples, long minuteMillis) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String serial : samples.serials()) {
            Pack.Builder pack = Pack.newBuilder().setBaseMs(minuteMillis).setSerial(serial);
            samples.series(serial).forEach(series -> pack.addSeries(PackCodec.encode(series, minuteMillis)));
            try {
                pack.build().writeDelimitedTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return bytes.toByteArray();
    }

    private static Samples decode(byte[] stored) {
        Samples samples = Samples.empty();
        ByteArrayInputStream bytes = new ByteArrayInputStream(stored);
        while (bytes.available() > 0) {
            Pack pack = StateException.read(STORE, bytes, Pack::parseDelimitedFrom);
            List<Series> series = new ArrayList<>(pack.getSeriesCount());
            pack.getSeriesList().forEach(points -> series.add(PackCodec.decode(points, pack.getBaseMs())));
            samples = samples.plus(Samples.of(pack.getSerial(), series));
        }
        return samples;
    }
}

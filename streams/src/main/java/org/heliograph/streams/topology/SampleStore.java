package org.heliograph.streams.topology;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private final KeyValueStore<Bytes, byte[]> store;
    private final long reachMillis;

    /** @param reachMillis how far from a minute its neighbouring samples are looked for */
    SampleStore(KeyValueStore<Bytes, byte[]> store, long reachMillis) {
        this.store = store;
        this.reachMillis = reachMillis;
    }

    /**
     * The samples next to a minute on one side of it, {@link RegisterMeter#CONTEXT} of each point.
     *
     * @param furthestMinuteMillis the minute of the furthest of them; the minute itself when there is none
     */
    record Neighbours(List<Series> samples, long furthestMinuteMillis) {}

    Samples minute(String deviceKey, long minuteMillis) {
        byte @Nullable [] stored = store.get(Keys.deviceMinute(deviceKey, minuteMillis));
        return stored == null ? Samples.empty() : decode(stored);
    }

    void put(String deviceKey, long minuteMillis, Samples samples) {
        Pack.Builder pack = Pack.newBuilder().setBaseMs(minuteMillis);
        samples.series().forEach(series -> pack.addSeries(PackCodec.encode(series, minuteMillis)));
        store.put(Keys.deviceMinute(deviceKey, minuteMillis), pack.build().toByteArray());
    }

    /** All samples from the first to the last minute, and their neighbours on both sides. */
    Samples around(String deviceKey, long firstMinuteMillis, long lastMinuteMillis, Set<Point> points) {
        List<Series> parts =
                new ArrayList<>(before(deviceKey, firstMinuteMillis, points).samples());
        try (KeyValueIterator<Bytes, byte[]> iterator = store.range(
                Keys.deviceMinute(deviceKey, firstMinuteMillis), Keys.deviceMinute(deviceKey, lastMinuteMillis))) {
            iterator.forEachRemaining(entry -> parts.addAll(decode(entry.value).series()));
        }
        parts.addAll(after(deviceKey, lastMinuteMillis, points).samples());
        return Samples.of(parts);
    }

    Neighbours before(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, minuteMillis);
        long adjacent = minuteMillis - DeviceMinute.LENGTH_MILLIS;
        wanted.take(adjacent, minute(deviceKey, adjacent), true); // almost always enough, and a plain get
        if (!wanted.isSatisfied()) {
            Bytes from = Keys.deviceMinute(deviceKey, Math.max(0, minuteMillis - reachMillis));
            try (KeyValueIterator<Bytes, byte[]> iterator =
                    store.reverseRange(from, Keys.deviceMinute(deviceKey, adjacent - 1))) {
                wanted.takeAll(iterator, true);
            }
        }
        return wanted.taken();
    }

    Neighbours after(String deviceKey, long minuteMillis, Set<Point> points) {
        Wanted wanted = new Wanted(points, minuteMillis);
        long adjacent = minuteMillis + DeviceMinute.LENGTH_MILLIS;
        wanted.take(adjacent, minute(deviceKey, adjacent), false);
        if (!wanted.isSatisfied()) {
            Bytes to = Keys.deviceMinute(deviceKey, minuteMillis + reachMillis);
            try (KeyValueIterator<Bytes, byte[]> iterator =
                    store.range(Keys.deviceMinute(deviceKey, adjacent + 1), to)) {
                wanted.takeAll(iterator, false);
            }
        }
        return wanted.taken();
    }

    /** Deletes a device's samples of minutes before a moment. */
    void purge(String deviceKey, long beforeMillis) {
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> iterator =
                store.range(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, beforeMillis - 1))) {
            iterator.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
    }

    /** What is still wanted of each point on one side of a minute, and what has been taken. */
    private static final class Wanted {
        private final Map<Point, Integer> open = new EnumMap<>(Point.class);
        private final List<Series> taken = new ArrayList<>();
        private long furthestMinuteMillis;

        Wanted(Set<Point> points, long minuteMillis) {
            points.forEach(point -> open.put(point, RegisterMeter.CONTEXT));
            furthestMinuteMillis = minuteMillis;
        }

        boolean isSatisfied() {
            return open.isEmpty();
        }

        void takeAll(KeyValueIterator<Bytes, byte[]> minutes, boolean newest) {
            while (!isSatisfied() && minutes.hasNext()) {
                KeyValue<Bytes, byte[]> minute = minutes.next();
                take(Keys.minuteMillis(minute.key), decode(minute.value), newest);
            }
        }

        /** Takes what is wanted of a minute's samples: the newest of them or the oldest. */
        void take(long minuteMillis, Samples samples, boolean newest) {
            for (Point point : List.copyOf(open.keySet())) {
                samples.of(point).ifPresent(series -> {
                    int wanted = open.getOrDefault(point, 0);
                    int count = Math.min(wanted, series.size());
                    int from = newest ? series.size() - count : 0;
                    taken.add(Samples.slice(series, from, from + count));
                    furthestMinuteMillis = minuteMillis;
                    if (wanted > count) {
                        open.put(point, wanted - count);
                    } else {
                        open.remove(point);
                    }
                });
            }
        }

        Neighbours taken() {
            return new Neighbours(List.copyOf(taken), furthestMinuteMillis);
        }
    }

    private static Samples decode(byte[] stored) {
        Pack pack = StateException.read(STORE, stored, Pack::parseFrom);
        List<Series> series = new ArrayList<>(pack.getSeriesCount());
        pack.getSeriesList().forEach(points -> series.add(PackCodec.decode(points, pack.getBaseMs())));
        return Samples.of(series);
    }
}

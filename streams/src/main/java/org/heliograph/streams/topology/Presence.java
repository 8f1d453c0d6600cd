package org.heliograph.streams.topology;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.topology.state.v1.LastReading;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/** Each device's newest reading, in a store and mirrored in memory. */
final class Presence {
    static final String STORE = "presence";

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, LastReading> readings = new HashMap<>();

    Presence(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(
                    entry -> readings.put(entry.key, StateException.read(STORE, entry.value, LastReading::parseFrom)));
        }
    }

    LastReading of(String deviceKey) {
        return readings.getOrDefault(deviceKey, LastReading.getDefaultInstance());
    }

    void forEach(BiConsumer<String, LastReading> visitor) {
        readings.forEach(visitor);
    }

    /** Whether the device has ever reported this point. */
    boolean hasSeen(String deviceKey, Point point) {
        return (of(deviceKey).getSeenPoints() & bit(point)) != 0;
    }

    /** The points that the device has ever reported. */
    Set<Point> pointsSeen(String deviceKey) {
        Set<Point> seen = EnumSet.noneOf(Point.class);
        for (Point point : Point.values()) {
            if (hasSeen(deviceKey, point)) {
                seen.add(point);
            }
        }
        return seen;
    }

    void saw(Readings newer, long nowMillis) {
        String deviceKey = newer.device().key();
        LastReading before = of(deviceKey);
        LastReading.Builder after = before.toBuilder();
        after.setTimeMs(Math.max(before.getTimeMs(), newer.latest().toEpochMilli()));
        long seen = before.getSeenPoints();
        for (Series series : newer.series()) {
            seen |= bit(series.point());
            long timeMillis = series.timeMillis(series.size() - 1);
            if (series.point() == Point.POWER
                    && series instanceof Series.Gauge power
                    && (!before.hasPowerW() || timeMillis >= before.getPowerMs() || before.getPowerMs() > nowMillis)) {
                after.setPowerW(power.value(power.size() - 1)).setPowerMs(timeMillis);
            }
        }
        LastReading last = after.setSeenPoints(seen).build();
        if (!last.equals(before)) {
            readings.put(deviceKey, last);
            store.put(deviceKey, last.toByteArray());
        }
    }

    private static long bit(Point point) {
        return 1L << point.number();
    }
}

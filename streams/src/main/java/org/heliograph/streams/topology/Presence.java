package org.heliograph.streams.topology;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.topology.state.v1.LastReading;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/**
 * Each device's newest reading. Kept in memory; the store gets it now and then, because it is as new as the samples
 * beside it: what is missing after a start is read from them.
 */
final class Presence {
    static final String STORE = "presence";

    /** So much of a device's time has to be read again after a start. */
    private static final long KEPT_MILLIS = Duration.ofMinutes(10).toMillis();

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, Seen> devices = new HashMap<>();

    private static final class Seen {
        private final DeviceId id;
        private LastReading last = LastReading.getDefaultInstance();
        private long keptMillis;

        Seen(DeviceId id) {
            this.id = id;
        }
    }

    Presence(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> {
                Seen seen = new Seen(DeviceId.ofKey(entry.key));
                seen.last = StateException.read(STORE, entry.value, LastReading::parseFrom);
                seen.keptMillis = seen.last.getTimeMs();
                devices.put(entry.key, seen);
            });
        }
        devices.forEach((deviceKey, seen) -> samples.since(
                deviceKey, seen.keptMillis, minute -> seen.last = newer(seen.last, minute.series(), Long.MAX_VALUE)));
    }

    LastReading of(String deviceKey) {
        Seen seen = devices.get(deviceKey);
        return seen == null ? LastReading.getDefaultInstance() : seen.last;
    }

    void forEach(BiConsumer<String, LastReading> visitor) {
        devices.forEach((deviceKey, seen) -> visitor.accept(deviceKey, seen.last));
    }

    void forEachDevice(BiConsumer<DeviceId, LastReading> visitor) {
        devices.values().forEach(seen -> visitor.accept(seen.id, seen.last));
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
        Seen seen = devices.computeIfAbsent(deviceKey, _ -> new Seen(newer.device()));
        LastReading before = seen.last;
        seen.last = newer(before, newer.series(), nowMillis);
        boolean learned = seen.last.getSeenPoints() != before.getSeenPoints();
        if (learned || seen.last.getTimeMs() - seen.keptMillis >= KEPT_MILLIS) {
            store.put(deviceKey, seen.last.toByteArray());
            seen.keptMillis = seen.last.getTimeMs();
        }
    }

    /**
     * The device's transport says whether it can be reached. Taken at once when it can't: nothing that was read until then
     * shows it any more, though its clock may be a little ahead. News from before its last readings are none.
     */
    void told(DeviceId device, org.heliograph.telemetry.wire.Presence news) {
        Seen seen = devices.computeIfAbsent(device.key(), _ -> new Seen(device));
        long sinceMillis = news.since().toEpochMilli();
        LastReading.Builder after = seen.last.toBuilder();
        if (news.online()) {
            after.setOnlineMs(Math.max(after.getOnlineMs(), sinceMillis));
        } else if (sinceMillis + Gate.FUTURE_TOLERANCE.toMillis() >= after.getTimeMs()) {
            after.setOfflineMs(Math.max(after.getOfflineMs(), Math.max(sinceMillis, after.getTimeMs())));
        }
        seen.last = after.build();
        store.put(device.key(), seen.last.toByteArray());
        seen.keptMillis = seen.last.getTimeMs();
    }

    /** Whether its transport has said that it can't be reached, and nothing has come of it since. */
    static boolean isOffline(LastReading last) {
        return last.hasOfflineMs()
                && last.getOfflineMs() >= last.getTimeMs()
                && last.getOfflineMs() > last.getOnlineMs();
    }

    private static LastReading newer(LastReading before, Iterable<Series> readings, long nowMillis) {
        LastReading.Builder after = before.toBuilder();
        long points = before.getSeenPoints();
        for (Series series : readings) {
            points |= bit(series.point());
            long timeMillis = series.timeMillis(series.size() - 1);
            after.setTimeMs(Math.max(after.getTimeMs(), timeMillis));
            if (series.point() == Point.POWER
                    && series instanceof Series.Gauge power
                    && (!before.hasPowerW() || timeMillis >= before.getPowerMs() || before.getPowerMs() > nowMillis)) {
                after.setPowerW(power.value(power.size() - 1)).setPowerMs(timeMillis);
            }
        }
        return after.setSeenPoints(points).build();
    }

    private static long bit(Point point) {
        return 1L << point.number();
    }
}

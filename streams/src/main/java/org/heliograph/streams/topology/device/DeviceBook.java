package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.LastReading;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Each device's newest reading, and how far it is measured. Kept in memory; the store gets it now and then, because it is
 * as new as the samples beside it: what is missing after a start is read from them, and measured once more.
 */
public final class DeviceBook {
    public static final String STORE = "presence";

    /** So much of a device's time has to be read and measured again after a start. */
    private static final long KEPT_MILLIS = Duration.ofMinutes(10).toMillis();

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, Seen> devices = new HashMap<>();

    /** What is known of a device. */
    static final class Seen {
        private final DeviceId id;
        private final String key;
        private long timeMillis;
        private boolean hasPower;
        private double powerWatts;
        private long powerMillis;
        private long points;
        private boolean hasBeenOffline;
        private long offlineMillis;
        private long onlineMillis;
        /** Not kept: of the present only. */
        private long heardMillis;

        private long behindMillis;

        private boolean isKept;
        private long keptMillis;
        private long keptPoints;
        private long keptMeasuredMillis;
        /** What {@link DeviceMinutes} remembers of it. */
        private DeviceMinutes.@Nullable Head head;

        private Seen(DeviceId id, String key) {
            this.id = id;
            this.key = key;
        }

        private Seen(DeviceId id, String key, LastReading kept) {
            this(id, key);
            timeMillis = kept.getTimeMs();
            hasPower = kept.hasPowerW();
            powerWatts = kept.getPowerW();
            powerMillis = kept.getPowerMs();
            points = kept.getSeenPoints();
            hasBeenOffline = kept.hasOfflineMs();
            offlineMillis = kept.getOfflineMs();
            onlineMillis = kept.getOnlineMs();
            isKept = true;
            keptMillis = timeMillis;
            keptPoints = points;
            keptMeasuredMillis = kept.getMeasuredMs();
        }

        /** Of a device that wasn't heard before. */
        static Seen first(String key, Readings readings) {
            return new Seen(readings.device(), key);
        }

        DeviceId id() {
            return id;
        }

        /** {@code {site}/{device}}. */
        String key() {
            return key;
        }

        DeviceMinutes.@Nullable Head head() {
            return head;
        }

        void setHead(DeviceMinutes.Head remembered) {
            head = remembered;
        }

        /** Of its newest reading. */
        long timeMillis() {
            return timeMillis;
        }

        boolean hasPower() {
            return hasPower;
        }

        double powerWatts() {
            return powerWatts;
        }

        long powerMillis() {
            return powerMillis;
        }

        /** Whether its transport has said that it can't be reached, and nothing has come of it since. */
        boolean isOffline() {
            return hasBeenOffline && offlineMillis >= timeMillis && offlineMillis > onlineMillis;
        }

        /** A pack of it has come. */
        void heard(long nowMillis, long behind) {
            heardMillis = nowMillis;
            behindMillis = behind;
        }

        /** When a pack of it came last, by our clock; 0 if none has since the start. */
        long heardMillis() {
            return heardMillis;
        }

        /** By how much its own stamps were then behind its agent's newest reading. */
        long behindMillis() {
            return behindMillis;
        }

        /** Whether it has ever reported anything. */
        boolean hasSpoken() {
            return points != 0;
        }

        /** Whether the device has ever reported this point. */
        boolean hasSeen(Point point) {
            return (points & bit(point)) != 0;
        }

        /** The points that the device has ever reported. */
        Set<Point> points() {
            Set<Point> seen = EnumSet.noneOf(Point.class);
            for (Point point : Point.values()) {
                if (hasSeen(point)) {
                    seen.add(point);
                }
            }
            return seen;
        }

        private void take(Iterable<Series> readings, long nowMillis) {
            for (Series series : readings) {
                points |= bit(series.point());
                long newest = series.timeMillis(series.size() - 1);
                timeMillis = Math.max(timeMillis, newest);
                boolean isNewer = !hasPower || newest >= powerMillis || powerMillis > nowMillis;
                if (series.point() == Point.POWER && series instanceof Series.Gauge power && isNewer) {
                    hasPower = true;
                    powerWatts = power.value(power.size() - 1);
                    powerMillis = newest;
                }
            }
        }

        private LastReading message() {
            LastReading.Builder message = LastReading.newBuilder()
                    .setTimeMs(timeMillis)
                    .setPowerMs(powerMillis)
                    .setSeenPoints(points)
                    .setOnlineMs(onlineMillis)
                    .setMeasuredMs(keptMeasuredMillis);
            if (hasPower) {
                message.setPowerW(powerWatts);
            }
            if (hasBeenOffline) {
                message.setOfflineMs(offlineMillis);
            }
            return message.build();
        }
    }

    DeviceBook(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> devices.put(
                    entry.key,
                    new Seen(
                            DeviceId.ofKey(entry.key),
                            entry.key,
                            StateException.read(STORE, entry.value, LastReading::parseFrom))));
        }
        devices.values()
                .forEach(seen ->
                        samples.since(seen.key, seen.keptMillis, minute -> seen.take(minute.series(), Long.MAX_VALUE)));
    }

    @Nullable
    Seen of(String deviceKey) {
        return devices.get(deviceKey);
    }

    void forEach(Consumer<Seen> visitor) {
        devices.values().forEach(visitor);
    }

    /** Takes readings in; returns what is known with them. */
    Seen saw(String deviceKey, Readings newer, long nowMillis) {
        Seen seen = devices.computeIfAbsent(deviceKey, key -> Seen.first(key, newer));
        seen.take(newer.series(), nowMillis);
        return seen;
    }

    /**
     * Marks what may not have been measured before the start, as far as it isn't forgotten: the engine may have been away for
     * so long that samples of that age wouldn't be taken any more.
     */
    void recall(DirtyMinutes dirty, long oldestMillis) {
        long oldest = Math.max(oldestMillis, dirty.forgottenMillis());
        devices.values().forEach(seen -> {
            long newest = DeviceMinute.startOf(seen.timeMillis);
            for (long minute = Math.max(seen.keptMeasuredMillis, oldest);
                    minute <= newest;
                    minute += DeviceMinute.LENGTH_MILLIS) {
                dirty.mark(seen.key, minute);
            }
        });
    }

    /**
     * The device's transport says whether it can be reached. Taken at once when it can't: nothing that was read until then
     * shows it any more, though its clock may be a little ahead. News from before its last readings are none; none is of a
     * time after it came, whatever the clock of who tells it: what comes later is newer.
     */
    void told(DeviceId device, Presence news, long nowMillis) {
        Seen seen = devices.computeIfAbsent(device.key(), key -> new Seen(device, key));
        long sinceMillis = Math.min(news.since().toEpochMilli(), nowMillis);
        if (news.online()) {
            seen.onlineMillis = Math.max(seen.onlineMillis, sinceMillis);
        } else if (sinceMillis + Gate.FUTURE_TOLERANCE.toMillis() >= seen.timeMillis) {
            long offlineMillis = seen.hasBeenOffline ? seen.offlineMillis : 0;
            seen.offlineMillis = Math.max(offlineMillis, Math.max(sinceMillis, seen.timeMillis));
            seen.hasBeenOffline = true;
        }
        seen.isKept = false;
    }

    /**
     * Keeps what a start needs of the devices that were heard: before each commit. It is enough to say that from some minute
     * on all has to be measured; a later one needn't be said at once, an earlier one must be.
     */
    void write(DirtyMinutes dirty) {
        for (String deviceKey : dirty.touched()) {
            Seen seen = devices.get(deviceKey);
            if (seen == null) {
                continue;
            }
            long measured = Math.min(dirty.oldestMillis(deviceKey), DeviceMinute.startOf(seen.timeMillis));
            boolean isDue = !seen.isKept
                    || seen.points != seen.keptPoints
                    || measured < seen.keptMeasuredMillis
                    || seen.timeMillis - seen.keptMillis >= KEPT_MILLIS;
            if (isDue) {
                seen.isKept = true;
                seen.keptMillis = seen.timeMillis;
                seen.keptPoints = seen.points;
                seen.keptMeasuredMillis = measured;
                store.put(deviceKey, seen.message().toByteArray());
            }
        }
    }

    private static long bit(Point point) {
        return 1L << point.number();
    }
}

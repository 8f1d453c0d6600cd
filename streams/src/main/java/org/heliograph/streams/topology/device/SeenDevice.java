package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.topology.state.v1.LastReading;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/** What is known of a device: its newest readings, whether it can be reached, and what of that is kept. */
final class SeenDevice {
    /** So much of a device's time has to be read and measured again after a start. */
    private static final long KEPT_MILLIS = Duration.ofMinutes(10).toMillis();

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

    /** One that wasn't heard before. */
    SeenDevice(DeviceId id, String key) {
        this.id = id;
        this.key = key;
    }

    SeenDevice(String key, LastReading kept) {
        this(DeviceId.ofKey(key), key);
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

    /** Takes readings in that it has sent, whenever. */
    void take(Iterable<Series> readings, long nowMillis) {
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

    /**
     * Its transport says whether it can be reached. Taken at once when it can't: nothing that was read until then shows it
     * any more, though its clock may be a little ahead. News from before its last readings are none; none is of a time after
     * it came, whatever the clock of who tells it: what comes later is newer.
     */
    void told(Presence news, long nowMillis) {
        long sinceMillis = Math.min(news.since().toEpochMilli(), nowMillis);
        if (news.online()) {
            onlineMillis = Math.max(onlineMillis, sinceMillis);
        } else if (sinceMillis + Gate.FUTURE_TOLERANCE.toMillis() >= timeMillis) {
            long before = hasBeenOffline ? offlineMillis : 0;
            offlineMillis = Math.max(before, Math.max(sinceMillis, timeMillis));
            hasBeenOffline = true;
        }
        isKept = false;
    }

    /** Up to when its readings are kept, and so need not be read again after a start. */
    long keptMillis() {
        return keptMillis;
    }

    /** From which minute on it may not have been measured, as is kept. */
    long keptMeasuredMillis() {
        return keptMeasuredMillis;
    }

    /**
     * What is to be kept of it now, if anything. It is enough to say that from some minute on all has to be measured; a later
     * one needn't be said at once, an earlier one must be.
     *
     * @param oldestDirtyMillis the oldest minute that isn't measured
     */
    Optional<LastReading> keep(long oldestDirtyMillis) {
        long measured = Math.min(oldestDirtyMillis, DeviceMinute.startOf(timeMillis));
        boolean isDue = !isKept
                || points != keptPoints
                || measured < keptMeasuredMillis
                || timeMillis - keptMillis >= KEPT_MILLIS;
        if (!isDue) {
            return Optional.empty();
        }
        isKept = true;
        keptMillis = timeMillis;
        keptPoints = points;
        keptMeasuredMillis = measured;
        return Optional.of(message());
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

    private static long bit(Point point) {
        return 1L << point.number();
    }
}

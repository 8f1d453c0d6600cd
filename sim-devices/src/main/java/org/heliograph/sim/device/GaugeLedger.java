package org.heliograph.sim.device;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.telemetry.reading.Point;

/**
 * What the gauges of all devices have read, before any fault, by the hour of UTC. A minute counts once its device has read
 * in a later one, so that a reading at the end of a stretch, which is the next minute's, isn't in it. One thread writes,
 * any number may read.
 */
public final class GaugeLedger {
    /** Older hours are forgotten: about 64 bytes each for every gauge. */
    private static final int MAX_HOURS = 48;

    private static final long MINUTE_SECONDS = 60;
    private static final long HOUR_SECONDS = 3600;
    /** Integers by which real devices say that they have no value, and by what gateways scale them. */
    private static final double[] NO_VALUES = {0x8000, 0xFFFF, Integer.MAX_VALUE, 0x8000_0000L};

    private static final double[] SCALES = {0.01, 0.1, 1, 10, 100};

    private final Map<String, Map<Point, Gauge>> devices = new HashMap<>();

    /**
     * The readings of one gauge in one hour, in the point's unit.
     *
     * @param mistakable how many of them are by chance a number by which devices say that they have no value
     */
    public record Hour(long count, double sum, double min, double max, double last, long mistakable) {
        static final Hour NONE = new Hour(0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 0);

        Hour with(double value) {
            return new Hour(
                    count + 1,
                    sum + value,
                    Math.min(min, value),
                    Math.max(max, value),
                    value,
                    mistakable + (isMistakable(value) ? 1 : 0));
        }

        /** @param later its readings come after all of this */
        Hour plus(Hour later) {
            return new Hour(
                    count + later.count,
                    sum + later.sum,
                    Math.min(min, later.min),
                    Math.max(max, later.max),
                    later.last,
                    mistakable + later.mistakable);
        }
    }

    /** @param value in the point's unit */
    public record Reading(Instant at, double value) {}

    private static final class Gauge {
        private final NavigableMap<Long, Hour> hours = new TreeMap<>();
        private long newestSecond = Long.MIN_VALUE;
        private Hour openMinute = Hour.NONE;

        void read(long epochSecond, double value) {
            if (epochSecond <= newestSecond) {
                return; // the end of one stretch is the beginning of the next
            }
            if (openMinute.count() > 0
                    && Math.floorDiv(epochSecond, MINUTE_SECONDS) != Math.floorDiv(newestSecond, MINUTE_SECONDS)) {
                hours.merge(Math.floorDiv(newestSecond, HOUR_SECONDS), openMinute, Hour::plus);
                openMinute = Hour.NONE;
                if (hours.size() > MAX_HOURS) {
                    hours.pollFirstEntry();
                }
            }
            openMinute = openMinute.with(value);
            newestSecond = epochSecond;
        }
    }

    /** A device reads its instruments. */
    public synchronized void note(String device, Snapshot read) {
        Map<Point, Gauge> gauges = devices.computeIfAbsent(device, _ -> new EnumMap<>(Point.class));
        for (Point point : read.points()) {
            if (!point.isRegister()) {
                gauges.computeIfAbsent(point, _ -> new Gauge())
                        .read(read.epochSecond(), Decimal.value(point, read.amount(point)));
            }
        }
    }

    /** The hours of each gauge of a device by their beginnings; empty for a device that hasn't read. */
    public synchronized Map<Point, SortedMap<Instant, Hour>> hours(String device) {
        Map<Point, SortedMap<Instant, Hour>> all = new EnumMap<>(Point.class);
        devices.getOrDefault(device, Map.of()).forEach((point, gauge) -> {
            SortedMap<Instant, Hour> hours = new TreeMap<>();
            gauge.hours.forEach((hour, tally) -> hours.put(Instant.ofEpochSecond(hour * HOUR_SECONDS), tally));
            all.put(point, Collections.unmodifiableSortedMap(hours));
        });
        return all;
    }

    /** What a gauge of a device has read last; empty before it has read anything. */
    public synchronized Optional<Reading> newest(String device, Point point) {
        return Optional.ofNullable(devices.getOrDefault(device, Map.of()).get(point))
                .map(gauge -> new Reading(Instant.ofEpochSecond(gauge.newestSecond), gauge.openMinute.last()));
    }

    private static boolean isMistakable(double value) {
        for (double number : NO_VALUES) {
            for (double scale : SCALES) {
                if (Math.abs(Math.abs(value) - number * scale) < 1e-6) {
                    return true;
                }
            }
        }
        return false;
    }
}

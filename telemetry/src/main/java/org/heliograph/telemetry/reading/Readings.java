package org.heliograph.telemetry.reading;

import java.time.Instant;
import java.util.List;

/**
 * The readings of one device over a moment: several points, each at one or several instants.
 *
 * @param serial the serial number that the device itself reports, at most {@link #SERIAL_LENGTH_MAX} long; empty when it
 *     doesn't
 * @param series at least one; at most one per point
 */
public record Readings(DeviceId device, String serial, List<Series> series) {
    public static final int SERIAL_LENGTH_MAX = 128;

    public Readings {
        if (serial.length() > SERIAL_LENGTH_MAX) {
            throw new IllegalArgumentException("the serial number of " + device + " has " + serial.length()
                    + " characters; at most " + SERIAL_LENGTH_MAX);
        }
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("no readings of " + device);
        }
        long points = 0;
        for (Series one : series) {
            long bit = 1L << one.point().number();
            if ((points & bit) != 0) {
                throw new IllegalArgumentException("a point of " + device + " appears twice");
            }
            points |= bit;
        }
    }

    /** The latest instant of any point. */
    public Instant latest() {
        return Instant.ofEpochMilli(latestMillis());
    }

    /** The earliest instant of any point. */
    public Instant earliest() {
        return Instant.ofEpochMilli(earliestMillis());
    }

    /** The latest instant of any point, in epoch milliseconds. */
    public long latestMillis() {
        long latest = Long.MIN_VALUE;
        for (Series one : series) {
            latest = Math.max(latest, one.timeMillis(one.size() - 1));
        }
        return latest;
    }

    /** The earliest instant of any point, in epoch milliseconds. */
    public long earliestMillis() {
        long earliest = Long.MAX_VALUE;
        for (Series one : series) {
            earliest = Math.min(earliest, one.timeMillis(0));
        }
        return earliest;
    }

    /** How many samples there are, over all points. */
    public int size() {
        int size = 0;
        for (Series one : series) {
            size += one.size();
        }
        return size;
    }
}

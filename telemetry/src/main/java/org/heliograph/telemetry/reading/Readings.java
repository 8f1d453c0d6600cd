package org.heliograph.telemetry.reading;

import java.time.Instant;
import java.util.List;

/**
 * The readings of one device over a moment: several points, each at one or several instants.
 *
 * @param serial the serial number that the device itself reports; empty when it doesn't
 * @param series at least one; at most one per point
 */
public record Readings(DeviceId device, String serial, List<Series> series) {
    public Readings {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("no readings of " + device);
        }
        if (series.stream().map(Series::point).distinct().count() < series.size()) {
            throw new IllegalArgumentException("a point of " + device + " appears twice");
        }
    }

    /** The latest instant of any point. */
    public Instant latest() {
        return Instant.ofEpochMilli(
                series.stream().mapToLong(s -> s.timeMillis(s.size() - 1)).max().orElseThrow());
    }

    /** The earliest instant of any point. */
    public Instant earliest() {
        return Instant.ofEpochMilli(
                series.stream().mapToLong(s -> s.timeMillis(0)).min().orElseThrow());
    }

    /** How many samples there are, over all points. */
    public int size() {
        return series.stream().mapToInt(Series::size).sum();
    }
}

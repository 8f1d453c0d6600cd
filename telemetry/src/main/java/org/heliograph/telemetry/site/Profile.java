package org.heliograph.telemetry.site;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.Point;

/**
 * A class of devices: the points that they have.
 *
 * @param name the device class, {@code pv-inverter}
 * @param rating the most power that a device of the class can have; for those that don't state their own
 * @param accuracyBasisPoints how far such a device's energy may be from the truth, in hundredths of a percent of it
 * @param states how an inverter numbers its states; of no meaning for what isn't one
 */
public record Profile(
        String name,
        Optional<Watts> rating,
        Map<Point, PointSpec> points,
        int accuracyBasisPoints,
        InverterStates states) {
    /** No device is stale before it. */
    public static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(15);

    private static final String AGENT = "agent";

    /** A device is stale after missing this many of its slowest samples. */
    private static final int MISSED_SAMPLES = 3;

    public Profile {
        Map<Point, PointSpec> ordered = new EnumMap<>(Point.class); // unlike Map.copyOf, the same order in every run
        ordered.putAll(points);
        points = Collections.unmodifiableMap(ordered);
    }

    /** Whether it is an agent's canary, which is no device of the hall. */
    public boolean isOfAgent() {
        return name.equals(AGENT);
    }

    /** A device that has been silent for longer is stale. */
    public Duration patience() {
        Duration patience = slowestPeriod().multipliedBy(MISSED_SAMPLES);
        return patience.compareTo(SHORTEST_PATIENCE) < 0 ? SHORTEST_PATIENCE : patience;
    }

    /** The longest sampling period of any of its points. */
    public Duration slowestPeriod() {
        Duration slowest = Duration.ZERO;
        for (PointSpec point : points.values()) { // asked for each device several times a second
            slowest = point.period().compareTo(slowest) > 0 ? point.period() : slowest;
        }
        return slowest.isZero() ? Duration.ofMinutes(1) : slowest;
    }

    /**
     * How one point behaves.
     *
     * @param period how often it is sampled
     * @param maxGap a longer segment of a gauge counts nothing; windows within a longer segment of a register are
     *     interpolated
     * @param hold report-on-change: a gauge's value holds until the next, instead of going there in a straight line
     * @param modulusMillijoules where a register rolls over to zero
     * @param resolutionMillijoules the register's smallest step; 0 when it is as fine as its readings
     * @param restartsDaily whether the register starts at zero at each local midnight
     */
    public record PointSpec(
            Duration period,
            Duration maxGap,
            boolean hold,
            OptionalLong modulusMillijoules,
            long resolutionMillijoules,
            boolean restartsDaily) {}
}

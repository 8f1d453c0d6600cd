package org.heliograph.streams.energy;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * What a device's samples say of one minute.
 *
 * @param energies millijoules by register: those that the device's role counts
 * @param coveredMillis how much of the minute all of them cover
 */
public record DeviceMinute(Map<Point, Long> energies, long coveredMillis, Set<Flag> flags, List<Statistics> points) {
    public static final long LENGTH_MILLIS = 60_000;

    /** A step that implies more than this share of the rating is a spike (domain rule 6). */
    private static final double RATING_MARGIN = 1.1;

    /**
     * More than the power of any device without a rating: 100 MW. It bounds what a broken device can book, so that a
     * day's sums stay within a long.
     */
    private static final double MOST_WATTS = 1e8;

    public DeviceMinute {
        energies = Map.copyOf(energies);
        flags = Set.copyOf(flags);
        points = List.copyOf(points);
    }

    /**
     * Measures one minute of a device.
     *
     * @param context the minute's samples and, of each point, {@link RegisterMeter#CONTEXT} on each side of it
     */
    public static DeviceMinute of(Device device, Samples context, long startMillis) {
        long endMillis = startMillis + LENGTH_MILLIS;
        Map<Point, Long> energies = new EnumMap<>(Point.class);
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        long covered = LENGTH_MILLIS;
        for (Point register : registers(device)) {
            Metered metered = energy(device, register, context, startMillis, endMillis);
            covered = Math.min(covered, metered.coveredMillis());
            flags.addAll(metered.flags());
            if (metered.coveredMillis() > 0) {
                energies.put(register, metered.millijoules());
            }
        }
        return new DeviceMinute(
                energies,
                device.role().countsEnergy() ? covered : 0,
                flags,
                Statistics.of(context.between(startMillis, endMillis)));
    }

    /** The registers that a role counts, as far as the profile has them. */
    public static List<Point> registers(Device device) {
        Map<Point, PointSpec> has = device.profile().points();
        return switch (device.role()) {
            case GRID ->
                has.containsKey(Point.ENERGY_EXPORT)
                        ? List.of(Point.ENERGY_IMPORT, Point.ENERGY_EXPORT)
                        : List.of(Point.ENERGY_IMPORT);
            case BATTERY -> List.of(Point.ENERGY_CHARGE, Point.ENERGY_DISCHARGE);
            case PV, GENERATOR, UPS, FLOOR_PDU, IT, COOLING, AUXILIARY -> List.of(Point.ENERGY);
            case ROOM -> List.of();
        };
    }

    public boolean isComplete() {
        return coveredMillis == LENGTH_MILLIS;
    }

    public boolean isEstimated() {
        return flags.stream().anyMatch(Flag::isEstimate);
    }

    /** Net energy in the direction that the role counts: import, production, consumption, discharge. */
    public long netMillijoules() {
        return energies.getOrDefault(Point.ENERGY, 0L)
                + energies.getOrDefault(Point.ENERGY_IMPORT, 0L)
                - energies.getOrDefault(Point.ENERGY_EXPORT, 0L)
                + energies.getOrDefault(Point.ENERGY_DISCHARGE, 0L)
                - energies.getOrDefault(Point.ENERGY_CHARGE, 0L);
    }

    /** The register is the truth; power, integrated, stands in where it covers more of the minute. */
    private static Metered energy(Device device, Point register, Samples context, long startMillis, long endMillis) {
        double maxWatts =
                device.rating().map(rating -> RATING_MARGIN * rating.value()).orElse(MOST_WATTS);
        Metered byRegister = Metered.NOTHING;
        PointSpec spec = device.profile().points().get(register);
        if (spec != null && context.of(register).orElse(null) instanceof Series.Register track) {
            byRegister = RegisterMeter.measure(track, startMillis, endMillis, spec, maxWatts);
        }
        PointSpec power = device.profile().points().get(Point.POWER);
        if (byRegister.coveredMillis() == endMillis - startMillis
                || register != Point.ENERGY
                || power == null
                || !(context.of(Point.POWER).orElse(null) instanceof Series.Gauge track)) {
            return byRegister;
        }
        Metered byPower = GaugeMeter.measure(track, startMillis, endMillis, power, maxWatts);
        return byPower.coveredMillis() > byRegister.coveredMillis() ? byPower.with(byRegister.flags()) : byRegister;
    }
}

package org.heliograph.streams.energy;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;
import org.heliograph.telemetry.site.Role;

/**
 * What a device's samples say of one minute.
 *
 * @param energies millijoules by register: those that the device's role counts
 * @param coveredMillis how much of the minute all of them cover
 * @param carried what its readings tell of the time before the windows that can be restated
 */
public record DeviceMinute(
        Map<Point, Long> energies,
        long coveredMillis,
        Set<Flag> flags,
        List<Statistics> points,
        List<CarriedEnergy> carried) {
    public static final long LENGTH_MILLIS = 60_000;

    public DeviceMinute {
        energies = Map.copyOf(energies);
        flags = Set.copyOf(flags);
        points = List.copyOf(points);
        carried = List.copyOf(carried);
    }

    DeviceMinute(Map<Point, Long> energies, long coveredMillis, Set<Flag> flags, List<Statistics> points) {
        this(energies, coveredMillis, flags, points, List.of());
    }

    /**
     * Measures one minute of a device.
     *
     * @param context of the metering points, the minute's samples and {@link RegisterMeter#CONTEXT} on each side of it
     * @param minute its samples of all points
     */
    public static DeviceMinute of(
            DeviceHistory history,
            Device device,
            Samples context,
            Samples minute,
            Evidence evidence,
            long startMillis) {
        long endMillis = startMillis + LENGTH_MILLIS;
        Map<Point, Long> energies = new EnumMap<>(Point.class);
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        long covered = LENGTH_MILLIS;
        for (Point register : registers(device)) {
            Metered metered =
                    new RegisterMinute(history, device, register, context, startMillis, endMillis).measure(evidence);
            if (isBeside(device, register)) {
                if (metered.coveredMillis() == LENGTH_MILLIS) {
                    energies.put(register, metered.millijoules());
                }
                continue;
            }
            covered = Math.min(covered, metered.coveredMillis());
            flags.addAll(metered.flags());
            if (metered.coveredMillis() > 0) {
                energies.put(register, metered.millijoules());
            }
        }
        if (!hasCounted(device, energies.keySet())) {
            energies.clear(); // what goes in isn't what came out
        }
        return new DeviceMinute(energies, device.role().countsEnergy() ? covered : 0, flags, Statistics.of(minute));
    }

    private static boolean hasCounted(Device device, Set<Point> measured) {
        for (Point register : measured) {
            if (!isBeside(device, register)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Measures one minute of a device.
     *
     * @param context of all points, the minute's samples and {@link RegisterMeter#CONTEXT} on each side of it
     */
    public static DeviceMinute of(
            DeviceHistory history, Device device, Samples context, Evidence evidence, long startMillis) {
        Samples minute = context.between(startMillis, startMillis + LENGTH_MILLIS);
        return of(history, device, context, minute, evidence, startMillis);
    }

    /** Measures one minute of a device from all samples that there are. */
    public static DeviceMinute of(DeviceHistory history, Device device, Samples all, long startMillis) {
        return of(
                history,
                device,
                all.around(startMillis, startMillis + LENGTH_MILLIS, RegisterMeter.CONTEXT),
                Evidence.of(all, history),
                startMillis);
    }

    /**
     * What has flowed, by the device's power, in a minute in which one of its registers stood still; 0 where it didn't, or
     * where the role doesn't count it.
     *
     * @param context of the metering points, the minute's samples and {@link RegisterMeter#CONTEXT} on each side of it
     * @param spans what the register's irregular steps mean
     */
    public static long heldBackMillijoules(
            DeviceHistory history, Device device, Point register, Samples context, List<Span> spans, long startMillis) {
        return registers(device).contains(register)
                ? new RegisterMinute(history, device, register, context, startMillis, startMillis + LENGTH_MILLIS)
                        .heldBackMillijoules(spans)
                : 0;
    }

    /** The start of the minute that contains a moment. */
    public static long startOf(long millis) {
        return Math.floorDiv(millis, LENGTH_MILLIS) * LENGTH_MILLIS;
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
            case UPS ->
                has.containsKey(Point.ENERGY_IMPORT)
                        ? List.of(Point.ENERGY, Point.ENERGY_IMPORT)
                        : List.of(Point.ENERGY);
            case PV, GENERATOR, FLOOR_PDU, IT, COOLING, AUXILIARY -> List.of(Point.ENERGY);
            case ROOM -> List.of();
        };
    }

    /**
     * Whether a register isn't what the role counts, but said beside it: what a UPS draws. Few measure that, so it decides
     * nothing of the minute, and is said of a whole one or not at all.
     */
    public static boolean isBeside(Device device, Point register) {
        return device.role() == Role.UPS && register == Point.ENERGY_IMPORT;
    }

    /** The same, with what its readings carry: flagged where that is anything. */
    public DeviceMinute carrying(List<CarriedEnergy> before) {
        if (before.isEmpty()) {
            return this;
        }
        Set<Flag> more = EnumSet.of(Flag.CARRIED);
        more.addAll(flags);
        return new DeviceMinute(energies, coveredMillis, more, points, before);
    }

    public boolean isComplete() {
        return coveredMillis == LENGTH_MILLIS;
    }

    /** Whether nothing is known of it. */
    public boolean isVoid() {
        return energies.isEmpty() && flags.isEmpty() && points.isEmpty();
    }

    public boolean isEstimated() {
        for (Flag flag : flags) {
            if (flag.isEstimate()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Net energy in the direction that the role counts: import, production, consumption, discharge; a UPS's output. Absent
     * while one of its registers says nothing: import is no net where nobody knows the export.
     */
    public OptionalLong netMillijoules() {
        if (coveredMillis == 0) {
            return OptionalLong.empty();
        }
        Long counted = energies.get(Point.ENERGY);
        return OptionalLong.of(
                counted != null
                        ? counted
                        : energies.getOrDefault(Point.ENERGY_IMPORT, 0L)
                                - energies.getOrDefault(Point.ENERGY_EXPORT, 0L)
                                + energies.getOrDefault(Point.ENERGY_DISCHARGE, 0L)
                                - energies.getOrDefault(Point.ENERGY_CHARGE, 0L));
    }
}

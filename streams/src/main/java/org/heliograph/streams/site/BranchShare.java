package org.heliograph.streams.site;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * What some devices add to the balance of one meter over a minute: what the meter reads, and what those below it do.
 * Energies count from the grid towards the loads. Only devices that covered the whole minute are in it.
 *
 * @param ownCovered 1 when the meter itself is among the devices
 * @param childrenCovered those of the meters below it that are
 * @param toleranceMillijoules what the accuracy of all these allows their energies to be off
 */
public record BranchShare(
        long ownMillijoules,
        int ownCovered,
        long childrenMillijoules,
        DeviceSet childrenCovered,
        long toleranceMillijoules,
        Heaviest heaviest) {
    public static final BranchShare NONE = new BranchShare(0, 0, 0, DeviceSet.NONE, 0, Heaviest.NONE);

    private static final int BASIS_POINTS = 10_000;

    /**
     * A device's share: of its parent's branch, and of its own when it has others below it. A UPS that says what it draws
     * is that much of its parent's.
     */
    static Map<String, BranchShare> of(Device device, MeterTree tree, Map<Point, Long> energies) {
        Map<String, BranchShare> shares = new HashMap<>();
        long draw = draw(device, energies);
        if (tree.nodes().containsKey(device.id())) {
            long tolerance = tolerance(device, energies, downstream(device.role()));
            shares.put(device.id(), new BranchShare(draw, 1, 0, DeviceSet.NONE, tolerance, Heaviest.NONE));
        }
        if (tree.nodes().containsKey(device.parent())) {
            List<Point> registers = upstream(device.role(), energies.keySet());
            long upstream = device.role() == Role.UPS ? get(energies, registers.getFirst()) : draw;
            long tolerance = tolerance(device, energies, registers);
            shares.put(
                    device.parent(),
                    new BranchShare(
                            0, 0, upstream, DeviceSet.of(device.id()), tolerance, Heaviest.of(device.id(), upstream)));
        }
        return shares;
    }

    /** The registers of what a device passes on to those below it: both directions, where it has two. */
    static List<Point> downstream(Role role) {
        return switch (role) {
            case GRID -> List.of(Point.ENERGY_IMPORT, Point.ENERGY_EXPORT);
            case BATTERY -> List.of(Point.ENERGY_CHARGE, Point.ENERGY_DISCHARGE);
            case PV, GENERATOR, UPS, FLOOR_PDU, IT, COOLING, AUXILIARY, ROOM -> List.of(Point.ENERGY);
        };
    }

    /** The registers of what it takes from the one above it: a UPS may have one for that. */
    static List<Point> upstream(Role role, Set<Point> registers) {
        return role == Role.UPS && registers.contains(Point.ENERGY_IMPORT)
                ? List.of(Point.ENERGY_IMPORT)
                : downstream(role);
    }

    /** Shares of disjoint sets of devices. */
    BranchShare plus(BranchShare other) {
        return new BranchShare(
                Math.addExact(ownMillijoules, other.ownMillijoules),
                ownCovered + other.ownCovered,
                Math.addExact(childrenMillijoules, other.childrenMillijoules),
                childrenCovered.plus(other.childrenCovered),
                Math.addExact(toleranceMillijoules, other.toleranceMillijoules),
                heaviest.or(other.heaviest));
    }

    /** What flows through the meter from upstream to downstream; a source feeds in, so its energy counts below 0. */
    private static long draw(Device device, Map<Point, Long> energies) {
        return switch (device.role()) {
            case GRID -> get(energies, Point.ENERGY_IMPORT) - get(energies, Point.ENERGY_EXPORT);
            case BATTERY -> get(energies, Point.ENERGY_CHARGE) - get(energies, Point.ENERGY_DISCHARGE);
            case PV, GENERATOR -> -get(energies, Point.ENERGY);
            case UPS, FLOOR_PDU, IT, COOLING, AUXILIARY, ROOM -> get(energies, Point.ENERGY);
        };
    }

    /** Each direction has its own error: import and export don't cancel. Rounded up, once for a register and minute. */
    private static long tolerance(Device device, Map<Point, Long> energies, List<Point> registers) {
        long tolerance = 0;
        for (Point register : registers) {
            long energy = get(energies, register);
            tolerance += Math.ceilDiv(Math.multiplyExact(Math.abs(energy), device.accuracyBasisPoints()), BASIS_POINTS);
        }
        return tolerance;
    }

    private static long get(Map<Point, Long> energies, Point register) {
        return energies.getOrDefault(register, 0L);
    }

    /**
     * The meter that read the most in any one minute, and how much that was; the first by name of several. Like a
     * maximum it is the same in any order and however often one is counted.
     */
    public record Heaviest(String device, long millijoules) {
        public static final Heaviest NONE = new Heaviest("", 0);

        /** What feeds in is no load. */
        static Heaviest of(String device, long millijoules) {
            return millijoules > 0 ? new Heaviest(device, millijoules) : NONE;
        }

        public Heaviest or(Heaviest other) {
            if (millijoules != other.millijoules) {
                return millijoules > other.millijoules ? this : other;
            }
            return device.compareTo(other.device) <= 0 ? this : other;
        }
    }
}

package org.heliograph.streams.site;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * What some of a site's devices add up to over one minute, by role and by branch of the meter tree. Shares of disjoint
 * sets of devices add up in any order.
 *
 * @param branches by the meter that has others below it
 */
public record SiteShare(Map<Role, RoleSum> roles, Map<String, BranchShare> branches) {
    public static final SiteShare EMPTY = new SiteShare(Map.of());

    public SiteShare {
        roles = Map.copyOf(roles);
        branches = Map.copyOf(branches);
    }

    public SiteShare(Map<Role, RoleSum> roles) {
        this(roles, Map.of());
    }

    /**
     * The share of one device.
     *
     * @param energies millijoules by register
     * @param complete whether they cover the whole minute
     * @param estimated whether any is integrated or interpolated
     */
    public static SiteShare of(
            String device, Role role, Map<Point, Long> energies, boolean complete, boolean estimated) {
        if (!role.countsEnergy() || energies.isEmpty()) {
            return EMPTY;
        }
        DeviceSet itself = DeviceSet.of(device);
        return new SiteShare(Map.of(
                role,
                new RoleSum(
                        energies.getOrDefault(forward(role), 0L),
                        reverse(role)
                                .map(register -> energies.getOrDefault(register, 0L))
                                .orElse(0L),
                        complete ? itself : DeviceSet.NONE,
                        reverse(role).filter(energies::containsKey).isPresent() ? itself : DeviceSet.NONE,
                        estimated ? 1 : 0,
                        energies.containsKey(forward(role)) ? 1 : 0)));
    }

    /** With what the same device adds to the branches that it is in. A minute that it didn't cover whole adds nothing. */
    public SiteShare within(MeterTree tree, Device device, Map<Point, Long> energies, boolean complete) {
        return complete && !energies.isEmpty() ? new SiteShare(roles, BranchShare.of(device, tree, energies)) : this;
    }

    public SiteShare plus(SiteShare other) {
        if (other.roles.isEmpty()) {
            return this;
        }
        Map<Role, RoleSum> sum = new EnumMap<>(Role.class);
        sum.putAll(roles);
        other.roles.forEach((role, energy) -> sum.merge(role, energy, RoleSum::plus));
        Map<String, BranchShare> branchSum = new HashMap<>(branches);
        other.branches.forEach((meter, share) -> branchSum.merge(meter, share, BranchShare::plus));
        return new SiteShare(sum, branchSum);
    }

    RoleSum of(Role role) {
        return roles.getOrDefault(role, RoleSum.NONE);
    }

    /** The register of what a role counts. */
    private static Point forward(Role role) {
        return switch (role) {
            case GRID -> Point.ENERGY_IMPORT;
            case BATTERY -> Point.ENERGY_DISCHARGE;
            case PV, GENERATOR, UPS, FLOOR_PDU, IT, COOLING, AUXILIARY, ROOM -> Point.ENERGY;
        };
    }

    /** The register beside it, for the roles that have one: of the other direction, or at a UPS's input. */
    private static Optional<Point> reverse(Role role) {
        return switch (role) {
            case GRID -> Optional.of(Point.ENERGY_EXPORT);
            case BATTERY -> Optional.of(Point.ENERGY_CHARGE);
            case UPS -> Optional.of(Point.ENERGY_IMPORT);
            case PV, GENERATOR, FLOOR_PDU, IT, COOLING, AUXILIARY, ROOM -> Optional.empty();
        };
    }
}

package org.heliograph.streams.site;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/**
 * A site's minute: the sums of its devices by role, beside how many devices the site model expects in each.
 *
 * @param expected how many devices of each role the site has in this minute; a role without any is missing
 * @param tree the meters that have others below them in this minute
 */
public record SiteMinute(SiteShare sums, Map<Role, Integer> expected, MeterTree tree) {
    public SiteMinute {
        expected = Map.copyOf(expected);
    }

    public SiteMinute(SiteShare sums, Map<Role, Integer> expected) {
        this(sums, expected, MeterTree.NONE);
    }

    /** How many devices of each energy role a site has at a moment. */
    public static Map<Role, Integer> expected(SiteModel site, Instant at) {
        Map<Role, Integer> expected = new EnumMap<>(Role.class);
        for (Device device : site.devices()) {
            if (device.role().countsEnergy() && device.isValidAt(at)) {
                expected.merge(device.role(), 1, Integer::sum);
            }
        }
        return expected;
    }

    /** Whether the site has devices in this role at all. */
    public boolean has(Role role) {
        return expected.containsKey(role);
    }

    /** Whether anything is known of what the role counts in this minute: of import, say, and not of the export alone. */
    public boolean knows(Role role) {
        return has(role) && sums.of(role).forwardKnown() > 0;
    }

    /** Whether every device of the role covered the minute; true for a role without devices. */
    public boolean covers(Role role) {
        return sums.of(role).covered() >= expected.getOrDefault(role, 0);
    }

    public boolean isComplete() {
        return expected.keySet().stream().allMatch(this::covers);
    }

    /** Whether every device of the role said something of the other direction, export or charge, or of a UPS's input. */
    public boolean knowsReverse(Role role) {
        return has(role) && sums.of(role).reverseKnown() >= expected.getOrDefault(role, 0);
    }

    /** Import, discharge, production or consumption of a role, in millijoules. */
    public long forward(Role role) {
        return sums.of(role).forwardMillijoules();
    }

    /** Export or charge of a role, or what its UPSs drew, in millijoules. */
    public long reverse(Role role) {
        return sums.of(role).reverseMillijoules();
    }

    public boolean isEstimated() {
        return sums.roles().values().stream().anyMatch(sum -> sum.estimated() > 0);
    }

    /** Whether the utility meter covered the minute and said what was exported in it. */
    public boolean coversExport() {
        return covers(Role.GRID) && knowsReverse(Role.GRID);
    }

    /**
     * Whether the utility meter said all that {@code E_DC} needs of it: where the site has sources of its own, that is
     * the export too.
     */
    public boolean coversGrid() {
        boolean hasSources = has(Role.PV) || has(Role.BATTERY) || has(Role.GENERATOR);
        return hasSources ? coversExport() : has(Role.GRID) && covers(Role.GRID);
    }

    /** Whether all meters of what enters and leaves the site covered the minute, one of them at the grid. */
    public boolean coversInput() {
        return coversGrid() && covers(Role.PV) && covers(Role.BATTERY) && covers(Role.GENERATOR);
    }

    /** {@code E_DC}: import + PV - export + discharge - charge + generator (EN 50600-4-2, domain section 4). */
    public long inputMillijoules() {
        return forward(Role.GRID)
                - reverse(Role.GRID)
                + forward(Role.PV)
                + forward(Role.BATTERY)
                - reverse(Role.BATTERY)
                + forward(Role.GENERATOR);
    }
}

package org.heliograph.streams.site;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/**
 * A site's minute: the sums of its devices by role, beside the devices that the site model expects in each.
 *
 * @param expected the devices of each role that the site has in this minute; a role without any is missing
 * @param tree the meters that have others below them in this minute
 * @param isDark whether a solar inverter that wasn't heard is taken to have given nothing, as the sun was down
 */
public record SiteMinute(SiteShare sums, Map<Role, DeviceSet> expected, MeterTree tree, boolean isDark) {
    /** 500 W for a minute: an inverter that gives more in the dark has a battery behind it, or its site is elsewhere. */
    private static final long MOST_IN_THE_DARK_MILLIJOULES = 500 * 60_000L;

    public SiteMinute {
        expected = Map.copyOf(expected);
    }

    public SiteMinute(SiteShare sums, Map<Role, DeviceSet> expected, MeterTree tree) {
        this(sums, expected, tree, false);
    }

    /** @param expected how many devices each role has, whichever they are */
    public SiteMinute(SiteShare sums, Map<Role, Integer> expected) {
        this(sums, unnamed(expected), MeterTree.NONE);
    }

    private static Map<Role, DeviceSet> unnamed(Map<Role, Integer> counts) {
        Map<Role, DeviceSet> expected = new EnumMap<>(Role.class);
        counts.forEach((role, count) -> expected.put(role, DeviceSet.unnamed(count)));
        return expected;
    }

    /** The same, with the sun down and nobody left to wait for. */
    public SiteMinute inTheDark() {
        return new SiteMinute(sums, expected, tree, true);
    }

    /** The devices of each energy role that a site has at a moment. */
    public static Map<Role, DeviceSet> expected(SiteModel site, Instant at) {
        Map<Role, DeviceSet> expected = new EnumMap<>(Role.class);
        for (Device device : site.devices()) {
            if (device.role().countsEnergy() && device.isValidAt(at)) {
                expected.merge(device.role(), DeviceSet.of(device.id()), DeviceSet::plus);
            }
        }
        return expected;
    }

    /** Whether the site has devices in this role at all, or had: see {@link #isOfFormerDevices}. */
    public boolean has(Role role) {
        return expected.containsKey(role) || isOfFormerDevices(role);
    }

    /**
     * Whether energy was counted in a role, in either direction, of which the site model has no device any more, in this
     * minute either. It stays; but nobody knows whether those were all, so none of them is heard for all of the minute.
     */
    private boolean isOfFormerDevices(Role role) {
        return !expected.containsKey(role) && (sums.of(role).forwardKnown() > 0 || reverse(role) > 0);
    }

    /** Whether anything is known of what the role counts in this minute: of import, say, and not of the export alone. */
    public boolean knows(Role role) {
        return has(role) && (sums.of(role).forwardKnown() > 0 || rests(role));
    }

    /** Whether every device of the role covered the minute, or rested in it; true for a role without devices. */
    public boolean covers(Role role) {
        return isHeard(role) || rests(role);
    }

    private boolean isHeard(Role role) {
        return !isOfFormerDevices(role)
                && sums.of(role).covered().coversAll(expected.getOrDefault(role, DeviceSet.NONE));
    }

    /** Whether the inverters that weren't heard are taken to have given nothing: none that was says otherwise. */
    private boolean rests(Role role) {
        return isDark
                && role == Role.PV
                && !isHeard(role)
                && forward(role) <= sums.of(role).forwardKnown() * MOST_IN_THE_DARK_MILLIJOULES;
    }

    /** Whether every meter was heard all of the minute. */
    public boolean isComplete() {
        return expected.keySet().stream().allMatch(this::isHeard)
                && sums.roles().keySet().stream().noneMatch(this::isOfFormerDevices);
    }

    /** Whether every device of the role said something of the other direction, export or charge, or of a UPS's input. */
    public boolean knowsReverse(Role role) {
        return isOfFormerDevices(role)
                ? reverse(role) > 0
                : has(role) && sums.of(role).reverseKnown().coversAll(expected.getOrDefault(role, DeviceSet.NONE));
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
        return rests(Role.PV) || sums.roles().values().stream().anyMatch(sum -> sum.estimated() > 0);
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

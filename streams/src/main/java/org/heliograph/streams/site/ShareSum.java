package org.heliograph.streams.site;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.jspecify.annotations.Nullable;

/** Adds devices up to their share of a site's minute. */
public final class ShareSum {
    private final MeterTree tree;
    private final Map<Role, Total> roles = new EnumMap<>(Role.class);
    private final Map<String, BranchShare> branches = new HashMap<>();

    public ShareSum(MeterTree tree) {
        this.tree = tree;
    }

    /** What devices of one role add up to so far. */
    private static final class Total {
        private long forwardMillijoules;
        private long reverseMillijoules;
        private DeviceSet covered = DeviceSet.NONE;
        private DeviceSet reverseKnown = DeviceSet.NONE;
        private int estimated;
        private int forwardKnown;

        RoleSum sum() {
            return new RoleSum(forwardMillijoules, reverseMillijoules, covered, reverseKnown, estimated, forwardKnown);
        }
    }

    /**
     * Adds a device. Its energy counts in the role that it was measured in; as one of those that the role expects it counts
     * only where the site model still has it in that role.
     *
     * @param role that its energies were measured in
     * @param id the device's
     * @param device as the site model has it at that moment; null when it doesn't any more
     * @param energies millijoules by register
     * @param complete whether they cover the whole minute
     * @param estimated whether any is integrated or interpolated
     */
    public void add(
            Role role,
            String id,
            @Nullable Device device,
            Map<Point, Long> energies,
            boolean complete,
            boolean estimated) {
        SiteShare share = SiteShare.of(id, role, energies, complete, estimated);
        boolean isExpected = device != null && device.role() == role;
        share.roles().forEach((counted, sum) -> add(counted, isExpected ? sum : sum.unexpected()));
        if (device != null && isExpected && !tree.nodes().isEmpty()) {
            share.within(tree, device, energies, complete)
                    .branches()
                    .forEach((meter, branch) -> branches.merge(meter, branch, BranchShare::plus));
        }
    }

    private void add(Role role, RoleSum sum) {
        Total total = roles.computeIfAbsent(role, _ -> new Total());
        total.forwardMillijoules = Math.addExact(total.forwardMillijoules, sum.forwardMillijoules());
        total.reverseMillijoules = Math.addExact(total.reverseMillijoules, sum.reverseMillijoules());
        total.covered = total.covered.plus(sum.covered());
        total.reverseKnown = total.reverseKnown.plus(sum.reverseKnown());
        total.estimated += sum.estimated();
        total.forwardKnown += sum.forwardKnown();
    }

    public SiteShare total() {
        Map<Role, RoleSum> sums = new EnumMap<>(Role.class);
        roles.forEach((role, total) -> sums.put(role, total.sum()));
        return new SiteShare(sums, branches);
    }
}

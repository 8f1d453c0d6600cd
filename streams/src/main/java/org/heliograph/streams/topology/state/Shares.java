package org.heliograph.streams.topology.state;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.heliograph.streams.site.BranchShare;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.v1.BranchEnergy;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.streams.topology.state.v1.RoleEnergy;
import org.heliograph.telemetry.site.Role;

/** Shares of a site's minute as stored and sent. */
public final class Shares {
    private Shares() {}

    /** The roles in their own order, the branches by name, so that equal shares are equal bytes. */
    public static MinuteShare.Builder encode(SiteShare share) {
        MinuteShare.Builder message = MinuteShare.newBuilder();
        for (Role role : Role.values()) {
            RoleSum sum = share.roles().get(role);
            if (sum != null) {
                message.addRoles(RoleEnergy.newBuilder()
                        .setRole(role.label())
                        .setForwardMj(sum.forwardMillijoules())
                        .setReverseMj(sum.reverseMillijoules())
                        .setCovered(sum.covered().count())
                        .setCoveredPrint(sum.covered().print())
                        .setReverseKnown(sum.reverseKnown().count())
                        .setReverseKnownPrint(sum.reverseKnown().print())
                        .setEstimated(sum.estimated())
                        .setForwardKnown(sum.forwardKnown()));
            }
        }
        share.branches().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> message.addBranches(branch(entry.getKey(), entry.getValue())));
        return message;
    }

    private static BranchEnergy branch(String meter, BranchShare share) {
        return BranchEnergy.newBuilder()
                .setDevice(meter)
                .setOwnMj(share.ownMillijoules())
                .setOwnCovered(share.ownCovered())
                .setChildrenMj(share.childrenMillijoules())
                .setChildrenCovered(share.childrenCovered().count())
                .setChildrenPrint(share.childrenCovered().print())
                .setToleranceMj(share.toleranceMillijoules())
                .setHeaviest(share.heaviest().device())
                .setHeaviestMj(share.heaviest().millijoules())
                .build();
    }

    private static BranchShare branch(BranchEnergy message) {
        return new BranchShare(
                message.getOwnMj(),
                message.getOwnCovered(),
                message.getChildrenMj(),
                new DeviceSet(message.getChildrenCovered(), message.getChildrenPrint()),
                message.getToleranceMj(),
                new Heaviest(message.getHeaviest(), message.getHeaviestMj()));
    }

    public static SiteShare decode(String store, byte[] stored) {
        return decode(StateException.read(store, stored, MinuteShare::parseFrom));
    }

    public static SiteShare decode(MinuteShare message) {
        Map<Role, RoleSum> roles = new EnumMap<>(Role.class);
        for (RoleEnergy energy : message.getRolesList()) {
            Role role = Role.labelled(energy.getRole())
                    .orElseThrow(() -> new IllegalStateException("unknown role '" + energy.getRole() + "'"));
            roles.put(
                    role,
                    new RoleSum(
                            energy.getForwardMj(),
                            energy.getReverseMj(),
                            new DeviceSet(energy.getCovered(), energy.getCoveredPrint()),
                            new DeviceSet(energy.getReverseKnown(), energy.getReverseKnownPrint()),
                            energy.getEstimated(),
                            energy.hasForwardKnown() ? energy.getForwardKnown() : 1));
        }
        Map<String, BranchShare> branches = new HashMap<>();
        message.getBranchesList().forEach(branch -> branches.put(branch.getDevice(), branch(branch)));
        return new SiteShare(roles, branches);
    }
}

package org.heliograph.streams.topology.site;

import java.util.List;
import java.util.TreeMap;
import org.heliograph.streams.indicator.Branch;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.topology.state.v1.StoredBranch;

/** The branches of a window as they are stored, by name, so that equal ones are equal bytes. */
final class StoredBranches {
    private StoredBranches() {}

    static List<StoredBranch> encode(Branches branches) {
        return branches.byMeter().entrySet().stream()
                .map(entry -> StoredBranch.newBuilder()
                        .setDevice(entry.getKey())
                        .setOwnMj(entry.getValue().ownMillijoules())
                        .setChildrenMj(entry.getValue().childrenMillijoules())
                        .setToleranceMj(entry.getValue().toleranceMillijoules())
                        .setMatchedMinutes(entry.getValue().matchedMinutes())
                        .setHeaviest(entry.getValue().heaviest().device())
                        .setHeaviestMj(entry.getValue().heaviest().millijoules())
                        .build())
                .toList();
    }

    static Branches decode(List<StoredBranch> stored) {
        TreeMap<String, Branch> branches = new TreeMap<>();
        for (StoredBranch branch : stored) {
            branches.put(
                    branch.getDevice(),
                    new Branch(
                            branch.getOwnMj(),
                            branch.getChildrenMj(),
                            branch.getToleranceMj(),
                            branch.getMatchedMinutes(),
                            new Heaviest(branch.getHeaviest(), branch.getHeaviestMj())));
        }
        return new Branches(branches);
    }
}

package org.heliograph.streams.topology.state;

import java.util.Comparator;
import java.util.List;
import org.heliograph.streams.gap.PackCounts;
import org.heliograph.streams.topology.state.v1.DeviceLack;
import org.heliograph.streams.topology.state.v1.SummedLosses;

/** What is said of a site's lost packs, as stored and sent. */
public final class LossShares {
    private static final int MAX_NAMED = 20;

    private LossShares() {}

    public static SummedLosses encode(String agent, PackCounts counts) {
        return SummedLosses.newBuilder()
                .setAgent(agent)
                .setExpected(counts.expected())
                .setMissing(counts.missing())
                .setReported(counts.reported())
                .setDuplicates(counts.duplicates())
                .setUnnumbered(counts.unnumbered())
                .setReadings(counts.readings())
                .build();
    }

    public static PackCounts decode(SummedLosses summed) {
        return new PackCounts(
                summed.getExpected(),
                summed.getMissing(),
                summed.getReported(),
                summed.getDuplicates(),
                summed.getUnnumbered(),
                summed.getReadings());
    }

    /** Those that lack most. */
    public static List<DeviceLack> most(List<DeviceLack> lacking) {
        return lacking.stream()
                .sorted(Comparator.comparingLong(DeviceLack::getMissing)
                        .reversed()
                        .thenComparing(DeviceLack::getDevice)
                        .thenComparing(DeviceLack::getAgent))
                .limit(MAX_NAMED)
                .toList();
    }
}

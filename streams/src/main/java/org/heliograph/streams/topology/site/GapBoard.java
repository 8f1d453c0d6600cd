package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.gap.PackCounts;
import org.heliograph.streams.topology.state.LossShares;
import org.heliograph.streams.topology.state.v1.DeviceLack;
import org.heliograph.streams.topology.state.v1.LossShare;
import org.heliograph.streams.topology.state.v1.SummedLosses;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.DeviceLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;

/**
 * The sites' gap ledgers, put together from the newest shares of the partitions. Kept in memory only: says nothing until
 * all partitions have had the time to speak, so that a start doesn't look like fewer packs. The partitions count on
 * of a site that was withdrawn, and say so: what is kept of it is never old.
 */
final class GapBoard {
    /** Longer than a partition waits before it repeats itself. */
    private static final Duration WHOLE_AFTER = Duration.ofSeconds(8);

    private static final int MAX_AGENTS = 100;

    private final long startedMillis;
    private final Map<String, Map<Integer, LossShare>> shares = new HashMap<>();

    GapBoard(long startedMillis) {
        this.startedMillis = startedMillis;
    }

    void add(String site, LossShare share) {
        shares.computeIfAbsent(site, _ -> new TreeMap<>()).put(share.getPartition(), share);
    }

    /** The live state with what is known of the site's packs. */
    SiteLive with(SiteLive live, long nowMillis) {
        Map<Integer, LossShare> partitions = shares.get(live.getSite());
        if (partitions == null || nowMillis - startedMillis < WHOLE_AFTER.toMillis()) {
            return live;
        }
        Map<String, PackCounts> agents = new TreeMap<>();
        List<DeviceLack> lacking = new ArrayList<>();
        for (LossShare share : partitions.values()) {
            for (SummedLosses summed : share.getAgentsList()) {
                agents.merge(summed.getAgent(), LossShares.decode(summed), PackCounts::plus);
            }
            lacking.addAll(share.getLackingList());
        }
        SiteLive.Builder whole = live.toBuilder();
        agents.entrySet().stream()
                .limit(MAX_AGENTS)
                .forEach(agent -> whole.addLosses(message(agent.getKey(), agent.getValue())));
        for (DeviceLack lack : LossShares.most(lacking)) {
            whole.addIncomplete(DeviceLoss.newBuilder()
                    .setDevice(lack.getDevice())
                    .setAgent(lack.getAgent())
                    .setMissing(lack.getMissing()));
        }
        return whole.build();
    }

    private static AgentLoss message(String agent, PackCounts counts) {
        return AgentLoss.newBuilder()
                .setAgent(agent)
                .setExpected(counts.expected())
                .setMissing(counts.missing())
                .setReported(counts.reported())
                .setDuplicates(counts.duplicates())
                .setUnnumbered(counts.unnumbered())
                .setReadingsLost(counts.readings())
                .build();
    }
}

package org.heliograph.streams.topology.state;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.topology.state.v1.AgentShare;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.ClockDoubt;

/** What the partitions have heard of a site's agents. */
public final class AgentShares {
    /** The most agents of a site; whoever may write packs could name any number. */
    public static final int MAX_AGENTS = 100;

    /** A clock that was doubtful so lately counts as doubtful: not every pack needs the agent's clock. */
    private static final long DOUBTED_MILLIS = Duration.ofMinutes(10).toMillis();

    private AgentShares() {}

    /** Put together: of the backlog what was said last. */
    public static List<AgentHeard> merged(Collection<AgentShare> shares, long nowMillis) {
        Map<String, AgentShare> agents = new TreeMap<>();
        shares.forEach(share -> agents.merge(share.getAgent(), share, AgentShares::merged));
        return agents.values().stream()
                .limit(MAX_AGENTS)
                .map(share -> message(share, nowMillis))
                .toList();
    }

    private static AgentShare merged(AgentShare one, AgentShare other) {
        AgentShare later = one.getSentMs() >= other.getSentMs() ? one : other;
        return later.toBuilder()
                .setHeardMs(Math.max(one.getHeardMs(), other.getHeardMs()))
                .setRestampedMs(Math.max(one.getRestampedMs(), other.getRestampedMs()))
                .setUnsynchronisedMs(Math.max(one.getUnsynchronisedMs(), other.getUnsynchronisedMs()))
                .build();
    }

    private static AgentHeard message(AgentShare share, long nowMillis) {
        AgentHeard.Builder heard =
                AgentHeard.newBuilder().setAgent(share.getAgent()).setHeardMs(share.getHeardMs());
        if (share.getSentMs() != 0) {
            heard.setBacklogMs(share.getBacklogMs());
        }
        if (nowMillis - share.getUnsynchronisedMs() <= DOUBTED_MILLIS) {
            heard.setClock(ClockDoubt.UNKEPT);
        } else if (nowMillis - share.getRestampedMs() <= DOUBTED_MILLIS) {
            heard.setClock(ClockDoubt.SET_LATE);
        }
        return heard.build();
    }
}

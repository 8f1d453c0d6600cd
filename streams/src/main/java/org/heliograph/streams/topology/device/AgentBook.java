package org.heliograph.streams.topology.device;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.topology.state.AgentShares;
import org.heliograph.streams.topology.state.v1.AgentShare;
import org.heliograph.telemetry.wire.Sending;
import org.heliograph.telemetry.wire.v1.ClockQuality;

/**
 * The agents that a partition's packs come from: how old the newest of what each sends is when it sends it, and whose
 * clock its packs go by. That is of the present only, so it is kept in memory: a second after a start it is known again.
 */
final class AgentBook {
    /** What hasn't been heard for so long is gone. */
    private static final long FORGOTTEN_MILLIS = Duration.ofDays(1).toMillis();

    private static final long SECOND_MILLIS = 1_000;

    private final Map<String, Map<String, Heard>> sites = new HashMap<>();

    private static final class Heard {
        private final AgentShare.Builder share;
        private long newestMillis = Long.MIN_VALUE;

        Heard(String agent) {
            share = AgentShare.newBuilder().setAgent(agent);
        }

        void take(ClockQuality clock, long latestMillis, OptionalLong sentMillis, long nowMillis) {
            long nowSecondMillis = wholeSecond(nowMillis);
            share.setHeardMs(nowSecondMillis);
            if (latestMillis <= nowMillis + Gate.FUTURE_TOLERANCE.toMillis()) {
                newestMillis = Math.max(newestMillis, latestMillis);
            }
            switch (clock) {
                case CLOCK_QUALITY_RESTAMPED -> share.setRestampedMs(nowSecondMillis);
                case CLOCK_QUALITY_UNSYNCHRONISED -> share.setUnsynchronisedMs(nowSecondMillis);
                case CLOCK_QUALITY_UNSPECIFIED, CLOCK_QUALITY_DEVICE, CLOCK_QUALITY_ARRIVAL, UNRECOGNIZED -> {}
            }
            if (sentMillis.isPresent() && newestMillis != Long.MIN_VALUE) {
                share.setSentMs(sentMillis.getAsLong());
                share.setBacklogMs(Math.max(0, sentMillis.getAsLong() - newestMillis));
            }
        }
    }

    /**
     * Takes note of a pack, whatever becomes of its readings.
     *
     * @param latestMillis the record's timestamp: the latest instant in the pack
     */
    void saw(PackHeader pack, long latestMillis, Headers headers, long nowMillis) {
        Map<String, Heard> agents = sites.computeIfAbsent(pack.device().site(), _ -> new TreeMap<>());
        String agent = pack.origin().agent();
        Heard heard = agents.get(agent);
        if (heard == null) {
            agents.values().removeIf(other -> isForgotten(other, nowMillis));
            if (agents.size() >= AgentShares.MAX_AGENTS) {
                return;
            }
            heard = new Heard(agent);
            agents.put(agent, heard);
        }
        heard.take(pack.clock(), latestMillis, sentMillis(headers), nowMillis);
    }

    /** When something was heard is said to the second: else every pack would be news of the site's state. */
    static long wholeSecond(long millis) {
        return millis - millis % SECOND_MILLIS;
    }

    private static OptionalLong sentMillis(Headers headers) {
        Header sent = headers.lastHeader(Sending.SENT);
        if (sent == null || sent.value() == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(new String(sent.value(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException _) {
            return OptionalLong.empty(); // whoever wrote it is no agent of ours
        }
    }

    private static boolean isForgotten(Heard heard, long nowMillis) {
        return nowMillis - heard.share.getHeardMs() > FORGOTTEN_MILLIS;
    }

    /** How far a pack is behind the newest that the same agent has sent to this partition. */
    long behindMillis(String site, String agent, long latestMillis) {
        Heard heard = sites.getOrDefault(site, Map.of()).get(agent);
        return heard == null ? 0 : Math.max(0, heard.newestMillis - latestMillis);
    }

    List<AgentShare> shares(String site, long nowMillis) {
        return sites.getOrDefault(site, Map.of()).values().stream()
                .filter(heard -> !isForgotten(heard, nowMillis))
                .map(heard -> heard.share.build())
                .toList();
    }
}

package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.payload.sparkplug.SparkplugHost;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;

/**
 * Messages of edge nodes that overtook others: a broker keeps the order of each topic, and a node's sequence goes over several.
 * They wait, unacknowledged, for those before them, for a moment. For one thread at a time.
 */
final class NodeOrder {
    /** A gap that is larger isn't of messages that are on their way. */
    static final int MISSING_MAX = 16;

    /** By their arrivals; who looks after them does so every second. */
    static final Duration WITHIN = Duration.ofSeconds(2);

    /**
     * Of all nodes together, 2 MiB at most: whoever may publish can number messages as he likes, and have as many nodes. Fewer
     * than the 20 that Mosquitto sends by default, to a client of MQTT 3.1.1, before one is acknowledged.
     */
    static final int WAITING_MAX = 16;

    private final SparkplugHost host;
    private final Map<String, List<Early>> byNode = new LinkedHashMap<>();
    private final int waitingMax;
    private int waiting;

    /** One that waits. */
    record Early(SparkplugTopic topic, Link.Message message, Arrival arrival) {}

    /** @param window what the broker sends before the first is acknowledged: half of it is for all who needn't wait */
    NodeOrder(SparkplugHost host, int window) {
        this.host = host;
        this.waitingMax = Math.min(WAITING_MAX, window / 2);
    }

    /** Whether it keeps a message until its turn; only one of each number, as a second one can't be in turn anyway. */
    boolean keeps(Early one) {
        int missing = missingBefore(one);
        if (missing == 0 || missing > MISSING_MAX || waiting >= waitingMax || one.message.retained()) {
            return false;
        }
        List<Early> ofNode = byNode.computeIfAbsent(one.topic.nodeKey(), _ -> new ArrayList<>());
        if (ofNode.stream().anyMatch(other -> missingBefore(other) == missing)) {
            return false;
        }
        ofNode.add(one);
        waiting++;
        return true;
    }

    private int missingBefore(Early one) {
        return host.missingBefore(one.topic, one.message.payload());
    }

    /** One of a node whose turn it is; any of them, when the node isn't known any more. */
    Optional<Early> next(SparkplugTopic of) {
        Iterator<Early> ofNode = byNode.getOrDefault(of.nodeKey(), List.of()).iterator();
        while (ofNode.hasNext()) {
            Early one = ofNode.next();
            if (missingBefore(one) == 0) {
                ofNode.remove();
                waiting--;
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** All of a node. */
    List<Early> leave(SparkplugTopic of) {
        List<Early> left = Optional.ofNullable(byNode.remove(of.nodeKey())).orElse(List.of());
        waiting -= left.size();
        return left;
    }

    /** Nodes of which one has waited for too long. */
    List<SparkplugTopic> overdue(long upMillis) {
        byNode.values().removeIf(List::isEmpty);
        return byNode.values().stream()
                .map(List::getFirst)
                .filter(first -> upMillis - first.arrival.came().upMillis() >= WITHIN.toMillis())
                .map(Early::topic)
                .toList();
    }

    /** Nodes of which any waits. */
    List<SparkplugTopic> all() {
        return overdue(Long.MAX_VALUE);
    }
}

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

    /** Of all that wait: whoever may publish can number messages as he likes. */
    private static final int BYTES_MAX = 2 << 20;

    private final SparkplugHost host;
    private final Map<String, List<Early>> byNode = new LinkedHashMap<>();
    private int bytes;

    /** One that waits. */
    record Early(SparkplugTopic topic, Link.Message message, Arrival arrival) {}

    NodeOrder(SparkplugHost host) {
        this.host = host;
    }

    /** Whether it keeps a message until its turn. */
    boolean keeps(Early one) {
        int missing = host.missingBefore(one.topic, one.message.payload());
        if (missing == 0
                || missing > MISSING_MAX
                || one.message.retained()
                || bytes + one.message.payload().length > BYTES_MAX) {
            return false;
        }
        byNode.computeIfAbsent(one.topic.nodeKey(), _ -> new ArrayList<>()).add(one);
        bytes += one.message.payload().length;
        return true;
    }

    /** One of a node whose turn it is; any of them, when the node isn't known any more. */
    Optional<Early> next(SparkplugTopic of) {
        Iterator<Early> waiting = byNode.getOrDefault(of.nodeKey(), List.of()).iterator();
        while (waiting.hasNext()) {
            Early one = waiting.next();
            if (host.missingBefore(one.topic, one.message.payload()) == 0) {
                waiting.remove();
                bytes -= one.message.payload().length;
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** All of a node. */
    List<Early> leave(SparkplugTopic of) {
        List<Early> left = Optional.ofNullable(byNode.remove(of.nodeKey())).orElse(List.of());
        left.forEach(one -> bytes -= one.message.payload().length);
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

package org.heliograph.agent.payload.sparkplug;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.wire.Presence;

/**
 * The edge nodes that have spoken, and the room for them, their devices and metrics: more than a small board should hold.
 * Births beyond it are refused; nobody who is born is forgotten for others.
 */
final class EdgeNodes {
    static final int NODES_MAX = 1_000;

    /** Of one node and of all. */
    static final int DEVICES_MAX = 1_000;

    static final int ALL_DEVICES_MAX = 10_000;
    static final int METRICS_MAX = 50_000;

    private final Speakers speakers;
    private final Duration rebirthEvery;
    private final Map<String, Known> nodes = new LinkedHashMap<>();

    /** @param topic of its first message */
    record Known(SparkplugTopic topic, EdgeNode node, Rebirths rebirths) {}

    EdgeNodes(Speakers speakers, Duration rebirthEvery) {
        this.speakers = speakers;
        this.rebirthEvery = rebirthEvery;
    }

    Collection<Known> all() {
        return nodes.values();
    }

    Optional<EdgeNode> born(String nodeKey) {
        return Optional.ofNullable(nodes.get(nodeKey)).map(Known::node).filter(EdgeNode::isBorn);
    }

    /** Who sends a message, known or new. */
    Known of(SparkplugTopic topic, Instant arrival, List<Outcome.Seen> seen) throws Refusal {
        Known known = nodes.get(topic.nodeKey());
        if (known != null) {
            return known;
        }
        if (nodes.size() >= NODES_MAX && !isOneForgotten(arrival, seen)) {
            throw new Refusal("more than " + NODES_MAX + " edge nodes");
        }
        Known anew = new Known(topic, new EdgeNode(topic), new Rebirths(rebirthEvery));
        nodes.put(topic.nodeKey(), anew);
        return anew;
    }

    /**
     * Makes room for another node: of those that never were born the first one goes, or else of those that aren't now.
     * Anybody who may publish can make up nodes, which must not keep the real ones out.
     */
    private boolean isOneForgotten(Instant arrival, List<Outcome.Seen> seen) {
        Optional<Known> forgotten = nodes.values().stream()
                .filter(known -> !known.node.isBorn())
                .min(Comparator.comparing(known -> known.node.wasEverBorn()));
        forgotten.ifPresent(known -> {
            Presence offline = Presence.offline(arrival, "its edge node was forgotten for others");
            speakers.release(known, offline, offline, seen);
            nodes.remove(known.topic.nodeKey());
        });
        return forgotten.isPresent();
    }

    /**
     * A device has a place until it dies, or until another one needs it while this one isn't born. One that finds none is its
     * own harm: the sequence goes on, and its node's other devices with it.
     */
    void place(Known known, String device, Instant arrival, List<Outcome.Seen> seen) throws Refusal {
        if (known.node.known().contains(device)) {
            return;
        }
        if (isFull(known.node) && !isPlaceMade(known, arrival, seen)) {
            throw new Refusal("more than " + DEVICES_MAX + " devices of an edge node");
        }
        if (areFull()) {
            Optional<Known> other = nodes.values().stream()
                    .filter(one -> one.node.hasUnborn())
                    .min(Comparator.comparing(one -> one.node.isBorn()));
            if (other.isEmpty() || !isPlaceMade(other.get(), arrival, seen)) {
                throw new Refusal("more than " + ALL_DEVICES_MAX + " devices of all edge nodes");
            }
        }
    }

    /** Whether a device that has no place would find or make one by a birth. */
    boolean mayBePlaced(EdgeNode node) {
        return (!isFull(node) || node.hasUnborn())
                && (!areFull() || nodes.values().stream().anyMatch(one -> one.node.hasUnborn()));
    }

    private static boolean isFull(EdgeNode node) {
        return node.known().size() >= DEVICES_MAX;
    }

    private boolean areFull() {
        return nodes.values().stream().mapToInt(one -> one.node.known().size()).sum() >= ALL_DEVICES_MAX;
    }

    private boolean isPlaceMade(Known of, Instant arrival, List<Outcome.Seen> seen) {
        Optional<String> device = of.node.forgetUnborn();
        device.ifPresent(gone -> speakers.release(
                of.topic.of(gone), Presence.offline(arrival, "it isn't born, and was forgotten for others"), seen));
        return device.isPresent();
    }

    /** Makes sure that there is room for a birth's metrics. */
    void admit(int metrics) throws Refusal {
        int known = nodes.values().stream().mapToInt(one -> one.node.metrics()).sum();
        if (known + metrics > METRICS_MAX) {
            throw new Refusal("more than " + METRICS_MAX + " metrics of all edge nodes");
        }
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.heliograph.agent.payload.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an edge node since its birth. In doubt it knows nothing: {@link #forget()} drops all aliases at once,
 * so that none is resolved by a table that isn't in force any more.
 */
final class EdgeNode {
    private static final int SEQUENCE_SIZE = 256;

    private final SparkplugTopic birthTopic;
    private final Map<Long, BornMetric> byAlias = new HashMap<>();
    private final Map<String, Map<String, BornMetric>> byName = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private boolean born;
    private long birthSequence;
    private int nextSequence;
    private boolean birthSequenceKnown;
    private long bornAtMillis;

    EdgeNode(SparkplugTopic topic) {
        this.birthTopic = new SparkplugTopic(topic.group(), SparkplugTopic.Type.NCMD, topic.node(), "");
    }

    SparkplugTopic commandTopic() {
        return birthTopic;
    }

    boolean isBorn() {
        return born;
    }

    boolean isBorn(String device) {
        return born && byName.containsKey(device);
    }

    /** Whether a message was sent before the birth that it seems to follow: it is of an earlier one. */
    boolean isOlderThanBirth(long sentMillis) {
        return born && sentMillis < bornAtMillis;
    }

    /** The devices that were ever born here, whether or not they are now. */
    Set<String> known() {
        return known;
    }

    int metrics() {
        return byName.values().stream().mapToInt(Map::size).sum();
    }

    /** An empty table, with the node's own metrics to come. */
    void birth(long sequence, @Nullable Long bdSequence, long atMillis) {
        forget();
        born = true;
        bornAtMillis = atMillis;
        nextSequence = next(sequence);
        birthSequenceKnown = bdSequence != null;
        birthSequence = bdSequence == null ? 0 : bdSequence;
        byName.put("", new HashMap<>());
    }

    /** A device's metrics are to come, in place of those that it had. */
    void deviceBirth(String device) {
        byAlias.values().removeIf(metric -> metric.owner().equals(device));
        byName.put(device, new HashMap<>());
        known.add(device);
    }

    void deviceDeath(String device) {
        byAlias.values().removeIf(metric -> metric.owner().equals(device));
        byName.remove(device);
    }

    void define(BornMetric metric, @Nullable Long alias) throws Refusal {
        if (alias != null) {
            BornMetric other = byAlias.putIfAbsent(alias, metric);
            if (other != null) {
                throw new Refusal("alias " + Long.toUnsignedString(alias) + " is given to '" + metric.name()
                        + "' and to '" + other.name() + "'");
            }
        }
        if (byName.getOrDefault(metric.owner(), Map.of()).containsKey(metric.name())) {
            throw new Refusal("'" + metric.name() + "' is born twice");
        }
        byName.computeIfAbsent(metric.owner(), _ -> new HashMap<>()).put(metric.name(), metric);
    }

    @Nullable
    BornMetric aliased(long alias) {
        return byAlias.get(alias);
    }

    @Nullable
    BornMetric named(String device, String name) {
        return byName.getOrDefault(device, Map.of()).get(name);
    }

    /** Whether a message is the next one; it is taken as such. */
    boolean follows(long sequence) {
        if (sequence != nextSequence) {
            return false;
        }
        nextSequence = next(sequence);
        return true;
    }

    int expected() {
        return nextSequence;
    }

    /** Whether a death is that of the present birth, and not an earlier connection's. */
    boolean diesBy(@Nullable Long bdSequence) {
        return !birthSequenceKnown || bdSequence == null || bdSequence == birthSequence;
    }

    /** What came meanwhile is unknown, and so whether the birth in force is still the one that is known. */
    void lost() {
        forget();
        birthSequenceKnown = false;
    }

    /** Whether a death can be told from one of another birth, or is that of a node that is born. */
    boolean knowsItsBirth() {
        return born || birthSequenceKnown;
    }

    void forget() {
        born = false;
        byAlias.clear();
        byName.clear();
    }

    private static int next(long sequence) {
        return (int) ((sequence + 1) % SEQUENCE_SIZE);
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an edge node since its birth. In doubt it knows nothing: {@link #forget()} drops all aliases at once,
 * so that none is resolved by a table that isn't in force any more.
 */
final class EdgeNode {
    private static final int SEQUENCE_SIZE = 256;

    private final SparkplugTopic birthTopic;
    private final Map<String, Birth> births = new HashMap<>();
    /** As told by births that are in force. */
    private final Map<String, String> serials = new HashMap<>();
    /** In the order of their latest births. */
    private final Set<String> known = new LinkedHashSet<>();

    private boolean born;
    private boolean everBorn;
    private int metrics;
    private long birthSequence;
    private int nextSequence;
    private boolean birthSequenceKnown;
    private long bornAtMillis;

    /**
     * What the node (as device {@code ""}) or one of its devices has said of its metrics. Each has aliases of its own: they
     * should be unique within a node, but many number each device's from the start, and who speaks is in the topic.
     *
     * @param refusal why nothing of this device can be understood; null when it can
     */
    private record Birth(
            Map<Long, BornMetric> byAlias,
            Map<String, BornMetric> byName,
            Map<Point, BornMetric> byPoint,
            @Nullable String refusal) {
        Birth() {
            this(new HashMap<>(), new HashMap<>(), new EnumMap<>(Point.class), null);
        }

        static Birth refused(String reason) {
            return new Birth(Map.of(), Map.of(), Map.of(), reason);
        }
    }

    EdgeNode(SparkplugTopic topic) {
        this.birthTopic = new SparkplugTopic(topic.group(), SparkplugTopic.Type.NCMD, topic.node(), "");
    }

    SparkplugTopic commandTopic() {
        return birthTopic;
    }

    boolean isBorn() {
        return born;
    }

    /** Whether it ever said what it is: anybody can be one that didn't. */
    boolean wasEverBorn() {
        return everBorn;
    }

    boolean isBorn(String device) {
        return born && births.containsKey(device);
    }

    /** Whether a message was sent before the birth that it seems to follow: it is of an earlier one. */
    boolean isOlderThanBirth(long sentMillis) {
        return born && sentMillis < bornAtMillis;
    }

    /** The devices that were born here and haven't died, whether or not their births are in force. */
    Set<String> known() {
        return known;
    }

    boolean hasUnborn() {
        return known.size() > births.size() - (births.containsKey("") ? 1 : 0);
    }

    /** Forgets, among the devices whose births aren't in force, the one whose birth is the longest ago. */
    Optional<String> forgetUnborn() {
        Optional<String> unborn =
                known.stream().filter(device -> !births.containsKey(device)).findFirst();
        unborn.ifPresent(known::remove);
        return unborn;
    }

    int metrics() {
        return metrics;
    }

    /** An empty table, with the node's own metrics to come. */
    void birth(long sequence, @Nullable Long bdSequence, long atMillis) {
        forget();
        born = true;
        everBorn = true;
        bornAtMillis = atMillis;
        nextSequence = next(sequence);
        birthSequenceKnown = bdSequence != null;
        birthSequence = bdSequence == null ? 0 : bdSequence;
        replace("", new Birth());
    }

    /** A device's metrics are to come, in place of those that it had. */
    void deviceBirth(String device) {
        replace(device, new Birth());
        known.remove(device);
        known.add(device);
    }

    void deviceDeath(String device) {
        replace(device, null);
        known.remove(device);
    }

    private void replace(String owner, @Nullable Birth birth) {
        Birth before = birth == null ? births.remove(owner) : births.put(owner, birth);
        if (before != null) {
            metrics -= before.byName.size();
        }
        serials.remove(owner);
    }

    void define(String owner, BornMetric metric, @Nullable Long alias) throws Refusal {
        Birth birth = births.computeIfAbsent(owner, _ -> new Birth());
        if (alias != null) {
            BornMetric other = birth.byAlias.putIfAbsent(alias, metric);
            if (other != null) {
                throw new Refusal("alias " + Long.toUnsignedString(alias) + " is given to "
                        + Refusal.quoted(metric.name()) + " and to " + Refusal.quoted(other.name()));
            }
        }
        if (birth.byName.putIfAbsent(metric.name(), metric) != null) {
            throw new Refusal(Refusal.quoted(metric.name()) + " is born twice");
        }
        metrics++; // before it may be refused for its point: it is among those that go with the birth
        SparkplugNames.Metric meaning = metric.meaning();
        if (meaning != null) {
            BornMetric other = birth.byPoint.putIfAbsent(meaning.point(), metric);
            if (other != null) {
                // a gateway of several meters: their registers would be one that jumps to and fro
                throw new Refusal(Refusal.quoted(other.name()) + " and " + Refusal.quoted(metric.name()) + " are both '"
                        + meaning.point().label() + "', of which a device has one");
            }
        }
    }

    /** It is there, but what its birth says can't be: until it is born again nothing of it is understood. */
    void refuseBirth(String owner, String reason) {
        replace(owner, Birth.refused(reason));
    }

    /** Why nothing of a device that is born can be understood; null when it can. */
    @Nullable
    String refusalOf(String owner) {
        Birth birth = births.get(owner);
        return birth == null ? null : birth.refusal;
    }

    void serial(String owner, String serial) {
        serials.put(owner, serial);
    }

    /** Null when its birth told none, or isn't in force. */
    @Nullable
    String serial(String owner) {
        return serials.get(owner);
    }

    /** Of all of its metrics. */
    Set<String> names(String owner) {
        Birth birth = births.get(owner);
        return birth == null ? Set.of() : Set.copyOf(birth.byName.keySet());
    }

    /** Whether any of its metrics is a point. */
    boolean hasPoints(String owner) {
        Birth birth = births.get(owner);
        return birth != null && !birth.byPoint.isEmpty();
    }

    @Nullable
    BornMetric aliased(String owner, long alias) {
        Birth birth = births.get(owner);
        return birth == null ? null : birth.byAlias.get(alias);
    }

    @Nullable
    BornMetric named(String owner, String name) {
        Birth birth = births.get(owner);
        return birth == null ? null : birth.byName.get(name);
    }

    /** Whether a message is the next one; it is taken as such. */
    boolean follows(long sequence) {
        if (sequence != nextSequence) {
            return false;
        }
        nextSequence = next(sequence);
        return true;
    }

    /** How many messages are missing before one. */
    int missingBefore(long sequence) {
        return Math.floorMod(sequence - nextSequence, SEQUENCE_SIZE);
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

    /** With all of its devices. */
    void death() {
        forget();
        known.clear();
    }

    void forget() {
        born = false;
        births.clear();
        serials.clear();
        metrics = 0;
    }

    private static int next(long sequence) {
        return (int) ((sequence + 1) % SEQUENCE_SIZE);
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.util.Optional;

/**
 * {@code spBv1.0/{group}/{type}/{node}[/{device}]}.
 *
 * @param device empty for the node itself
 */
public record SparkplugTopic(String group, Type type, String node, String device) {
    /** The first level of each topic. */
    public static final String NAMESPACE = "spBv1.0";

    /** The longest name of a group, a node or a device. */
    static final int NAME_CHARACTERS_MAX = 128;

    /** What a message is. */
    public enum Type {
        NBIRTH,
        NDATA,
        NDEATH,
        NCMD,
        DBIRTH,
        DDATA,
        DDEATH,
        DCMD
    }

    /** Where a host application says whether it is there. */
    public static String state(String host) {
        return NAMESPACE + "/STATE/" + host;
    }

    /** Empty when it is none of an edge node or a device, such as a host's state. */
    public static Optional<SparkplugTopic> parse(String topic) {
        String[] levels = topic.split("/", -1);
        if (levels.length < 4 || levels.length > 5 || !levels[0].equals(NAMESPACE)) {
            return Optional.empty();
        }
        for (Type type : Type.values()) {
            if (type.name().equals(levels[2])) {
                boolean ofDevice = type.name().charAt(0) == 'D';
                boolean complete = !levels[1].isEmpty() && !levels[3].isEmpty();
                if (!complete || ofDevice != (levels.length == 5) || (ofDevice && levels[4].isEmpty())) {
                    return Optional.empty();
                }
                return Optional.of(new SparkplugTopic(levels[1], type, levels[3], ofDevice ? levels[4] : ""));
            }
        }
        return Optional.empty();
    }

    /** Whether one of its names is more than a name: what is remembered of who speaks has to be bounded. */
    boolean isTooLong() {
        return Math.max(group.length(), Math.max(node.length(), device.length())) > NAME_CHARACTERS_MAX;
    }

    /** What another speaker of the same node is told by; {@code ""} for the node itself. */
    SparkplugTopic of(String speaker) {
        return new SparkplugTopic(group, type, node, speaker);
    }

    /** The node's name within all groups. */
    public String nodeKey() {
        return group + "/" + node;
    }

    /** The name of who speaks: {@code group/node} or {@code group/node/device}. */
    String speaker() {
        return device.isEmpty() ? nodeKey() : nodeKey() + "/" + device;
    }
}

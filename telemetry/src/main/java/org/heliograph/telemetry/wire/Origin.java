package org.heliograph.telemetry.wire;

/**
 * Who journaled a pack. Two packs of a device with the same origin are the same pack, sent twice.
 *
 * @param agent the agent's configured name, at most {@link #AGENT_LENGTH_MAX} long
 * @param boot a number drawn at each start of the agent, higher than the one before
 * @param sequence counts this device's packs from 0 at each start, without gaps; of a report, ascending with gaps
 * @param report whether it is the journal's own report of losses, numbered apart from the device's packs
 */
public record Origin(String agent, long boot, long sequence, boolean report) {
    /** The longest name: an agent's own are shorter, but whoever may write to Kafka may write another. */
    public static final int AGENT_LENGTH_MAX = 128;

    public Origin {
        if (agent.length() > AGENT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "the agent's name has " + agent.length() + " characters; at most " + AGENT_LENGTH_MAX);
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("negative sequence " + sequence);
        }
    }

    /** The origin of a journal's own report at that offset: the same at each sending. */
    public static Origin ofReport(String agent, long boot, long offset) {
        return new Origin(agent, boot, offset, true);
    }

    public Origin(String agent, long boot, long sequence) {
        this(agent, boot, sequence, false);
    }
}

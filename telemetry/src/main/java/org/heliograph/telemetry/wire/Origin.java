package org.heliograph.telemetry.wire;

/**
 * Who journaled a pack.
 *
 * @param agent the agent's configured name
 * @param boot a number drawn at each start of the agent
 * @param sequence counts this device's packs from 0 at each start, without gaps
 */
public record Origin(String agent, long boot, long sequence) {
    public Origin {
        if (sequence < 0) {
            throw new IllegalArgumentException("negative sequence " + sequence);
        }
    }
}

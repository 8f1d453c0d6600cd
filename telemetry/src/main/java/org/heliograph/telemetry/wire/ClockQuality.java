package org.heliograph.telemetry.wire;

/** Whose clock gave the times of a pack's readings, and how far they can be believed. */
public enum ClockQuality {
    /** The agent didn't say: it is older than the question. */
    UNKNOWN,
    /** The device's own stamps. */
    DEVICE,
    /** When it came, by the agent's clock, which was synchronised. */
    ARRIVAL,
    /** When it came, found out afterwards: the agent's clock was not set yet. */
    RESTAMPED,
    /** When it came, by a clock of the agent that nothing keeps right. */
    UNSYNCHRONISED
}

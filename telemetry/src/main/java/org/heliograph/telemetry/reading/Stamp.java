package org.heliograph.telemetry.reading;

/** Whose clock gave readings their times. */
public enum Stamp {
    /** The device's: absolute times in the payload. */
    DEVICE,
    /** The agent's: the payload has no times, or times that count from its arrival. */
    ARRIVAL,
    /** Some the device's, some the agent's. */
    MIXED
}

package org.heliograph.agent.intake.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.heliograph.telemetry.reading.Readings;

/** Whether a device's own time can be, by the agent's clock. Any past can: the engine judges lateness. */
public final class Plausibility {
    /** A clock ahead by more than this is broken. */
    public static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    private Plausibility() {}

    /** Why it can't; empty when it can. */
    public static Optional<String> fault(Readings readings, long wallMillis) {
        Duration ahead = Duration.between(Instant.ofEpochMilli(wallMillis), readings.latest());
        return ahead.compareTo(AHEAD_MAX) <= 0
                ? Optional.empty()
                : Optional.of("a reading of " + readings.latest() + " is " + ahead.toSeconds()
                        + " s ahead of the agent's clock");
    }
}

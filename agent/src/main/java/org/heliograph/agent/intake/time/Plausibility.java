package org.heliograph.agent.intake.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.heliograph.telemetry.reading.Readings;

/** Whether a device's own time can be, by the agent's clock. Any past can: the engine judges lateness. */
public final class Plausibility {
    /** A clock ahead by more than this of one that is kept right is broken. */
    public static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    /**
     * A clock ahead by more than this of one that nothing keeps right is broken. A board without a clock of its own goes on where it was switched
     * off: it is itself the one that is behind, for as long as that lasted.
     */
    public static final Duration AHEAD_OF_UNKEPT_MAX = Duration.ofDays(365);

    private Plausibility() {}

    /**
     * Why it can't; empty when it can.
     *
     * @param synchronised whether something keeps the agent's clock right
     */
    public static Optional<String> fault(Readings readings, long wallMillis, boolean synchronised) {
        Duration ahead = Duration.between(Instant.ofEpochMilli(wallMillis), readings.latest());
        return ahead.compareTo(synchronised ? AHEAD_MAX : AHEAD_OF_UNKEPT_MAX) <= 0
                ? Optional.empty()
                : Optional.of("a reading of " + readings.latest() + " is " + ahead.toSeconds()
                        + " s ahead of the agent's clock");
    }
}

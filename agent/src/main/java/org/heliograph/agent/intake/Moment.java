package org.heliograph.agent.intake;

import java.time.Instant;

/**
 * A moment as the machine knew it.
 *
 * @param wall what the clock said, right or wrong
 * @param upMillis what the machine's own count said, which no setting of the clock changes
 */
public record Moment(Instant wall, long upMillis) {
    /** For a clock that nobody sets. */
    public static Moment of(Instant wall) {
        return new Moment(wall, wall.toEpochMilli());
    }
}

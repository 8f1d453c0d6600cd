package org.heliograph.agent.intake;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that may be set at any time, and the count beside it that nobody sets.
 *
 * @param upMillis since the machine's start
 */
public record MachineClock(InstantSource wall, LongSupplier upMillis) implements InstantSource {
    /** Over a clock that nobody sets. */
    public static MachineClock of(InstantSource wall) {
        return new MachineClock(wall, wall::millis);
    }

    @Override
    public Instant instant() {
        return wall.instant();
    }

    public Moment moment() {
        return new Moment(wall.instant(), upMillis.getAsLong());
    }
}

package org.heliograph.lab;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** When tests are said to have read devices: neither too late for the engine, nor ahead of any machine's clock. */
public final class Yesterday {
    private Yesterday() {}

    /** An hour of it, in UTC. */
    public static Instant at(int hour) {
        return Instant.now()
                .truncatedTo(ChronoUnit.DAYS)
                .minus(Duration.ofDays(1))
                .plus(Duration.ofHours(hour));
    }
}

package org.heliograph.telemetry.wire;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.heliograph.telemetry.reading.Series;

/**
 * Whether a device can be reached, as its transport knows; told when it changes.
 *
 * @param since cut to whole milliseconds
 * @param reason a sentence, or empty
 */
public record Presence(boolean online, Instant since, String reason) {
    public Presence {
        since = since.truncatedTo(ChronoUnit.MILLIS);
        Series.requireTime(since.toEpochMilli());
    }

    public static Presence online(Instant since, String reason) {
        return new Presence(true, since, reason);
    }

    public static Presence offline(Instant since, String reason) {
        return new Presence(false, since, reason);
    }
}

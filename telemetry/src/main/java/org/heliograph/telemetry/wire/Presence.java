package org.heliograph.telemetry.wire;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.heliograph.telemetry.reading.Series;

/**
 * Whether a device can be reached, as its transport knows; told when it changes.
 *
 * @param since cut to whole milliseconds
 * @param reason a sentence, or empty; what is longer than {@link #REASON_LENGTH_MAX} is cut
 */
public record Presence(boolean online, Instant since, String reason) {
    public static final int REASON_LENGTH_MAX = 512;

    public Presence {
        reason = reason.substring(0, Math.min(reason.length(), REASON_LENGTH_MAX));
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

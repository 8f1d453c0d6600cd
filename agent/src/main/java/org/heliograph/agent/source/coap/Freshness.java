package org.heliograph.agent.source.coap;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The order of notifications (RFC 7641 section 3.4): UDP may turn it round, and a number of 24 bits begins anew.
 *
 * @param number of the latest notification, modulo 2^24
 * @param atNanos when it came
 */
record Freshness(int number, long atNanos) {
    private static final int HALF = 1 << 23;
    private static final Duration WHOLE_ROUND = Duration.ofSeconds(128);

    /** Whether a notification is newer than this one, and not merely late. */
    boolean isBefore(int laterNumber, long laterNanos) {
        return (number < laterNumber && laterNumber - number < HALF)
                || (number > laterNumber && number - laterNumber > HALF)
                || laterNanos - atNanos > WHOLE_ROUND.toNanos();
    }

    /** What is the latest after one more has come. */
    static Freshness later(@Nullable Freshness latest, int number, long nanos) {
        return latest == null || latest.isBefore(number, nanos) ? new Freshness(number, nanos) : latest;
    }
}

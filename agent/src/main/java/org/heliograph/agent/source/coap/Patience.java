package org.heliograph.agent.source.coap;

import java.time.Duration;
import org.heliograph.agent.source.Source;
import org.jspecify.annotations.Nullable;

/**
 * How long an observation waits.
 *
 * @param answer for the first answer to a request
 * @param grace beyond Max-Age, for a notification to come or for Californium's own renewal to be answered
 * @param silence before the device is asked at the latest, whatever Max-Age it claims
 * @param poll between requests to a device that doesn't grant the observation, at least
 * @param pollLast between those at most
 * @param retryFirst before the second attempt
 * @param retryLast between attempts at most
 * @param retryFull before something is handed in again that the intake had no room for, at first
 * @param leave for the answer to the end of an observation
 */
record Patience(
        Duration answer,
        Duration grace,
        Duration silence,
        Duration poll,
        Duration pollLast,
        Duration retryFirst,
        Duration retryLast,
        Duration retryFull,
        Duration leave) {
    static final Patience DEFAULT = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Source.CLOSE_WITHIN.dividedBy(2));

    /**
     * A short one is for a device that should notify and mayn't be heard: to poll one it needs no haste.
     *
     * @param askEvery instead of {@link #silence}, and of {@link #pollLast} if it is longer; null to keep them
     */
    Patience asking(@Nullable Duration askEvery) {
        return askEvery == null
                ? this
                : new Patience(
                        answer,
                        grace,
                        askEvery,
                        poll,
                        askEvery.compareTo(pollLast) > 0 ? askEvery : pollLast,
                        retryFirst,
                        retryLast,
                        retryFull,
                        leave);
    }

    /** When a device is asked again whose representation is fresh for so long, and which won't say when it isn't. */
    Duration untilPoll(Duration maxAge) {
        Duration atLeast = maxAge.compareTo(poll) > 0 ? maxAge : poll;
        return atLeast.compareTo(pollLast) < 0 ? atLeast : pollLast;
    }
}

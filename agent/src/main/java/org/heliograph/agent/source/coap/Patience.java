package org.heliograph.agent.source.coap;

import java.time.Duration;

/**
 * How long an observation waits.
 *
 * @param answer for the first answer to a request
 * @param grace beyond Max-Age, for a notification to come or for Californium's own renewal to be answered
 * @param silence before the device is asked at the latest, whatever Max-Age it claims
 * @param retryFirst before the second attempt
 * @param retryLast between attempts at most
 * @param retryFull before something is handed in again that the intake had no room for, at first
 */
record Patience(
        Duration answer,
        Duration grace,
        Duration silence,
        Duration retryFirst,
        Duration retryLast,
        Duration retryFull) {
    static final Patience DEFAULT = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1));
}

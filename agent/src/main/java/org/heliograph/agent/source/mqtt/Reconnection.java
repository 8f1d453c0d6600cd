package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import org.heliograph.telemetry.Backoff;

/** How long to wait for the next connection, by how those before it ended. For one thread. */
final class Reconnection {
    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LAST = Duration.ofSeconds(30);

    private final Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LAST);
    private boolean again;

    /**
     * @param held how long the connection was there; zero for one that couldn't be made
     * @param forLaterState whether it was ended on purpose: edge nodes keep their readings until the next one has a
     *     {@linkplain HostState later state}
     */
    Duration pause(Duration held, boolean forLaterState) {
        // One that ends at once, again and again, is waited for as one that can't be made. So are two hosts of one
        // name, each of whose states is later than the other's.
        if (held.compareTo(RETRY_LAST) >= 0 || (forLaterState && !again)) {
            backoff.reset();
        }
        again = forLaterState;
        return backoff.next();
    }
}

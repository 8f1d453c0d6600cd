package org.heliograph.agent.source.coap;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/**
 * Which notifications are acknowledged. What is forgotten, as there is no room for more, is never acknowledged, also when
 * its device repeats it: that loses nothing, as a device that gets no answer has its observation made anew.
 */
final class Withheld {
    /** More than any site has under way. */
    static final int NOTIFICATIONS_MAX = 4_096;

    private final Map<Notification, EndpointContext> waiting = bounded();
    private final Map<Notification, EndpointContext> confirmed = bounded();

    record Notification(InetSocketAddress peer, int mid) {}

    private static Map<Notification, EndpointContext> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Notification, EndpointContext> eldest) {
                return size() > NOTIFICATIONS_MAX;
            }
        };
    }

    /** It has come, for the first time. */
    synchronized void withhold(Notification notification, EndpointContext from) {
        confirmed.remove(notification); // an earlier one of the same number
        waiting.put(notification, from);
    }

    /** What it brought is on disk; returns whom to answer, null when nobody waits for it. */
    synchronized @Nullable EndpointContext confirm(Notification notification) {
        EndpointContext from = waiting.remove(notification);
        if (from != null) {
            confirmed.put(notification, from);
        }
        return from;
    }

    /** Whether a notification that comes again may be acknowledged, as it was before. */
    synchronized boolean isConfirmed(Notification notification) {
        return confirmed.containsKey(notification);
    }

    synchronized boolean isWaiting(Notification notification) {
        return waiting.containsKey(notification);
    }

    /** It is refused: there is nothing to acknowledge. */
    synchronized void forget(Notification notification) {
        waiting.remove(notification);
    }
}

package org.heliograph.agent.source.mqtt;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What was handed in of a broker's session and isn't acknowledged. The broker brings it again on the next connection, by the
 * same id, and a reading without a time of its own would be kept a second time, as of another moment. Outlives the
 * connections. An id is in use until it is acknowledged: nothing else can have it meanwhile, and what was acknowledged is
 * forgotten.
 */
final class Unacknowledged {
    private final Map<Integer, HandedIn> messages = new HashMap<>();

    /** A message that was handed in. */
    static final class HandedIn {
        private final int id;
        private final String topic;
        private final int hash;
        private final CompletableFuture<Boolean> kept = new CompletableFuture<>();

        private HandedIn(Link.Message message) {
            id = message.id();
            topic = message.topic();
            hash = Arrays.hashCode(message.payload());
        }

        /** Completes with whether all of it is on disk, or refused; else it is to be handed in again. */
        CompletableFuture<Boolean> kept() {
            return kept;
        }

        /** All of it is. */
        void settle() {
            kept.complete(true);
        }

        private boolean isOf(Link.Message message) {
            return topic.equals(message.topic()) && hash == Arrays.hashCode(message.payload());
        }
    }

    synchronized HandedIn handedIn(Link.Message message) {
        HandedIn handed = new HandedIn(message);
        if (message.qos() >= Link.QOS) {
            messages.put(handed.id, handed);
        }
        return handed;
    }

    /** There was no room for something of it: what becomes of the rest doesn't count when it comes again. */
    void turnedAway(HandedIn handed) {
        forget(handed);
        handed.kept.complete(false);
    }

    /** It was acknowledged. */
    synchronized void forget(HandedIn handed) {
        messages.remove(handed.id, handed);
    }

    /** The one that a broker brings again with this message. */
    synchronized Optional<HandedIn> of(Link.Message message) {
        return message.again()
                ? Optional.ofNullable(messages.get(message.id())).filter(handed -> handed.isOf(message))
                : Optional.empty();
    }

    /** The broker has begun a new session, with ids of its own. */
    synchronized void clear() {
        messages.clear();
    }

    /** Completes once nothing of them is on its way to the disk. */
    CompletableFuture<?> onDisk() {
        List<CompletableFuture<Boolean>> pending;
        synchronized (this) {
            pending = messages.values().stream().map(HandedIn::kept).toList();
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }
}

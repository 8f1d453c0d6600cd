package org.heliograph.streams.page;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The events that one client has yet to take. An event replaces an earlier one about the same thing, so a client that
 * can't keep up gets the newest of each; the live state goes before all others, which are larger and can wait. When
 * even that is too much the oldest go, and the client is told to ask for the whole again.
 */
final class Mailbox {
    static final int CAPACITY = 256;

    /** What the live state is about. */
    static final String LIVE = "live";

    static final String RESYNC = "event: resync\ndata: {}\n\n";

    private final String site;
    private final Map<String, String> events = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean lost;
    private boolean closed;

    Mailbox(String site) {
        this.site = site;
    }

    String site() {
        return site;
    }

    /**
     * Never blocks.
     *
     * @param about what the event is about
     */
    void offer(String about, String event) {
        lock.lock();
        try {
            events.put(about, event);
            if (events.size() > CAPACITY) {
                Iterator<String> oldest = events.values().iterator();
                oldest.next();
                oldest.remove();
                lost = true;
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next event; empty when none came in time, or the mailbox was closed. */
    Optional<String> take(Duration patience) throws InterruptedException {
        long nanosLeft = patience.toNanos();
        lock.lock();
        try {
            while (events.isEmpty() && !lost && !closed) {
                if (nanosLeft <= 0) {
                    return Optional.empty();
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            if (closed) {
                return Optional.empty();
            }
            if (lost) {
                lost = false;
                return Optional.of(RESYNC);
            }
            String live = events.remove(LIVE);
            if (live != null) {
                return Optional.of(live);
            }
            Iterator<String> next = events.values().iterator();
            String event = next.next();
            next.remove();
            return Optional.of(event);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}

package org.heliograph.sim.mqtt;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was handed over and what the broker has confirmed or refused, over all connections. */
final class Receipts {
    private static final Logger log = LoggerFactory.getLogger(Receipts.class);

    private static final int NOT_AUTHORIZED = 0x87;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long queued;
    private long confirmed;
    private long unheard;
    private long refused;
    private final Set<Integer> refusals = new HashSet<>();
    private boolean silence;
    private long heardNanos = System.nanoTime() - SILENCE_NANOS;
    private boolean closed;
    private long insistUntilNanos = System.nanoTime();
    private boolean awaitsFirst;

    synchronized void queued() {
        queued++;
    }

    /** @param heard whether the broker had a subscriber for it */
    synchronized void confirmed(boolean heard) {
        confirmed++;
        if (heard) {
            awaitsFirst = false;
        } else {
            unheard++;
        }
        note(heard);
        answered();
    }

    /** The broker takes the pack, as the protocol wants it, and drops it: told once for each reason. */
    synchronized void refused(int reasonCode, String topic) {
        refused++;
        if (refusals.add(reasonCode)) {
            log.warn(
                    "mqtt=refused topic={} reason=\"{}\"",
                    topic,
                    String.format("0x%02X", reasonCode) + (reasonCode == NOT_AUTHORIZED ? " not authorized" : ""));
        }
        answered();
    }

    private void answered() {
        if (confirmed + refused == queued) {
            notifyAll();
        }
    }

    /** Who subscribes to some of the devices only is a listener. */
    private void note(boolean heard) {
        long now = System.nanoTime();
        if (heard) {
            heardNanos = now;
        }
        if (heard == silence && (heard || now - heardNanos > SILENCE_NANOS)) {
            silence = !heard;
            log.info(heard ? "mqtt=heard" : "mqtt=unheard");
        }
    }

    synchronized void insistFor(Duration patience) {
        insistUntilNanos = System.nanoTime() + patience.toNanos();
        awaitsFirst = true;
    }

    /**
     * Whether nobody has heard anything yet, and that is worth waiting for: packs then go one by one, so that a listener
     * who begins in the middle doesn't hear the later of two first.
     */
    synchronized boolean awaitsFirst() {
        return awaitsFirst && insists();
    }

    synchronized boolean insists() {
        return System.nanoTime() < insistUntilNanos;
    }

    synchronized void awaitAll() throws InterruptedException {
        while (confirmed + refused < queued && !closed) {
            wait();
        }
    }

    synchronized void awaitAll(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (confirmed + refused < queued) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                log.warn("mqtt=given-up packs={}", queued - confirmed - refused);
                return;
            }
            wait(millis);
        }
    }

    /** Nobody waits any longer. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized long confirmed() {
        return confirmed;
    }

    synchronized long unheard() {
        return unheard;
    }

    synchronized long refused() {
        return refused;
    }
}

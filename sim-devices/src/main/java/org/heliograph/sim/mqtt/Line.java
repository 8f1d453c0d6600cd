package org.heliograph.sim.mqtt;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.heliograph.telemetry.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection and its queue. A pack leaves the queue when the broker confirms it; when the connection breaks, those
 * in flight go back to their places and are sent again, in their order, with their topics. (The client's own
 * resending is switched off by clean starts: it forgets topic aliases.)
 */
final class Line implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Line.class);
    private static final int QUEUE_CAPACITY = 4_096;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UNHEARD_PAUSE_MILLIS = 300;
    private static final int NO_MATCHING_SUBSCRIBERS = 0x10;
    private static final int FIRST_REFUSAL = 0x80;

    private final MqttBroker broker;
    private final String clientId;
    private final Receipts receipts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** What comes back takes its old place. */
    private final Queue<Outgoing> unsent = new PriorityQueue<>(Comparator.comparingLong(pack -> pack.number));

    private final Set<Outgoing> inFlight = new LinkedHashSet<>();
    private final Thread thread;
    private long resumeNanos = System.nanoTime();
    private long numbered;
    private boolean closed;

    /** Compared by identity: two packs may have the same content. */
    static final class Outgoing {
        final long number;
        final String topic;
        final byte[] payload;

        Outgoing(long number, String topic, byte[] payload) {
            this.number = number;
            this.topic = topic;
            this.payload = payload;
        }
    }

    Line(MqttBroker broker, String clientId, Receipts receipts) {
        this.broker = broker;
        this.clientId = clientId;
        this.receipts = receipts;
        thread = Thread.ofVirtual().name("mqtt-" + clientId).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void queue(String topic, byte[] payload) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (unsent.size() + inFlight.size() >= QUEUE_CAPACITY && !closed) {
                changed.await();
            }
            if (closed) {
                throw new InterruptedException("the line is closed");
            }
            unsent.add(new Outgoing(numbered++, topic, payload));
            receipts.queued();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        boolean reported = false;
        while (!isClosed()) {
            try (Session session = Session.open(broker, clientId, this)) {
                log.info("line=connected client={} url={}", clientId, broker.url());
                backoff.reset();
                reported = false;
                send(session);
            } catch (MqttException | IOException | GeneralSecurityException | RuntimeException e) {
                // Paho throws the latter, too, for what it doesn't like
                if (!reported && !isClosed()) { // who closes it interrupts it, which Paho takes for a fault
                    log.warn("line=disconnected client={} url={} reason=\"{}\"", clientId, broker.url(), e.toString());
                    reported = true;
                }
            } catch (InterruptedException _) {
                return;
            }
            takeBack();
            if (!pause(backoff.next())) {
                return;
            }
        }
    }

    private void send(Session session) throws MqttException, InterruptedException {
        while (true) {
            Outgoing next;
            lock.lockInterruptibly();
            try {
                while (!closed && session.isUp() && !maySend(session)) {
                    long rest = resumeNanos - System.nanoTime();
                    changed.awaitNanos(rest > 0 ? rest : IDLE_NANOS);
                }
                if (closed || !session.isUp()) {
                    return;
                }
                next = unsent.remove();
                inFlight.add(next);
            } finally {
                lock.unlock();
            }
            session.publish(next);
        }
    }

    private boolean maySend(Session session) {
        int window = receipts.awaitsFirst() ? 1 : session.window();
        return !unsent.isEmpty() && inFlight.size() < window && System.nanoTime() >= resumeNanos;
    }

    /** The broker has decided about it, with a reason code of MQTT 5. */
    void answered(Outgoing pack, int reasonCode) {
        if (reasonCode == NO_MATCHING_SUBSCRIBERS && receipts.insists()) {
            again(pack);
            return;
        }
        lock.lock();
        try {
            if (!inFlight.remove(pack)) {
                return;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (reasonCode >= FIRST_REFUSAL) {
            receipts.refused(reasonCode, pack.topic);
        } else {
            receipts.confirmed(reasonCode != NO_MATCHING_SUBSCRIBERS);
        }
    }

    private void again(Outgoing pack) {
        lock.lock();
        try {
            if (inFlight.remove(pack)) {
                unsent.add(pack);
                resumeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(UNHEARD_PAUSE_MILLIS);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The session ended or a publication failed. */
    void interrupted() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void takeBack() {
        lock.lock();
        try {
            unsent.addAll(inFlight);
            inFlight.clear();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless the line is closed; whether to go on. */
    private boolean pause(Duration atMost) {
        lock.lock();
        try {
            long nanos = atMost.toNanos();
            while (!closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return !closed;
        } catch (InterruptedException _) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(java.time.Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

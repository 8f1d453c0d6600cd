package org.heliograph.agent.source.coap;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of handshakes that failed, and so of who didn't get in; however many there are, in a line every ten seconds. */
final class Handshakes implements SessionListener {
    private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

    private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong nextNanos;
    private final LongSupplier nanos;

    Handshakes(LongSupplier nanos) {
        this.nanos = nanos;
        this.nextNanos = new AtomicLong(nanos.getAsLong());
    }

    /** How many failed since the start. */
    long failed() {
        return failed.get();
    }

    @Override
    public void handshakeFailed(Handshaker handshaker, Throwable error) {
        long count = failed.incrementAndGet();
        long now = nanos.getAsLong();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + TELL_EVERY_NANOS)) {
            log.warn(
                    "coap=handshake-failed peer={} reason={} since-start={}",
                    handshaker.getPeerAddress(),
                    error.getMessage() == null ? error.toString() : error.getMessage(),
                    count);
        }
    }

    @Override
    public void handshakeStarted(Handshaker handshaker) throws HandshakeException {
        // nothing to tell yet
    }

    @Override
    public void contextEstablished(Handshaker handshaker, DTLSContext establishedContext) throws HandshakeException {
        // messages will tell who it is
    }

    @Override
    public void handshakeCompleted(Handshaker handshaker) {
        // messages will tell who it is
    }

    @Override
    public void handshakeFlightRetransmitted(Handshaker handshaker, int flight) {
        // UDP may lose what it likes
    }
}

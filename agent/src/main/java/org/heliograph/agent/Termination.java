package org.heliograph.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the process is told to stop (SIGTERM, Ctrl-C). It lives until its agent has closed, but not longer than promised. */
final class Termination implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Termination.class);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** From here on the process waits for what it has begun. */
    void defer() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::awaitClosed, "stop"));
    }

    /** It is to stop, whoever says so. */
    void ask() {
        asked.countDown();
    }

    /** Waits until it is to stop; false when it wasn't in that time. */
    boolean await(Duration atMost) throws InterruptedException {
        return asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** All has ended that the process was to wait for. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void awaitClosed() {
        ask();
        try {
            if (!closed.await(Stop.WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("agent=abandoned after={}", Stop.WITHIN);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

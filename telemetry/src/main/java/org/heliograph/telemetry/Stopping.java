package org.heliograph.telemetry;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, whoever ends the process (Ctrl-C, SIGTERM) interrupts the thread that opened it, and waits until that
 * has closed what it holds. Without it the process would just end.
 */
public final class Stopping implements AutoCloseable {
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    private Stopping(Thread interrupted, Duration atMost) {
        hook = Thread.ofPlatform().unstarted(() -> {
            interrupted.interrupt();
            awaitClosed(atMost);
        });
    }

    /** Waits for as long as it takes. */
    public static Stopping interruptsThisThread() {
        return interruptsThisThread(FOR_EVER);
    }

    /** @param atMost how long the process waits: nobody's terminal should hang */
    public static Stopping interruptsThisThread(Duration atMost) {
        Stopping stopping = new Stopping(Thread.currentThread(), atMost);
        Runtime.getRuntime().addShutdownHook(stopping.hook);
        return stopping;
    }

    /** What the end of the process runs. */
    Thread hook() {
        return hook;
    }

    private void awaitClosed(Duration atMost) {
        try {
            var _ = closed.await(atMost.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the process ends already, and the hook has been told
        }
    }
}

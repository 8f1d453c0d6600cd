package org.heliograph.streams;

import java.util.concurrent.CountDownLatch;

/**
 * While it is open, whoever ends the process (Ctrl-C, SIGTERM) interrupts the thread that opened it, and waits until that
 * has closed what it holds. Without it the process would just end.
 */
final class Stopping implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    private Stopping(Thread interrupted) {
        hook = Thread.ofPlatform().unstarted(() -> {
            interrupted.interrupt();
            awaitClosed();
        });
    }

    static Stopping interruptsThisThread() {
        Stopping stopping = new Stopping(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(stopping.hook);
        return stopping;
    }

    private void awaitClosed() {
        try {
            closed.await();
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

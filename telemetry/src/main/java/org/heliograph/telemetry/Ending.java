package org.heliograph.telemetry;

import java.time.Duration;

/** The end of a thread that was asked to end: awaited, then insisted on. */
public final class Ending {
    private Ending() {}

    /**
     * Returns once the thread has ended; it is interrupted after {@code atMost}. Whoever interrupts the waiting interrupts
     * the thread too, and isn't kept longer.
     */
    public static void await(Thread thread, Duration atMost) {
        try {
            if (!thread.join(atMost)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}

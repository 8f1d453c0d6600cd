package org.heliograph.agent.source.mqtt;

import java.time.Duration;

/**
 * Wakes Paho's thread that connects: it starts three others, and looks whether each of them runs only after it has slept for a
 * tenth of a second, three times in each connecting. What interrupts that sleep Paho swallows, and looks at once.
 */
final class Waking {
    private static final Duration EVERY = Duration.ofMillis(1);
    /** Whatever it waits for then, it isn't the others' start. */
    private static final Duration FOR = Duration.ofSeconds(2);

    private Waking() {}

    /** From a moment at which it is connected, and has nothing else to wait for, until it has ended. */
    static void start(Thread connecting) {
        var _ = Thread.ofVirtual().name("mqtt-waking").start(() -> wake(connecting));
    }

    private static void wake(Thread connecting) {
        long end = System.nanoTime() + FOR.toNanos();
        try {
            while (!connecting.join(EVERY) && System.nanoTime() < end) {
                if (connecting.getState() == Thread.State.TIMED_WAITING) {
                    connecting.interrupt();
                }
            }
        } catch (InterruptedException _) {
            // nobody does; and it would only be slower
            Thread.currentThread().interrupt();
        }
    }
}

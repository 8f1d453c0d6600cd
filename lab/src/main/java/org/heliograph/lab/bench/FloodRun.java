package org.heliograph.lab.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Publishes, and waits until all of it has arrived.
 *
 * @param process whose processor time is measured
 * @param arrived how many there are where they should come to, since this was made
 */
record FloodRun(ProcessUsage process, MqttFlood flood, IntFunction<Message> messages, LongSupplier arrived) {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    record Result(int messages, long nanos, Duration cpu) {
        double perSecond() {
            return messages * NANOS_PER_SECOND / nanos;
        }

        double microsPerMessage() {
            return cpu.toNanos() / NANOS_PER_MICRO / messages;
        }
    }

    /** After a warm-up of a fifth. */
    Result measure(int count) throws IOException, InterruptedException {
        int warmUp = warmUp(count);
        go(0, warmUp);
        return go(warmUp, count);
    }

    static int warmUp(int count) {
        return count / 5;
    }

    private Result go(int from, int count) throws IOException, InterruptedException {
        Duration before = process.cpu().orElseThrow();
        long start = System.nanoTime();
        for (int i = from; i < from + count; i++) {
            flood.publish(messages.apply(i));
        }
        flood.settle();
        await(arrived, from + (long) count, LOOK_EVERY);
        return new Result(
                count, System.nanoTime() - start, process.cpu().orElseThrow().minus(before));
    }

    static void await(LongSupplier count, long atLeast, Duration every) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (count.getAsLong() < atLeast) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(count.getAsLong() + " of " + atLeast + " after " + PATIENCE);
            }
            Thread.sleep(every);
        }
    }
}

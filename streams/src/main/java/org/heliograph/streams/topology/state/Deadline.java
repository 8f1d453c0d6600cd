package org.heliograph.streams.topology.state;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether the time is over that a stream thread has for a piece of work; what is left waits for the next call. */
@FunctionalInterface
public interface Deadline {
    boolean isOver();

    /** @param nanos a clock that is never set, as {@link System#nanoTime} */
    static Deadline in(Duration time, LongSupplier nanos) {
        long begun = nanos.getAsLong();
        return () -> nanos.getAsLong() - begun > time.toNanos();
    }
}

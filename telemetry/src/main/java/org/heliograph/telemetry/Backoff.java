package org.heliograph.telemetry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: twice as long each time, with jitter, up to a limit. For one thread. */
public final class Backoff {
    private final Duration first;
    private final Duration last;
    private Duration next;

    public Backoff(Duration first, Duration last) {
        this.first = first;
        this.last = last;
        this.next = first;
    }

    /** Between half of the step and all of it, so that many waiting for one server don't come back together. */
    public Duration next() {
        long millis = next.toMillis();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(last) > 0 ? last : doubled;
        return Duration.ofMillis(millis / 2 + RandomGenerator.getDefault().nextLong(millis / 2 + 1));
    }

    /** It worked: start again from the first step. */
    public void reset() {
        next = first;
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a node may be asked for a rebirth again: a birth is its largest message, and one that can't be read would be asked
 * for without end. Twice as long each time, until a birth is understood.
 */
final class Rebirths {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Duration first;
    private Duration wait;
    private @Nullable Instant askedAt;
    private boolean wanted;
    private boolean asked;

    Rebirths(Duration first) {
        this.first = first;
        this.wait = first;
    }

    void want() {
        wanted = true;
    }

    void understood() {
        wanted = false;
        asked = false;
        wait = first;
    }

    /** Dead nodes are born again by themselves. */
    void cancel() {
        wanted = false;
    }

    /** Whether it is time to ask; then it counts as asked. */
    boolean isDue(Instant now) {
        if (!wanted) {
            return false;
        }
        Instant last = askedAt;
        // a clock that was set back doesn't make it wait for longer
        if (last != null && !now.isBefore(last) && now.isBefore(last.plus(wait))) {
            return false;
        }
        if (asked) {
            Duration doubled = wait.multipliedBy(2);
            wait = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        }
        asked = true;
        askedAt = now;
        return true;
    }
}

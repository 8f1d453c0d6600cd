package org.heliograph.agent.payload.sparkplug;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a node may be asked for a rebirth again: a birth is its largest message, and one that can't be read would be asked
 * for without end. Twice as long each time, until the node was in no doubt for as long as it had to wait: a birth that was
 * understood proves nothing, as what comes next may put it in doubt again.
 */
final class Rebirths {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Duration first;
    private final Duration longest;
    private Duration wait;
    private @Nullable Instant askedAt;
    private boolean wanted;
    private int unanswered;

    Rebirths(Duration first) {
        this.first = first;
        this.longest = first.compareTo(LONGEST) > 0 ? first : LONGEST;
        this.wait = first;
    }

    void want() {
        wanted = true;
    }

    /** It has come, or will come by itself. */
    void cancel() {
        wanted = false;
        unanswered = 0;
    }

    /** How often it was asked since its last birth. */
    int unanswered() {
        return unanswered;
    }

    /** Whether it is time to ask. */
    boolean isOverdue(Instant now) {
        Instant last = askedAt;
        // a clock that was set back doesn't make it wait for longer
        return wanted && (last == null || now.isBefore(last) || !now.isBefore(last.plus(wait)));
    }

    /** The same; and if so it counts as asked. */
    boolean isDue(Instant now) {
        if (!isOverdue(now)) {
            return false;
        }
        Instant last = askedAt;
        boolean again = last != null && !now.isBefore(last) && now.isBefore(last.plus(wait.multipliedBy(2)));
        Duration longer = wait.multipliedBy(2);
        wait = !again ? first : longer.compareTo(longest) > 0 ? longest : longer;
        askedAt = now;
        unanswered++;
        return true;
    }
}

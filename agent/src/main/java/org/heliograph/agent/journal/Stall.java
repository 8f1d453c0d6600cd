package org.heliograph.agent.journal;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the disk answers at all. Whoever waits for a disk that hangs can't say so, so everybody else asks here. */
final class Stall {
    private static final Logger log = LoggerFactory.getLogger(Stall.class);

    /** An SD card that puts its house in order takes a few seconds. */
    static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    /** One that is silent for longer may be found again by a new process, and by no waiting. */
    static final Duration GIVE_UP_AFTER = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private boolean waiting;
    private long sinceNanos;
    private boolean told;

    Stall(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Something was asked of the disk. */
    synchronized void begin() {
        waiting = true;
        sinceNanos = nanos.getAsLong();
    }

    /** It has answered, whatever it said. */
    synchronized void end() {
        waiting = false;
        if (told) {
            told = false;
            log.info("journal=answered after={}", waited());
        }
    }

    /** It has answered, and was asked for more: a long look through the journal is many questions. */
    synchronized void goOn() {
        end();
        begin();
    }

    /** Whether it has been silent for longer than any that is well. */
    synchronized boolean isStalled() {
        return waiting && waited().compareTo(ANSWER_WITHIN) > 0;
    }

    synchronized boolean isHopeless() {
        return waiting && waited().compareTo(GIVE_UP_AFTER) > 0;
    }

    /** What is wrong; empty while nothing is. */
    synchronized Optional<String> reason() {
        if (!isStalled()) {
            return Optional.empty();
        }
        String reason = "the disk hasn't answered for " + waited().toSeconds() + " s";
        if (!told) {
            told = true;
            log.error("journal=stalled reason=\"{}\"", reason);
        }
        return Optional.of(reason);
    }

    /** Whether the log says so. */
    synchronized boolean isTold() {
        return told;
    }

    private Duration waited() {
        return Duration.ofNanos(nanos.getAsLong() - sinceNanos);
    }
}

package org.heliograph.streams;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the system's clock is set back, or leaps ahead. Kafka's clients take the time from it and never let theirs
 * go back, nor does Kafka Streams: until it has caught up, nothing is measured or committed that goes by time, and no
 * heartbeat is sent. After a leap, of a machine that was suspended, what has waited would be late. A process that is started
 * anew has none of that behind it (ADR 51).
 */
final class ClockWatch implements AutoCloseable {
    /** A standstill as long as a start takes is waited for. */
    static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(10);

    /** For who doesn't mind how far it leaps. */
    static final Duration ANY_LEAP = ChronoUnit.FOREVER.getDuration();

    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration CHECK = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Duration longestLeap;
    private final Thread thread;
    private Instant newest;
    private volatile @Nullable String reason;

    private ClockWatch(InstantSource clock, Duration longestLeap, Runnable onChange) {
        this.clock = clock;
        this.longestLeap = longestLeap;
        newest = clock.instant();
        thread = Thread.ofVirtual().name("clock-watch").unstarted(() -> watch(onChange));
    }

    /**
     * Begins to watch.
     *
     * @param longestLeap by how much the clock may be ahead a second later
     * @param onChange called once, when the clock has been set back by more than is waited for, or has leapt farther
     */
    static ClockWatch start(InstantSource clock, Duration longestLeap, Runnable onChange) {
        ClockWatch watch = new ClockWatch(clock, longestLeap, onChange);
        watch.thread.start();
        return watch;
    }

    /** Why the process has to end; empty when the clock went on as clocks do. */
    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    private void watch(Runnable onChange) {
        try {
            while (!isChanged()) {
                Thread.sleep(CHECK);
            }
            onChange.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private boolean isChanged() {
        Instant now = clock.instant();
        Duration leap = Duration.between(newest, now);
        Duration standstill = leap.negated();
        newest = now.isAfter(newest) ? now : newest;
        if (standstill.compareTo(LONGEST_STANDSTILL) > 0) {
            log.error("clock=set-back by={} action=stop", standstill);
            reason = "the system's clock was set back by " + standstill.toSeconds()
                    + " s. Kafka's clients would wait until it has caught up: start it anew";
        } else if (leap.compareTo(longestLeap) > 0) {
            log.error("clock=leapt-ahead by={} action=stop", leap);
            reason = "the system's clock leapt ahead by " + leap.toSeconds()
                    + " s, as that of a machine that was suspended. An engine that starts takes what has waited "
                    + "meanwhile; one that goes on would refuse it as late: start it anew";
        }
        return reason != null;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

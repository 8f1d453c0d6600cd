package org.heliograph.streams;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the system's clock is set back. Kafka's clients take the time from it and never let theirs go back, nor
 * does Kafka Streams: until it has caught up, nothing is measured or committed that goes by time, and no heartbeat is sent.
 * A process that is started anew has none of that behind it (ADR 51).
 */
final class ClockWatch implements AutoCloseable {
    /** A standstill as long as a start takes is waited for. */
    static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration CHECK = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Thread thread;
    private Instant newest;
    private volatile @Nullable Duration setBack;

    private ClockWatch(InstantSource clock, Runnable onSetBack) {
        this.clock = clock;
        newest = clock.instant();
        thread = Thread.ofVirtual().name("clock-watch").unstarted(() -> watch(onSetBack));
    }

    /** @param onSetBack called once, when the clock has been set back by more than is waited for */
    static ClockWatch start(InstantSource clock, Runnable onSetBack) {
        ClockWatch watch = new ClockWatch(clock, onSetBack);
        watch.thread.start();
        return watch;
    }

    /** Why the process has to end; empty when the clock wasn't set back. */
    Optional<String> reason() {
        return Optional.ofNullable(setBack)
                .map(by -> "the system's clock was set back by " + by.toSeconds()
                        + " s. Kafka's clients would wait until it has caught up: start it anew");
    }

    private void watch(Runnable onSetBack) {
        try {
            while (true) {
                Instant now = clock.instant();
                newest = now.isAfter(newest) ? now : newest;
                Duration standstill = Duration.between(now, newest);
                if (standstill.compareTo(LONGEST_STANDSTILL) > 0) {
                    log.error("clock=set-back by={} action=stop", standstill);
                    setBack = standstill;
                    onSetBack.run();
                    return;
                }
                Thread.sleep(CHECK);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

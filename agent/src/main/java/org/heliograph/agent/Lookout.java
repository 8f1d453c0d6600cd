package org.heliograph.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.heliograph.agent.health.Silence;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks out for devices that fall silent or are heard again, and for losses that no pack of their device takes along. */
final class Lookout {
    private static final Logger log = LoggerFactory.getLogger(Lookout.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** A loss waits so long for a pack of its device to travel with. */
    private static final Duration TELL_LOSSES_AFTER = Duration.ofSeconds(10);

    private final String site;
    private final Silence silence;
    private final JournalingIntake intake;
    private final Runnable more;
    private final InstantSource clock;
    private final LongSupplier upMillis;
    private final CompletableFuture<Throwable> death = new CompletableFuture<>();
    private final Thread thread;

    /**
     * Begins with {@link #start}.
     *
     * @param more to be looked after now and then
     * @param upMillis the machine's own count, by which silence is measured
     */
    Lookout(
            String site,
            Silence silence,
            JournalingIntake intake,
            Runnable more,
            InstantSource clock,
            LongSupplier upMillis) {
        this.site = site;
        this.silence = silence;
        this.intake = intake;
        this.more = more;
        this.clock = clock;
        this.upMillis = upMillis;
        this.thread = Thread.ofVirtual()
                .name("watch")
                .uncaughtExceptionHandler((_, e) -> death.complete(e))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void end() {
        thread.interrupt();
    }

    /** Completes when the thread has died of something unforeseen: no device would ever be silent. */
    CompletableFuture<Throwable> death() {
        return death;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                silence.look(upMillis.getAsLong()).forEach(this::tell);
                intake.tellUntold(TELL_LOSSES_AFTER);
                more.run();
            }
        } catch (InterruptedException _) {
            log.debug("watch=ended");
        }
    }

    /** In the log, and upstream: the engine sees that a device is silent only by what doesn't come. */
    private void tell(Silence.Change change) {
        DeviceId device = new DeviceId(site, change.device());
        Instant since = clock.instant().minus(change.since());
        if (change.silent()) {
            log.warn("device=silent device={} for={}", change.device(), change.since());
        } else {
            log.info("device=heard device={}", change.device());
        }
        if (!change.told()) {
            var _ = intake.announce(
                    device,
                    change.silent() ? Presence.offline(since, "silent") : Presence.online(since, "heard again"));
        }
    }
}

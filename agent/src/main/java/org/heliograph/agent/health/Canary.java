package org.heliograph.agent.health;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent as a device of its own: its readings go the whole way, from a source's entry on. Their age where they arrive
 * is the age of everything that is newest there.
 */
public final class Canary implements Source {
    private static final Logger log = LoggerFactory.getLogger(Canary.class);

    private final DeviceId device;
    private final Duration period;
    private final MachineClock clock;
    private final Supplier<Song> song;
    private final Delivery delivery;
    private volatile Flight latest = new Flight(0, 0);
    private @Nullable Thread thread;

    /**
     * What it reports of the agent.
     *
     * @param state 0 well, 1 Kafka is away, 2 the journal fills, 3 a fault
     * @param loadPercent of the journal's quota that is taken up
     */
    public record Song(int state, double loadPercent) {}

    /**
     * One that has arrived.
     *
     * @param atMillis when it set out; 0 while none of this start has arrived
     * @param travelMillis how long it took from the source's entry until Kafka had confirmed it
     */
    public record Flight(long atMillis, long travelMillis) {}

    /** Waits until Kafka has what is at an offset of the journal; false when it hasn't in time. */
    @FunctionalInterface
    public interface Delivery {
        boolean await(long offset, Duration atMost) throws InterruptedException;
    }

    public Canary(Operation.Canary config, String site, MachineClock clock, Supplier<Song> song, Delivery delivery) {
        this.device = new DeviceId(site, config.device());
        this.period = config.period();
        this.clock = clock;
        this.song = song;
        this.delivery = delivery;
    }

    @Override
    public Needs needs() {
        return Needs.NOTHING;
    }

    @Override
    public void start(Intake intake) {
        thread = Thread.ofVirtual().name("canary").start(() -> {
            try {
                while (true) {
                    Instant start = clock.instant();
                    fly(intake);
                    Duration left = period.minus(Duration.between(start, clock.instant()));
                    if (left.isPositive()) {
                        Thread.sleep(left.compareTo(period) < 0 ? left : period);
                    }
                }
            } catch (InterruptedException _) {
                log.debug("canary=silent");
            }
        });
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(CLOSE_WITHIN);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public Flight latest() {
        return latest;
    }

    /** Sends one out, and follows it until it has arrived or the next is due: a later one that arrives tells more. */
    void fly(Intake intake) throws InterruptedException {
        Moment came = clock.moment();
        Instant now = came.wall();
        long nanos = System.nanoTime();
        try {
            if (sing(came, intake).get(period.toMillis(), TimeUnit.MILLISECONDS) instanceof Admission.Kept(long offset)
                    && delivery.await(offset, period)) {
                latest = new Flight(now.toEpochMilli(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos));
            }
        } catch (TimeoutException | ExecutionException _) {
            log.debug("canary=late since={}", now);
        }
    }

    /** Without a time of its own: the agent's clock is what it goes by. */
    private CompletableFuture<Admission> sing(Moment came, Intake intake) {
        Song of = song.get();
        long millis = came.wall().toEpochMilli();
        Sampling sampling =
                new Sampling().gauge(Point.STATE, millis, of.state()).gauge(Point.LOAD, millis, of.loadPercent());
        return intake.offer(
                new Readings(device, "", sampling.series()),
                Stamp.ARRIVAL,
                new Arrival("canary", device, new byte[0], came));
    }
}

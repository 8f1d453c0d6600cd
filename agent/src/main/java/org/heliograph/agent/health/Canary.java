package org.heliograph.agent.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent as a device of its own: its readings go the whole way, from a source's entry on. Their age where they arrive
 * is the age of everything that is newest there.
 */
public final class Canary implements Source {
    private static final Logger log = LoggerFactory.getLogger(Canary.class);

    /** Readings whose delivery is waited for; of more, the oldest are forgotten. */
    private static final int UNDER_WAY_MAX = 1_000;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final DeviceId device;
    private final Duration period;
    private final InstantSource clock;
    private final Supplier<Vitals> vitals;
    private final LongSupplier confirmed;
    private final Deque<Flight> underWay = new ArrayDeque<>();
    private long deliveredMillis;
    private @Nullable Thread thread;

    /**
     * What it reports of the agent.
     *
     * @param state 0 well, 1 Kafka is away, 2 the journal fills, 3 a fault
     * @param loadPercent of the journal's quota that is taken up
     */
    public record Vitals(int state, double loadPercent) {}

    private record Flight(long offset, long atMillis) {}

    /** @param confirmed the journal's offset up to which everything was delivered */
    public Canary(
            Operation.Canary config,
            String site,
            InstantSource clock,
            Supplier<Vitals> vitals,
            LongSupplier confirmed) {
        this.device = new DeviceId(site, config.device());
        this.period = config.period();
        this.clock = clock;
        this.vitals = vitals;
        this.confirmed = confirmed;
    }

    @Override
    public void start(Intake intake) {
        thread = Thread.ofVirtual().name("canary").start(() -> {
            try {
                while (true) {
                    sing(intake);
                    Thread.sleep(period);
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

    /** The time of the latest reading that Kafka has; 0 when it has none of this start. */
    public synchronized long deliveredMillis() {
        long offset = confirmed.getAsLong();
        while (!underWay.isEmpty() && underWay.getFirst().offset() <= offset) {
            deliveredMillis = underWay.removeFirst().atMillis();
        }
        return deliveredMillis;
    }

    void sing(Intake intake) {
        Instant now = clock.instant();
        Vitals of = vitals.get();
        Sampling sampling = new Sampling()
                .gauge(Point.STATE, now.toEpochMilli(), of.state())
                .gauge(Point.LOAD, now.toEpochMilli(), of.loadPercent());
        var _ = intake.offer(
                        new Readings(device, "", sampling.series()), new Arrival("canary", device, new byte[0], now))
                .thenAccept(admission -> {
                    if (admission instanceof Admission.Kept(long offset)) {
                        sent(new Flight(offset, now.toEpochMilli()));
                    }
                });
    }

    private synchronized void sent(Flight flight) {
        long _ = deliveredMillis();
        if (underWay.size() >= UNDER_WAY_MAX) {
            underWay.removeFirst();
        }
        underWay.addLast(flight);
    }
}

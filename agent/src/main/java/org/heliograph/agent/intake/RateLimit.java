package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one device from taking the room of all: what it hands in beyond its rate and its burst is refused and counted,
 * and its device is answered for it, so that its transport goes on with the others'. (To make it wait instead would fill
 * the broker's window of unanswered messages with it, and starve them all.) What was refused is told upstream as one dead
 * letter for many, at most once in {@link #TELL_EVERY} of a device. Malformed payloads count like others.
 */
public final class RateLimit implements Intake {
    static final Duration TELL_EVERY = Duration.ofMinutes(1);

    /** Devices that are remembered; of more, those are forgotten that were silent for the longest. */
    static final int DEVICES_MAX = 10_000;

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Intake intake;
    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
    private int packsPerSecond;
    private int burst;

    public RateLimit(Intake intake, int packsPerSecond, int burst, InstantSource clock) {
        this.intake = intake;
        this.packsPerSecond = packsPerSecond;
        this.burst = burst;
        this.clock = clock;
    }

    /** From now on another one. */
    public synchronized void limit(int morePacksPerSecond, int moreBurst) {
        packsPerSecond = morePacksPerSecond;
        burst = moreBurst;
    }

    /** What was refused since the start, by device; without those that were forgotten. */
    public synchronized Map<String, Long> refused() {
        Map<String, Long> refused = new LinkedHashMap<>();
        buckets.forEach((device, bucket) -> {
            if (bucket.refused > 0) {
                refused.put(device, bucket.refused);
            }
        });
        return refused;
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Arrival arrival) {
        return take(readings.device(), arrival, () -> intake.offer(readings, arrival));
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return take(arrival.device(), arrival, () -> intake.refuse(reason, arrival));
    }

    /** Tells upstream what was refused and not told yet. To be called now and then. */
    public void tell() {
        List<Loss> losses = new ArrayList<>();
        synchronized (this) {
            for (Bucket bucket : buckets.values()) {
                Loss loss = bucket.loss(clock.millis());
                if (loss != null) {
                    losses.add(loss);
                }
            }
        }
        losses.forEach(this::tell);
    }

    private CompletableFuture<Admission> take(
            @Nullable DeviceId device, Arrival arrival, Supplier<CompletableFuture<Admission>> on) {
        String name = device == null ? "" : device.key();
        boolean taken;
        Loss loss = null;
        synchronized (this) {
            Bucket bucket = bucket(name);
            taken = bucket.take(clock.millis());
            if (!taken) {
                bucket.refused(arrival);
                loss = bucket.loss(clock.millis());
            }
        }
        if (taken) {
            return on.get().thenApply(admission -> {
                if (admission instanceof Admission.Full) {
                    giveBack(name); // it comes again
                }
                return admission;
            });
        }
        if (loss != null) {
            tell(loss);
        }
        return CompletableFuture.completedFuture(
                new Admission.Refused("more than " + packsPerSecond + " packs a second from one device"));
    }

    private void tell(Loss loss) {
        var _ = intake.refuse(
                loss.packs() + " packs of the device were not taken from " + loss.from() + " to " + loss.to()
                        + ": more than " + packsPerSecond + " a second",
                loss.last());
    }

    private synchronized void giveBack(String name) {
        Bucket bucket = buckets.get(name);
        if (bucket != null) {
            bucket.tokens++;
        }
    }

    private Bucket bucket(String name) {
        Bucket known = buckets.get(name);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= DEVICES_MAX) {
            Iterator<String> silent = buckets.keySet().iterator();
            silent.next();
            silent.remove();
        }
        Bucket fresh = new Bucket(clock.millis());
        buckets.put(name, fresh);
        return fresh;
    }

    /** @param last payload among those that were refused */
    private record Loss(long packs, Instant from, Instant to, Arrival last) {}

    private final class Bucket {
        private double tokens = burst;
        private long atMillis;
        private long refused;
        private long untold;
        private long toldMillis = Long.MIN_VALUE;
        private @Nullable Instant from;
        private @Nullable Arrival last;

        Bucket(long nowMillis) {
            atMillis = nowMillis;
        }

        boolean take(long nowMillis) {
            long passed = Math.max(0, nowMillis - atMillis);
            atMillis = nowMillis;
            tokens = Math.min(burst, tokens + passed * packsPerSecond / MILLIS_PER_SECOND);
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }

        void refused(Arrival arrival) {
            refused++;
            untold++;
            from = from == null ? arrival.at() : from;
            last = arrival;
        }

        @Nullable
        Loss loss(long nowMillis) {
            if (untold == 0 || from == null || last == null || nowMillis - TELL_EVERY.toMillis() < toldMillis) {
                return null;
            }
            Loss loss = new Loss(untold, from, last.at(), last);
            untold = 0;
            from = null;
            last = null;
            toldMillis = nowMillis;
            return loss;
        }
    }
}

package org.heliograph.agent.intake;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one device from taking the room of all: what it hands in beyond its rate and its burst is lost, which is counted
 * and told upstream, and its device is answered for it, so that its transport goes on with the others'. (To make it wait
 * instead would fill the broker's window of unanswered messages with it, and starve them all.) Malformed payloads count
 * like others; where they name no device, their topic or address stands for it.
 */
public final class RateLimit implements Intake {
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

    /** What was refused since the start, by device, or by {@code ""} for all who name none; without those forgotten. */
    public synchronized Map<String, Long> refused() {
        Map<String, Long> refused = new LinkedHashMap<>();
        for (Bucket bucket : buckets.values()) {
            if (bucket.refused > 0) {
                refused.merge(bucket.device, bucket.refused, Long::sum);
            }
        }
        return refused;
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        return take(readings.device(), arrival, readings.size(), () -> intake.offer(readings, stamp, arrival));
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return take(arrival.device(), arrival, 0, () -> intake.refuse(reason, arrival));
    }

    @Override
    public void heard(DeviceId device) {
        intake.heard(device);
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        return intake.announce(device, presence);
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        intake.lost(device, reason, packs, readings);
    }

    private CompletableFuture<Admission> take(
            @Nullable DeviceId device, Arrival arrival, long readings, Supplier<CompletableFuture<Admission>> on) {
        // no device's key begins so
        String name = device == null ? "from " + arrival.source() : device.key();
        if (isTaken(name, device)) {
            return on.get().thenApply(admission -> {
                if (admission instanceof Admission.Full) {
                    giveBack(name); // it comes again
                }
                return admission;
            });
        }
        if (device != null) {
            intake.lost(device, Loss.OVER_LIMIT, 1, readings);
        }
        return CompletableFuture.completedFuture(
                new Admission.Refused("more than " + packsPerSecond + " packs a second from one device", true));
    }

    private synchronized boolean isTaken(String name, @Nullable DeviceId device) {
        return bucket(name, device).take(clock.millis());
    }

    private synchronized void giveBack(String name) {
        Bucket bucket = buckets.get(name);
        if (bucket != null) {
            bucket.tokens++;
        }
    }

    private Bucket bucket(String name, @Nullable DeviceId device) {
        Bucket known = buckets.get(name);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= DEVICES_MAX) {
            Iterator<String> silent = buckets.keySet().iterator();
            silent.next();
            silent.remove();
        }
        Bucket fresh = new Bucket(device == null ? "" : device.device(), clock.millis());
        buckets.put(name, fresh);
        return fresh;
    }

    private final class Bucket {
        private final String device;
        private double tokens = burst;
        private long atMillis;
        private long refused;

        Bucket(String device, long nowMillis) {
            this.device = device;
            atMillis = nowMillis;
        }

        boolean take(long nowMillis) {
            long passed = Math.max(0, nowMillis - atMillis);
            atMillis = nowMillis;
            tokens = Math.min(burst, tokens + passed * packsPerSecond / MILLIS_PER_SECOND);
            if (tokens < 1) {
                refused++;
                return false;
            }
            tokens--;
            return true;
        }
    }
}

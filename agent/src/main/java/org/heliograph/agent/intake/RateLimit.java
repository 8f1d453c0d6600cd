package org.heliograph.agent.intake;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
 * like others; where they name no device, their topic or address stands for it, among so many as there are slots for: who
 * may publish at all can make up topics without end, and each may be longer than all that is known of a device.
 */
public final class RateLimit implements Intake {
    /** Devices that are remembered; of more, those are forgotten that were silent for the longest. */
    static final int DEVICES_MAX = 10_000;

    /** For those who name no device. */
    private static final int SLOTS = 256;

    /** They have nothing that was kept while they were away, and that would be worth keeping. */
    static final int SLOT_BURST_MAX = 1_000;

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Intake intake;
    private final InstantSource clock;
    private final Map<DeviceId, Bucket> devices = new LinkedHashMap<>(16, 0.75f, true);
    private final @Nullable Bucket[] slots = new Bucket[SLOTS];
    private int packsPerSecond;
    private int burst;

    public RateLimit(Intake intake, int packsPerSecond, int burst, InstantSource clock) {
        this.intake = intake;
        this.packsPerSecond = packsPerSecond;
        this.burst = burst;
        this.clock = clock;
    }

    /** From now on another one. */
    public synchronized void limit(int packs, int most) {
        packsPerSecond = packs;
        burst = most;
    }

    /** What was refused since the start, by device, or by {@code ""} for all who name none; without those forgotten. */
    public synchronized Map<String, Long> refused() {
        Map<String, Long> refused = new LinkedHashMap<>();
        devices.forEach((device, bucket) -> {
            if (bucket.refused > 0) {
                refused.merge(device.device(), bucket.refused, Long::sum);
            }
        });
        long ofNobody = Stream.of(slots)
                .filter(Objects::nonNull)
                .mapToLong(slot -> slot.refused)
                .sum();
        if (ofNobody > 0) {
            refused.put("", ofNobody);
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
    public void unattended(DeviceId device) {
        intake.unattended(device);
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        intake.lost(device, reason, packs, readings);
    }

    private CompletableFuture<Admission> take(
            @Nullable DeviceId device, Arrival arrival, long readings, Supplier<CompletableFuture<Admission>> on) {
        Bucket bucket = device == null ? slot(arrival.source()) : bucket(device);
        if (bucket.take(clock.millis())) {
            return on.get().thenApply(admission -> {
                if (admission instanceof Admission.Full) {
                    bucket.giveBack(); // it comes again
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

    private synchronized Bucket slot(String source) {
        int at = Math.floorMod(source.hashCode(), SLOTS);
        Bucket known = slots[at];
        if (known != null) {
            return known;
        }
        Bucket fresh = new Bucket(SLOT_BURST_MAX, clock.millis());
        slots[at] = fresh;
        return fresh;
    }

    private synchronized Bucket bucket(DeviceId device) {
        Bucket known = devices.get(device);
        if (known != null) {
            return known;
        }
        if (devices.size() >= DEVICES_MAX) {
            Iterator<DeviceId> silent = devices.keySet().iterator();
            silent.next();
            silent.remove();
        }
        Bucket fresh = new Bucket(Integer.MAX_VALUE, clock.millis());
        devices.put(device, fresh);
        return fresh;
    }

    /** Of one device, or of those who name none; changes under the lock of the limit that it is of. */
    private final class Bucket {
        private final int burstMax;
        private double tokens;
        private long atMillis;
        private long refused;

        Bucket(int burstMax, long nowMillis) {
            this.burstMax = burstMax;
            tokens = size();
            atMillis = nowMillis;
        }

        private int size() {
            return Math.min(burst, burstMax);
        }

        boolean take(long nowMillis) {
            synchronized (RateLimit.this) {
                long passed = Math.max(0, nowMillis - atMillis);
                atMillis = nowMillis;
                tokens = Math.min(size(), tokens + passed * packsPerSecond / MILLIS_PER_SECOND);
                if (tokens < 1) {
                    refused++;
                    return false;
                }
                tokens--;
                return true;
            }
        }

        void giveBack() {
            synchronized (RateLimit.this) {
                tokens++;
            }
        }
    }
}

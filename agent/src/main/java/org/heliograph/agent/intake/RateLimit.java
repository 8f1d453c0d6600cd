package org.heliograph.agent.intake;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one device from taking the room of all: what it hands in beyond its rate and its burst, or beyond its share of the
 * journal, is lost, which is counted and told upstream, and its device is answered for it, so that its transport goes on with
 * the others'. (What its transport lets it send again isn't lost. To make it wait instead would fill the broker's window of
 * unanswered messages with it, and starve them all.) Malformed payloads count like others; where they name no device, their
 * topic or address stands for it, among so many as there are slots for: who may publish at all can make up topics without end,
 * and each may be longer than all that is known of a device. Names can be made up as well: a device has a place for ever, those
 * that nobody has named among so many, which newcomers take at a rate that they share. What finds none is a dead letter of its
 * topic's slot, and nothing behind this hears of the device.
 */
public final class RateLimit implements Intake {
    /** Places; whoever is named has one beyond them, too. */
    static final int DEVICES_MAX = 20_000;

    /** For devices that nobody has named: a site's may all be heard for the first time in the same minute. */
    static final int NEWCOMERS_BURST = 10_000;

    static final int NEWCOMERS_PER_SECOND = 20;

    /** For those who name no device. */
    private static final int SLOTS = 256;

    /** They have nothing that was kept while they were away, and that would be worth keeping. */
    static final int SLOT_BURST_MAX = 1_000;

    /** A pack of more counts as several: so many take at most about a KiB of the journal. */
    static final int PACK_READINGS = 64;

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Intake intake;
    private final InstantSource clock;
    private final Map<DeviceId, Bucket> devices = new HashMap<>();
    private final @Nullable Bucket[] slots = new Bucket[SLOTS];
    private final Allowance ofDevice = new Allowance(this::packsPerSecond, this::burst);
    private final Allowance ofSlot = new Allowance(this::packsPerSecond, () -> Math.min(burst(), SLOT_BURST_MAX));
    private final Bucket newcomers;
    private int packsPerSecond;
    private int burst;
    private Predicate<DeviceId> named = _ -> false;

    public RateLimit(Intake intake, int packsPerSecond, int burst, InstantSource clock) {
        this.intake = intake;
        this.packsPerSecond = packsPerSecond;
        this.burst = burst;
        this.clock = clock;
        this.newcomers = new Bucket(new Allowance(() -> NEWCOMERS_PER_SECOND, () -> NEWCOMERS_BURST), clock.millis());
    }

    /** From now on another one. */
    public synchronized void limit(int packs, int most) {
        packsPerSecond = packs;
        burst = most;
    }

    /** Devices that always have a place. */
    public synchronized void named(Predicate<DeviceId> devicesThatAre) {
        named = devicesThatAre;
    }

    private synchronized int packsPerSecond() {
        return packsPerSecond;
    }

    private synchronized int burst() {
        return burst;
    }

    /** What was refused since the start, by device, or by {@code ""} for all that have no place. */
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
        return place(device) instanceof Place.None(String reason)
                ? CompletableFuture.completedFuture(new Admission.Refused(reason, true))
                : intake.announce(device, presence);
    }

    @Override
    public void unattended(DeviceId device) {
        intake.unattended(device);
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        if (place(device) instanceof Place.Own) {
            intake.lost(device, reason, packs, readings);
        }
    }

    private CompletableFuture<Admission> take(
            @Nullable DeviceId device, Arrival arrival, long readings, Supplier<CompletableFuture<Admission>> on) {
        if (device == null) {
            return take(slot(arrival.source()), null, readings, on);
        }
        return switch (place(device)) {
            case Place.Own(Bucket bucket) -> take(bucket, arrival.comesAgain() ? null : device, readings, on);
            case Place.None(String reason) ->
                take(slot(arrival.source()), null, readings, () -> intake.refuse(reason, arrival));
        };
    }

    private CompletableFuture<Admission> take(
            Bucket bucket, @Nullable DeviceId loser, long readings, Supplier<CompletableFuture<Admission>> on) {
        long packs = Math.max(1, Math.ceilDiv(readings, PACK_READINGS));
        if (bucket.take(packs, clock.millis())) {
            return on.get().thenApply(admission -> {
                switch (admission) {
                    case Admission.Full _ -> bucket.giveBack(packs); // it comes again
                    case Admission.Refused refused when refused.overLimit() -> refuse(bucket, loser, readings);
                    case Admission.Kept _, Admission.Later _, Admission.Refused _ -> {
                        // it was within its limits
                    }
                }
                return admission;
            });
        }
        refuse(bucket, loser, readings);
        return CompletableFuture.completedFuture(new Admission.Refused(
                "more than " + packsPerSecond() + " packs of up to " + PACK_READINGS
                        + " readings a second from one device",
                true));
    }

    private void refuse(Bucket bucket, @Nullable DeviceId loser, long readings) {
        bucket.refuse();
        if (loser != null) {
            intake.lost(loser, Loss.OVER_LIMIT, 1, readings);
        }
    }

    private synchronized Bucket slot(String source) {
        int at = Math.floorMod(source.hashCode(), SLOTS);
        Bucket known = slots[at];
        if (known != null) {
            return known;
        }
        Bucket fresh = new Bucket(ofSlot, clock.millis());
        slots[at] = fresh;
        return fresh;
    }

    private sealed interface Place {
        record Own(Bucket bucket) implements Place {}

        record None(String reason) implements Place {}
    }

    /** A device's, which it is given if it has none. */
    private synchronized Place place(DeviceId device) {
        Bucket known = devices.get(device);
        if (known != null) {
            return new Place.Own(known);
        }
        if (!named.test(device)) {
            if (devices.size() >= DEVICES_MAX) {
                return new Place.None("more than " + DEVICES_MAX
                        + " devices since the start; those that the configuration or silence.site names have a place");
            }
            if (!newcomers.take(1, clock.millis())) {
                return new Place.None("more than " + NEWCOMERS_PER_SECOND
                        + " new devices a second; those that the configuration or silence.site names have a place");
            }
        }
        Bucket fresh = new Bucket(ofDevice, clock.millis());
        devices.put(device, fresh);
        return new Place.Own(fresh);
    }

    private record Allowance(IntSupplier perSecond, IntSupplier burst) {}

    /** The allowance of one device, or of all that have no place of their own. Guarded by the limit's lock. */
    private final class Bucket {
        private final Allowance allowance;
        private double tokens;
        private long atMillis;
        private long refused;

        Bucket(Allowance allowance, long nowMillis) {
            this.allowance = allowance;
            tokens = allowance.burst.getAsInt();
            atMillis = nowMillis;
        }

        /** One that has anything left may take as much as it needs, or what is large would never be taken. */
        boolean take(long packs, long nowMillis) {
            synchronized (RateLimit.this) {
                long passed = Math.max(0, nowMillis - atMillis);
                atMillis = nowMillis;
                tokens = Math.min(
                        allowance.burst.getAsInt(),
                        tokens + passed * allowance.perSecond.getAsInt() / MILLIS_PER_SECOND);
                boolean isAllowed = tokens >= 1;
                tokens -= isAllowed ? packs : 0;
                return isAllowed;
            }
        }

        void refuse() {
            synchronized (RateLimit.this) {
                refused++;
            }
        }

        void giveBack(long packs) {
            synchronized (RateLimit.this) {
                tokens += packs;
            }
        }
    }
}

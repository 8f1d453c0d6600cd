package org.heliograph.streams.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;
import org.jspecify.annotations.Nullable;

/** Judges the records of {@code hg.telemetry}. */
public final class Gate {
    /** How far a device's clock may be ahead of ours. */
    static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(5);

    private Gate() {}

    /** Where the site models are. */
    @FunctionalInterface
    public interface Sites {
        Optional<SiteModel> site(String name);
    }

    /**
     * Judges one record.
     *
     * @param key its key, {@code {site}/{device}}
     */
    public static Verdict judge(
            @Nullable String key, byte @Nullable [] value, Sites sites, Scope scope, Scope.Arrival arrival) {
        if (scope instanceof Scope.Period period && key != null && !period.concerns(key)) {
            return Verdict.PASSED_OVER;
        }
        if (value == null) {
            return Verdict.reject("the record has no value");
        }
        PackCodec.Decoded pack;
        try {
            pack = PackCodec.decode(value);
        } catch (MalformedPackException e) {
            return Verdict.reject(String.valueOf(e.getMessage()));
        }
        Readings readings = pack.readings();
        if (!readings.device().key().equals(key)) {
            return Verdict.reject("the key is '" + key + "' but the readings are of " + readings.device());
        }
        Optional<SiteModel> site = sites.site(readings.device().site());
        if (site.isEmpty()) {
            return Verdict.reject("unknown site '" + readings.device().site() + "'");
        }
        String device = readings.device().device();
        if (!site.get().knows(device)) {
            return Verdict.reject("device '" + device + "' is not in the site model of "
                    + site.get().site());
        }
        if (site.get().device(device, readings.earliest()).isEmpty()
                && site.get().device(device, readings.latest()).isEmpty()) {
            return Verdict.reject("device '" + device + "' is not in the site model of "
                    + site.get().site() + " at " + readings.latest());
        }
        Verdict verdict = switch (scope) {
            case Scope.Live live -> judgeTimes(pack, site.get(), live.horizon(site.get(), arrival), arrival.now());
            case Scope.Period period ->
                cut(pack, period.firstMillis(), period.endMillis())
                        .map(Verdict::accept)
                        .orElse(Verdict.PASSED_OVER);
        };
        return new Verdict(verdict.accepted().flatMap(Gate::withoutSentinels), verdict.rejection());
    }

    private static Optional<PackCodec.Decoded> withoutSentinels(PackCodec.Decoded pack) {
        return Sentinels.strip(pack.readings()).map(real -> new PackCodec.Decoded(real, pack.origin()));
    }

    private static Verdict judgeTimes(PackCodec.Decoded pack, SiteModel site, Instant horizon, Instant now) {
        Readings readings = pack.readings();
        Instant newest = now.plus(FUTURE_TOLERANCE);
        if (readings.latest().isAfter(newest)) {
            return Verdict.reject("a reading is of " + readings.latest() + ", in the future of " + now);
        }
        if (!readings.earliest().isBefore(horizon)) {
            return Verdict.accept(pack);
        }
        String reason = "readings of " + readings.earliest() + " came later than the late horizon of " + site.late();
        return new Verdict(cut(pack, horizon.toEpochMilli(), Long.MAX_VALUE), Optional.of(reason));
    }

    /** What is left of a pack of the samples with {@code from <= time < to}. */
    private static Optional<PackCodec.Decoded> cut(PackCodec.Decoded pack, long fromMillis, long toMillis) {
        Readings readings = pack.readings();
        Collection<Series> inside =
                Samples.of(readings).between(fromMillis, toMillis).series();
        if (inside.isEmpty()) {
            return Optional.empty();
        }
        Readings rest = new Readings(
                readings.device(), readings.serial(), inside.stream().toList());
        return Optional.of(new PackCodec.Decoded(rest, pack.origin()));
    }
}

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
     * @param now the engine's clock
     */
    public static Verdict judge(@Nullable String key, byte @Nullable [] value, Sites sites, Instant now) {
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
        Verdict verdict = judgeTimes(pack, site.get(), now);
        return new Verdict(verdict.accepted().flatMap(Gate::withoutSentinels), verdict.rejection());
    }

    private static Optional<PackCodec.Decoded> withoutSentinels(PackCodec.Decoded pack) {
        return Sentinels.strip(pack.readings()).map(real -> new PackCodec.Decoded(real, pack.origin()));
    }

    private static Verdict judgeTimes(PackCodec.Decoded pack, SiteModel site, Instant now) {
        Readings readings = pack.readings();
        Instant newest = now.plus(FUTURE_TOLERANCE);
        if (readings.latest().isAfter(newest)) {
            return Verdict.reject("a reading is of " + readings.latest() + ", in the future of " + now);
        }
        Instant horizon = now.minus(site.late());
        if (!readings.earliest().isBefore(horizon)) {
            return Verdict.accept(pack);
        }
        Collection<Series> inTime = Samples.of(readings.series())
                .between(horizon.toEpochMilli(), Long.MAX_VALUE)
                .series();
        String reason = "readings of " + readings.earliest() + " came later than the late horizon of " + site.late();
        if (inTime.isEmpty()) {
            return Verdict.reject(reason);
        }
        Readings rest = new Readings(
                readings.device(), readings.serial(), inTime.stream().toList());
        return new Verdict(Optional.of(new PackCodec.Decoded(rest, pack.origin())), Optional.of(reason));
    }
}

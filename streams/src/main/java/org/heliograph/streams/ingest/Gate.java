package org.heliograph.streams.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.heliograph.streams.ingest.Rejection.Cause;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;
import org.jspecify.annotations.Nullable;

/** Judges the records of {@code hg.telemetry}. */
public final class Gate {
    /** A pack is smaller than half of what a record may be: what it leaves in the state has room in one. */
    public static final int VALUE_BYTES_MAX = 512 << 10;

    /** How far a device's clock may be ahead of ours. */
    public static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(5);

    /** Readings of a device count up to that long before and after the site model has it. */
    private static final Duration AROUND_VALIDITY = Duration.ofHours(1);

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
        Dispatch pack;
        try {
            pack = opened(key, value);
        } catch (MalformedPackException e) {
            return Verdict.reject(Cause.MALFORMED, String.valueOf(e.getMessage()));
        }
        String device = pack.device().device();
        Optional<SiteModel> site = sites.site(pack.device().site());
        if (site.isEmpty()) {
            return Verdict.reject(
                    Cause.UNKNOWN_SITE, "unknown site '" + pack.device().site() + "'");
        }
        if (!site.get().knows(device)) {
            return Verdict.reject(Cause.UNKNOWN_DEVICE, unknown(device, site.get()));
        }
        return pack.readings().isEmpty() ? Verdict.accept(pack) : timely(pack, site.get(), scope, arrival);
    }

    private static Dispatch opened(@Nullable String key, byte @Nullable [] value) throws MalformedPackException {
        if (value == null) {
            throw new MalformedPackException("the record has no value");
        }
        if (value.length > VALUE_BYTES_MAX) {
            throw new MalformedPackException(
                    "a pack of " + value.length + " bytes; at most " + VALUE_BYTES_MAX + " are taken");
        }
        Dispatch pack = PackCodec.decode(value);
        if (key == null || !isKeyOf(pack.device(), key)) {
            throw new MalformedPackException("the key is '" + key + "' but the readings are of " + pack.device());
        }
        return pack;
    }

    private static String unknown(String device, SiteModel site) {
        return "device '" + device + "' is not in the site model of " + site.site();
    }

    /** What is left of the readings of a device that the site model has, by their times. */
    private static Verdict timely(Dispatch pack, SiteModel site, Scope scope, Scope.Arrival arrival) {
        Readings readings = of(pack);
        String device = pack.device().device();
        Optional<Dispatch> valid = whileValid(pack, site.history(device));
        Optional<Rejection> invalid = valid.filter(rest -> of(rest).size() == readings.size())
                        .isPresent()
                ? Optional.empty()
                : Optional.of(new Rejection(Cause.UNKNOWN_DEVICE, unknown(device, site) + " at " + readings.latest()));
        if (valid.isEmpty()) {
            return new Verdict(valid, invalid);
        }
        Verdict verdict = switch (scope) {
            case Scope.Live live -> judgeTimes(valid.get(), site, live.horizon(site, arrival), arrival.now());
            case Scope.Period period ->
                cut(valid.get(), period.firstMillis(), period.endMillis())
                        .map(Verdict::accept)
                        .orElse(Verdict.PASSED_OVER);
        };
        return new Verdict(
                verdict.accepted().flatMap(Gate::withoutSentinels),
                verdict.rejection().or(() -> invalid));
    }

    private static boolean isKeyOf(DeviceId id, String key) {
        return key.length() == id.site().length() + 1 + id.device().length()
                && key.startsWith(id.site())
                && key.charAt(id.site().length()) == '/'
                && key.endsWith(id.device());
    }

    /**
     * The readings while the site model has the device, and shortly before and after: they say what it counted up to the
     * moment itself. Judged one by one, so that it doesn't matter in which pack they come.
     */
    private static Optional<Dispatch> whileValid(Dispatch pack, List<Device> entries) {
        Readings readings = of(pack);
        Samples valid = Samples.empty();
        Instant earliest = readings.earliest();
        Instant latest = readings.latest();
        for (Device entry : entries) {
            Instant from = entry.validFrom().minus(AROUND_VALIDITY);
            Instant to = entry.validTo().plus(AROUND_VALIDITY);
            if (!earliest.isBefore(from) && latest.isBefore(to)) {
                return Optional.of(pack);
            }
            valid = valid.plus(Samples.of(readings).between(from.toEpochMilli(), to.toEpochMilli()));
        }
        int size = valid.series().stream().mapToInt(Series::size).sum();
        return size == readings.size() ? Optional.of(pack) : with(pack, valid);
    }

    private static Optional<Dispatch> withoutSentinels(Dispatch pack) {
        return Sentinels.strip(of(pack)).map(pack::with);
    }

    private static Verdict judgeTimes(Dispatch pack, SiteModel site, Instant horizon, Instant now) {
        Readings readings = of(pack);
        Instant newest = now.plus(FUTURE_TOLERANCE);
        List<String> reasons = new ArrayList<>(2);
        Cause cause = Cause.LATE;
        if (readings.latest().isAfter(newest)) {
            cause = Cause.AHEAD;
            reasons.add("a reading is of " + readings.latest() + ", in the future of " + now);
        }
        if (readings.earliest().isBefore(horizon)) {
            reasons.add("readings of " + readings.earliest() + " came later than the late horizon of " + site.late());
        }
        return reasons.isEmpty()
                ? Verdict.accept(pack)
                : new Verdict(
                        cut(pack, horizon.toEpochMilli(), newest.toEpochMilli() + 1),
                        Optional.of(new Rejection(cause, String.join("; ", reasons))));
    }

    /** What is left of a pack of the samples with {@code from <= time < to}. */
    private static Optional<Dispatch> cut(Dispatch pack, long fromMillis, long toMillis) {
        return with(pack, Samples.of(of(pack)).between(fromMillis, toMillis));
    }

    private static Readings of(Dispatch pack) {
        return pack.readings().orElseThrow();
    }

    /** The pack with other samples; none without any. */
    private static Optional<Dispatch> with(Dispatch pack, Samples samples) {
        if (samples.isEmpty()) {
            return Optional.empty();
        }
        Readings rest = new Readings(pack.device(), of(pack).serial(), List.copyOf(samples.series()));
        return Optional.of(pack.with(rest));
    }
}

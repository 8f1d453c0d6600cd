package org.heliograph.streams.recording;

import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** A recorded device with all its samples, measured minute by minute by the engine's pure core. */
final class MeasuredDevice {
    private final DeviceHistory history;
    private final Samples all;
    private final Evidence evidence;
    private final List<Span> spans;

    private MeasuredDevice(DeviceHistory history, Samples all) {
        this.history = history;
        this.all = all;
        this.evidence = Evidence.of(all, history);
        this.spans = evidence.spans().apply(Point.ENERGY);
    }

    static MeasuredDevice of(String yaml, String device, Samples all) {
        try {
            return new MeasuredDevice(DeviceHistory.of(SiteFile.parse("site.yaml", yaml), device), all);
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What the register's irregular steps mean. */
    List<Span> spans() {
        return spans;
    }

    DeviceMinute minute(Instant start) {
        return minute(all, spans, start.toEpochMilli());
    }

    private DeviceMinute minute(Samples samples, List<Span> touching, long startMillis) {
        Samples context = samples.around(startMillis, startMillis + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
        Evidence near = new Evidence(_ -> touching, evidence.standstills());
        return DeviceMinute.of(history, history.at(startMillis).orElseThrow(), context, near, startMillis);
    }

    /** What a stretch of time says, added up from its minutes. */
    record Whole(long millijoules, long coveredMillis, Set<Flag> flags) {
        static final Whole NOTHING = new Whole(0, 0, Set.of());

        Whole {
            flags = Set.copyOf(flags);
        }

        Whole plus(Whole other) {
            Set<Flag> all = EnumSet.noneOf(Flag.class);
            all.addAll(flags);
            all.addAll(other.flags);
            return new Whole(Math.addExact(millijoules, other.millijoules), coveredMillis + other.coveredMillis, all);
        }
    }

    /** A local day. */
    Whole day(LocalDate date) {
        return between(
                date.atStartOfDay(history.zone()).toInstant(),
                date.plusDays(1).atStartOfDay(history.zone()).toInstant());
    }

    Whole between(Instant from, Instant to) {
        long start = from.toEpochMilli();
        long end = to.toEpochMilli();
        Samples samples = all.around(start, end, RegisterMeter.CONTEXT);
        List<Span> touching = spans.stream()
                .filter(span -> span.toMillis() > start && span.fromMillis() < end)
                .toList();
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        long millijoules = 0;
        long covered = 0;
        for (long minute = start; minute < end; minute += DeviceMinute.LENGTH_MILLIS) {
            DeviceMinute measured = minute(samples, touching, minute);
            millijoules = Math.addExact(millijoules, measured.netMillijoules().orElse(0));
            covered += measured.coveredMillis();
            flags.addAll(measured.flags());
        }
        return new Whole(millijoules, covered, flags);
    }
}

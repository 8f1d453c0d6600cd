package org.heliograph.streams.energy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * One register over one minute, together with the device's own power: the register is the truth; power, integrated,
 * fills what it doesn't cover, and is the cross-check.
 */
record RegisterMinute(
        DeviceHistory history, Device device, Point register, Samples context, long startMillis, long endMillis) {

    Metered measure(List<Span> spans) {
        RegisterMeter.Counted counted = counted(spans);
        Optional<PointSpec> powerSpec = DeviceHistory.power(device);
        if (powerSpec.isEmpty() || !(context.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return counted.energy();
        }
        if (counted.gaps().isEmpty()) {
            Metered integrated = integrated(power, powerSpec.get(), startMillis, endMillis);
            return crossChecked(counted.energy(), integrated);
        }
        Metered whole = counted.energy();
        for (Gaps.Gap gap : counted.gaps()) {
            whole = whole.plus(integrated(power, powerSpec.get(), gap.fromMillis(), gap.toMillis()));
        }
        return whole;
    }

    private RegisterMeter.Counted counted(List<Span> spans) {
        PointSpec spec = device.profile().points().get(register);
        Optional<RegisterTrack> track = spec == null ? Optional.empty() : RegisterTrack.of(context, register, history);
        if (track.isEmpty() || spec == null) {
            return new RegisterMeter.Counted(Metered.NOTHING, List.of(new Gaps.Gap(startMillis, endMillis)));
        }
        return RegisterMeter.measure(track.get(), spans, startMillis, endMillis, spec);
    }

    private Metered integrated(Series.Gauge power, PointSpec spec, long fromMillis, long toMillis) {
        return GaugeMeter.measure(
                power, fromMillis, toMillis, spec, DeviceHistory.maxWatts(device), Direction.of(register));
    }

    /** What to believe of a minute that the register covers. */
    private Metered crossChecked(Metered counted, Metered integrated) {
        boolean isPlain = counted.flags().isEmpty();
        if (!isPlain || integrated.coveredMillis() < endMillis - startMillis) {
            return counted;
        }
        long tolerance = history.stepRules(register, startMillis)
                .map(StepRules::toleranceMillijoules)
                .orElse(Long.MAX_VALUE);
        long difference = Math.abs(counted.millijoules() - integrated.millijoules());
        if (difference <= tolerance) {
            return counted;
        }
        if (counted.millijoules() == 0) {
            return integrated.with(Set.of(Flag.STUCK));
        }
        boolean isLarge = difference > Math.max(counted.millijoules(), integrated.millijoules()) / 2;
        return isLarge ? counted.with(Set.of(Flag.MISMATCH)) : counted;
    }
}

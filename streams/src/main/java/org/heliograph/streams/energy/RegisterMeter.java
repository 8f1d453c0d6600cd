package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * Energy of a window from a cumulative register. Between two readings power is uniform; at the window's boundaries the
 * register is interpolated, rounded to the millijoule, so that the parts of a segment add up exactly to it. Nothing is
 * extrapolated: the window is covered only between readings.
 */
public final class RegisterMeter {
    /** How many readings on each side of a window decide about its energy. */
    public static final int CONTEXT = 2;

    private RegisterMeter() {}

    /**
     * Measures a window.
     *
     * @param track the readings in the window and {@link #CONTEXT} on each side of it, where there are any
     * @param maxWatts more than this between two readings is not believed, beyond what one step of the register's
     *     resolution may hide
     */
    public static Metered measure(
            Series.Register track, long startMillis, long endMillis, PointSpec spec, double maxWatts) {
        long energy = 0;
        long covered = 0;
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (int i = 0; i + 1 < track.size(); i++) {
            long from = Math.max(track.timeMillis(i), startMillis);
            long to = Math.min(track.timeMillis(i + 1), endMillis);
            if (from >= to) {
                continue;
            }
            Optional<Flag> suspicion = suspicion(track, i, spec, maxWatts);
            if (suspicion.isPresent()) {
                flags.add(suspicion.get());
                continue;
            }
            energy += registerAt(track, i, to) - registerAt(track, i, from);
            covered += to - from;
            if (track.timeMillis(i + 1) - track.timeMillis(i) > spec.maxGap().toMillis()) {
                flags.add(Flag.INTERPOLATED);
            }
        }
        return new Metered(energy, covered, flags);
    }

    /** Why the segment from reading i to the next can't be counted. */
    private static Optional<Flag> suspicion(Series.Register track, int i, PointSpec spec, double maxWatts) {
        long step = track.millijoules(i + 1) - track.millijoules(i);
        if (step < 0) {
            boolean comesBack = i + 2 < track.size() && track.millijoules(i + 2) >= track.millijoules(i);
            return Optional.of(comesBack ? Flag.GLITCH : Flag.DROP);
        }
        boolean fromDip = i > 0 && track.millijoules(i - 1) > track.millijoules(i);
        if (fromDip && track.millijoules(i + 1) >= track.millijoules(i - 1)) {
            return Optional.of(Flag.GLITCH);
        }
        boolean fallsBack = i + 2 < track.size()
                && track.millijoules(i + 2) < track.millijoules(i + 1)
                && track.millijoules(i + 2) >= track.millijoules(i);
        if (fallsBack) {
            return Optional.of(Flag.GLITCH);
        }
        double plausible = maxWatts * (track.timeMillis(i + 1) - track.timeMillis(i)) + spec.resolutionMillijoules();
        return step > plausible ? Optional.of(Flag.SPIKE) : Optional.empty();
    }

    /** The register at a moment within segment i, interpolated. */
    private static long registerAt(Series.Register track, int i, long millis) {
        long since = millis - track.timeMillis(i);
        long length = track.timeMillis(i + 1) - track.timeMillis(i);
        return track.millijoules(i) + Proportion.of(track.millijoules(i + 1) - track.millijoules(i), since, length);
    }
}

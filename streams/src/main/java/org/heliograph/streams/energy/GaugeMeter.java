package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.Set;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * Energy of a window from a power gauge in watts: linear between two samples (trapezoid), or held where the point is
 * reported on change. A segment longer than the point's maxGap counts nothing and is a hole. One watt over one
 * millisecond is one millijoule.
 */
public final class GaugeMeter {
    private GaugeMeter() {}

    /**
     * Measures a window.
     *
     * @param track the samples in the window and one on each side of it, where there are any
     * @param maxWatts a segment with more than this at one of its ends is not believed: a hole
     */
    public static Metered measure(
            Series.Gauge track, long startMillis, long endMillis, PointSpec spec, double maxWatts) {
        long energy = 0;
        long covered = 0;
        boolean spike = false;
        for (int i = 0; i + 1 < track.size(); i++) {
            long from = Math.max(track.timeMillis(i), startMillis);
            long to = Math.min(track.timeMillis(i + 1), endMillis);
            boolean hole = track.timeMillis(i + 1) - track.timeMillis(i)
                    > spec.maxGap().toMillis();
            if (from >= to || hole) {
                continue;
            }
            if (Math.max(Math.abs(track.value(i)), Math.abs(track.value(i + 1))) > maxWatts) {
                spike = true;
                continue;
            }
            energy += energyUntil(track, i, to, spec.hold()) - energyUntil(track, i, from, spec.hold());
            covered += to - from;
        }
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (covered > 0) {
            flags.add(Flag.INTEGRATED);
        }
        if (spike) {
            flags.add(Flag.SPIKE);
        }
        return new Metered(energy, covered, flags);
    }

    /** Millijoules from the start of segment i to a moment within it, rounded on the cumulative function. */
    private static long energyUntil(Series.Gauge track, int i, long millis, boolean hold) {
        double since = millis - track.timeMillis(i);
        double length = track.timeMillis(i + 1) - track.timeMillis(i);
        double from = track.value(i);
        double slope = hold ? 0 : (track.value(i + 1) - from) / length;
        return Math.round(from * since + slope * since * since / 2);
    }
}

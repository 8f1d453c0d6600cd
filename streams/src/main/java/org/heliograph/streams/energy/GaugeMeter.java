package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * Energy of a window from a power gauge in watts, in one of the two directions in which it may flow: linear between two
 * samples (trapezoid), or held where the point is reported on change. What flows the other way counts nothing. A segment
 * longer than the point's maxGap counts nothing and is a hole. One watt over one millisecond is one millijoule.
 */
final class GaugeMeter {
    private GaugeMeter() {}

    /**
     * Measures a window.
     *
     * @param track the samples in the window and one on each side of it, where there are any
     * @param maxWatts a segment with more than this at one of its ends is not believed: a hole; of a held one at its start
     */
    static Metered measure(
            Series.Gauge track,
            long startMillis,
            long endMillis,
            PointSpec spec,
            double maxWatts,
            Direction direction) {
        long energy = 0;
        long covered = 0;
        boolean spike = false;
        for (int i = lastUntil(track, startMillis); i + 1 < track.size() && track.timeMillis(i) < endMillis; i++) {
            long from = Math.max(track.timeMillis(i), startMillis);
            long to = Math.min(track.timeMillis(i + 1), endMillis);
            if (from >= to
                    || track.timeMillis(i + 1) - track.timeMillis(i)
                            > spec.maxGap().toMillis()) {
                continue;
            }
            double watts = Math.abs(track.value(i));
            if ((spec.hold() ? watts : Math.max(watts, Math.abs(track.value(i + 1)))) > maxWatts) {
                spike = true;
                continue;
            }
            Segment segment = Segment.of(track, i, spec.hold(), direction);
            energy += segment.millijoulesUntil(to) - segment.millijoulesUntil(from);
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

    /** The last sample until a moment; the first of all where there is none. */
    private static int lastUntil(Series.Gauge track, long millis) {
        int from = 0;
        int to = track.size();
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            if (track.timeMillis(middle) <= millis) {
                from = middle;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** The last samples before gaps that touch a window: each lasts until the sample after. */
    static IntStream gaps(Series.Gauge track, long startMillis, long endMillis, PointSpec spec) {
        return IntStream.range(0, Math.max(0, track.size() - 1))
                .filter(i -> track.timeMillis(i) < endMillis && track.timeMillis(i + 1) > startMillis)
                .filter(i -> track.timeMillis(i + 1) - track.timeMillis(i)
                        > spec.maxGap().toMillis());
    }

    /** The last samples before power was lost in a window: for a gap, or for good. */
    static IntStream losses(Series.Gauge track, long startMillis, long endMillis, PointSpec spec) {
        int last = track.size() - 1;
        boolean isLost =
                last >= 0 && endMillis - track.timeMillis(last) > spec.maxGap().toMillis();
        return IntStream.concat(
                gaps(track, startMillis, endMillis, spec), isLost ? IntStream.of(last) : IntStream.empty());
    }

    /** Power between two samples: {@code watts} at the start, changing evenly. */
    private record Segment(long startMillis, double watts, double wattsPerMilli) {

        static Segment of(Series.Gauge track, int i, boolean hold, Direction direction) {
            double watts = direction.along(track.value(i));
            double next = direction.along(track.value(i + 1));
            double length = track.timeMillis(i + 1) - track.timeMillis(i);
            return new Segment(track.timeMillis(i), watts, hold ? 0 : (next - watts) / length);
        }

        /** Positive power from the start until a moment, rounded on the cumulative function. */
        long millijoulesUntil(long millis) {
            double since = millis - startMillis;
            double end = watts + wattsPerMilli * since;
            if (watts >= 0 && end >= 0) {
                return Math.round(watts * since + wattsPerMilli * since * since / 2);
            }
            if (watts <= 0 && end <= 0) {
                return 0;
            }
            double crossing = -watts / wattsPerMilli;
            return watts > 0 ? Math.round(watts * crossing / 2) : Math.round(end * (since - crossing) / 2);
        }
    }
}

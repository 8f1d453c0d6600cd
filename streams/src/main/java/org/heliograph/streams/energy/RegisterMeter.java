package org.heliograph.streams.energy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * Energy of a window from a cumulative register. Between two readings power is uniform; at the window's boundaries the
 * register is interpolated, rounded to the millijoule, so that the parts of a segment add up exactly to it. Nothing is
 * extrapolated: the window is covered only between readings. Where the register steps irregularly, {@link Spans} say
 * what it means.
 */
public final class RegisterMeter {
    /** How many readings on each side of a window decide about its energy, where nothing is irregular. */
    public static final int CONTEXT = 2;

    private RegisterMeter() {}

    /**
     * What a register says of a window.
     *
     * @param gaps what it says nothing of
     */
    record Counted(Metered energy, List<Gaps.Gap> gaps) {
        Counted {
            gaps = List.copyOf(gaps);
        }
    }

    /** In which gaps a register that shows the same after them as before is known to have stood still. */
    interface Rests {
        /** A register may be coarse, or frozen: equal readings alone say nothing of what flowed between them. */
        Rests NONE = (_, _) -> false;

        boolean include(long fromMillis, long toMillis);
    }

    /**
     * Measures a window.
     *
     * @param track the readings in the window and, where there are any, one on each side of it
     * @param spans of the register, in the order of time: those that touch the window, at least
     * @param rests of gaps between two readings that show the same: those in which nothing flowed for certain
     */
    static Counted measure(
            RegisterTrack track, List<Span> spans, long startMillis, long endMillis, PointSpec spec, Rests rests) {
        Tally tally = new Tally(startMillis, endMillis);
        int span = 0;
        for (int i = 0; i + 1 < track.size(); i++) {
            long from = track.timeMillis(i);
            long to = track.timeMillis(i + 1);
            while (span < spans.size() && spans.get(span).toMillis() <= from) {
                tally.add(spans.get(span++));
            }
            boolean isWithinSpan = span < spans.size() && spans.get(span).fromMillis() < to;
            if (!isWithinSpan && track.millijoules(i + 1) >= track.millijoules(i)) {
                boolean stoodStill = track.millijoules(i + 1) == track.millijoules(i);
                boolean isKnown = stoodStill && rests.include(from, to);
                tally.add(track, i, !isKnown && to - from > spec.maxGap().toMillis());
            }
        }
        while (span < spans.size()) {
            tally.add(spans.get(span++));
        }
        return tally.counted();
    }

    /** Adds up what lies in a window. */
    private static final class Tally {
        private final long startMillis;
        private final long endMillis;
        private final Gaps gaps;
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private long millijoules;

        Tally(long startMillis, long endMillis) {
            this.startMillis = startMillis;
            this.endMillis = endMillis;
            this.gaps = new Gaps(startMillis, endMillis);
        }

        void add(Span span) {
            long from = Math.max(span.fromMillis(), startMillis);
            long to = Math.min(span.toMillis(), endMillis);
            if (from >= to) {
                return;
            }
            flags.addAll(span.flags());
            if (span.isCovered()) {
                millijoules += span.millijoulesUntil(to) - span.millijoulesUntil(from);
                gaps.cover(from, to);
            }
        }

        void add(RegisterTrack track, int i, boolean isInterpolated) {
            long from = Math.max(track.timeMillis(i), startMillis);
            long to = Math.min(track.timeMillis(i + 1), endMillis);
            if (from >= to) {
                return;
            }
            millijoules += counted(track, i, to) - counted(track, i, from);
            gaps.cover(from, to);
            if (isInterpolated) {
                flags.add(Flag.INTERPOLATED);
            }
        }

        /** What the register has counted from reading i until a moment before the next. */
        private static long counted(RegisterTrack track, int i, long millis) {
            return Proportion.of(
                    track.millijoules(i + 1) - track.millijoules(i),
                    millis - track.timeMillis(i),
                    track.timeMillis(i + 1) - track.timeMillis(i));
        }

        Counted counted() {
            return new Counted(new Metered(millijoules, gaps.coveredMillis(), flags), gaps.open());
        }
    }
}

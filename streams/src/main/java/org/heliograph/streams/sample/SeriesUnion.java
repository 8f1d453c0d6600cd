package org.heliograph.streams.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.heliograph.telemetry.reading.Series;

/** All samples of two series of one point; of two for one instant the larger. */
public final class SeriesUnion {
    private SeriesUnion() {}

    /** Both in the order of the points. */
    static List<Series> of(List<Series> a, List<Series> b) {
        List<Series> union = new ArrayList<>(Math.max(a.size(), b.size()));
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            int order = a.get(i).point().compareTo(b.get(j).point());
            union.add(order < 0 ? a.get(i) : order > 0 ? b.get(j) : of(a.get(i), b.get(j)));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        union.addAll(a.subList(i, a.size()));
        union.addAll(b.subList(j, b.size()));
        return union;
    }

    /** All samples of both, oldest first. */
    static Series of(Series a, Series b) {
        int[] picks = new int[a.size() + b.size()];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            long difference = a.timeMillis(i) - b.timeMillis(j);
            if (difference < 0) {
                picks[size++] = i++;
            } else if (difference > 0) {
                picks[size++] = ~j++;
            } else {
                picks[size++] = compare(a, i, b, j) >= 0 ? i : ~j;
                i++;
                j++;
            }
        }
        while (i < a.size()) {
            picks[size++] = i++;
        }
        while (j < b.size()) {
            picks[size++] = ~j++;
        }
        return pick(a, b, Arrays.copyOf(picks, size));
    }

    private static int compare(Series a, int i, Series b, int j) {
        return switch (a) {
            case Series.Register register ->
                Long.compare(register.millijoules(i), ((Series.Register) b).millijoules(j));
            case Series.Gauge gauge -> Double.compare(gauge.value(i), ((Series.Gauge) b).value(j));
        };
    }

    /** The picked samples of a series. */
    public static Series pick(Series series, int[] picks) {
        return pick(series, series, picks);
    }

    /** The picked samples: of a where the pick is an index, of b where it is an index's complement. */
    private static Series pick(Series a, Series b, int[] picks) {
        long[] times = new long[picks.length];
        for (int k = 0; k < picks.length; k++) {
            times[k] = picks[k] >= 0 ? a.timeMillis(picks[k]) : b.timeMillis(~picks[k]);
        }
        return switch (a) {
            case Series.Register register -> {
                Series.Register other = (Series.Register) b;
                long[] millijoules = new long[picks.length];
                for (int k = 0; k < picks.length; k++) {
                    millijoules[k] = picks[k] >= 0 ? register.millijoules(picks[k]) : other.millijoules(~picks[k]);
                }
                yield new Series.Register(a.point(), times, millijoules);
            }
            case Series.Gauge gauge -> {
                Series.Gauge other = (Series.Gauge) b;
                double[] values = new double[picks.length];
                for (int k = 0; k < picks.length; k++) {
                    values[k] = picks[k] >= 0 ? gauge.value(picks[k]) : other.value(~picks[k]);
                }
                yield new Series.Gauge(a.point(), times, values);
            }
        };
    }
}

package org.heliograph.streams.sample;

import java.util.stream.IntStream;
import org.heliograph.telemetry.reading.Series;

/** Keeps the first of samples too close together. */
final class Thinning {
    static final long FINEST_MILLIS = 50;

    private Thinning() {}

    static boolean isThin(Series series) {
        for (int i = 1; i < series.size(); i++) {
            if (isNear(series.timeMillis(i - 1), series.timeMillis(i))) {
                return false;
            }
        }
        return true;
    }

    static Series of(Series series) {
        int[] firsts = IntStream.range(0, series.size())
                .filter(i -> i == 0 || !isNear(series.timeMillis(i - 1), series.timeMillis(i)))
                .toArray();
        return firsts.length == series.size() ? series : SeriesUnion.pick(series, firsts);
    }

    private static boolean isNear(long beforeMillis, long millis) {
        return millis - beforeMillis < FINEST_MILLIS && millis / FINEST_MILLIS == beforeMillis / FINEST_MILLIS;
    }
}

package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/** The samples of one gauge within one minute, in the point's unit. The mean is over samples, not over time. */
public record Statistics(Point point, double mean, double min, double max, double last, int count) {

    /** The statistics of every gauge among the samples, in the order of the points. */
    static List<Statistics> of(Samples minute) {
        List<Statistics> statistics = new ArrayList<>();
        for (Series series : minute.series()) {
            if (series instanceof Series.Gauge gauge) {
                statistics.add(of(gauge));
            }
        }
        return statistics;
    }

    private static Statistics of(Series.Gauge gauge) {
        double sum = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < gauge.size(); i++) {
            double value = gauge.value(i);
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return new Statistics(gauge.point(), sum / gauge.size(), min, max, gauge.value(gauge.size() - 1), gauge.size());
    }
}

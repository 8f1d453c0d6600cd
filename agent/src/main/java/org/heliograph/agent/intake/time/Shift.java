package org.heliograph.agent.intake.time;

import java.util.ArrayList;
import java.util.List;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/** Readings, all of them earlier or later by as much. */
public final class Shift {
    private Shift() {}

    /** @throws IllegalArgumentException if that leaves the times that a sample can have */
    public static Readings by(Readings readings, long millis) {
        List<Series> shifted = new ArrayList<>(readings.series().size());
        for (Series series : readings.series()) {
            long[] times = new long[series.size()];
            for (int i = 0; i < times.length; i++) {
                times[i] = series.timeMillis(i) + millis;
            }
            shifted.add(
                    switch (series) {
                        case Series.Register register -> {
                            long[] values = new long[times.length];
                            for (int i = 0; i < values.length; i++) {
                                values[i] = register.millijoules(i);
                            }
                            yield new Series.Register(series.point(), times, values);
                        }
                        case Series.Gauge gauge -> {
                            double[] values = new double[times.length];
                            for (int i = 0; i < values.length; i++) {
                                values[i] = gauge.value(i);
                            }
                            yield new Series.Gauge(series.point(), times, values);
                        }
                    });
        }
        return new Readings(readings.device(), readings.serial(), shifted);
    }
}

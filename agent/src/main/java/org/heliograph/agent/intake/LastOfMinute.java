package org.heliograph.agent.intake;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;

/** Which of a pack's samples are the last of their minute: what thinning out leaves, of registers and gauges alike. */
final class LastOfMinute {
    private static final long MINUTE_MILLIS = 60_000;

    private LastOfMinute() {}

    /** A point's minute. */
    record Slot(Point point, long minute) {}

    /** The latest instant of each point and minute. */
    static Map<Slot, Long> of(Readings readings) {
        Map<Slot, Long> latest = new HashMap<>();
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                latest.merge(slot(series, i), series.timeMillis(i), Math::max);
            }
        }
        return latest;
    }

    /** Only the samples that are the latest of their slot, by a map that may know of others; empty if none is. */
    static Optional<Readings> kept(Readings readings, Map<Slot, Long> latest) {
        Sampling sampling = new Sampling();
        int kept = 0;
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                if (series.timeMillis(i) < latest.getOrDefault(slot(series, i), Long.MIN_VALUE)) {
                    continue;
                }
                kept++;
                switch (series) {
                    case Series.Register register ->
                        sampling.register(series.point(), series.timeMillis(i), register.millijoules(i));
                    case Series.Gauge gauge -> sampling.gauge(series.point(), series.timeMillis(i), gauge.value(i));
                }
            }
        }
        if (kept == readings.size()) {
            return Optional.of(readings);
        }
        return kept == 0
                ? Optional.empty()
                : Optional.of(new Readings(readings.device(), readings.serial(), sampling.series()));
    }

    private static Slot slot(Series series, int i) {
        return new Slot(series.point(), series.timeMillis(i) / MINUTE_MILLIS);
    }
}

package org.heliograph.agent.intake;

import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;

/**
 * Which of a pack's samples are the last of their minute: what thinning out leaves, of registers and gauges alike. Of states
 * it leaves each change, too: a leak that came and went within a minute is more than that all is well.
 */
final class LastOfMinute {
    private static final long MINUTE_MILLIS = 60_000;

    private static final Set<Point> STATES =
            EnumSet.of(Point.LEAK, Point.DOOR, Point.BREAKER, Point.STATE, Point.EVENTS);

    private LastOfMinute() {}

    /** A point's minute. */
    record Slot(Point point, long minute) {}

    /** Whether the sample of a slot that has this time is the latest of it, as far as is known. */
    interface Latest {
        boolean is(Slot slot, long millis);
    }

    static long minute(Instant time) {
        return time.toEpochMilli() / MINUTE_MILLIS;
    }

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

    /** What its states are at the end of a pack. */
    static Map<Point, Double> states(Readings readings) {
        Map<Point, Double> states = new EnumMap<>(Point.class);
        for (Series series : readings.series()) {
            if (series instanceof Series.Gauge gauge && STATES.contains(series.point())) {
                states.put(series.point(), gauge.value(gauge.size() - 1));
            }
        }
        return states;
    }

    /** Whether it is another than the one before it, or nobody knows which that was. */
    private static boolean isChange(Series series, int i, Map<Point, Double> before) {
        if (!(series instanceof Series.Gauge gauge) || !STATES.contains(series.point())) {
            return false;
        }
        Double earlier = i > 0 ? Double.valueOf(gauge.value(i - 1)) : before.get(series.point());
        return earlier == null || earlier != gauge.value(i);
    }

    /**
     * Only the samples that are the latest of their slot, and changes of states; empty if there is none.
     *
     * @param before the states at the end of the pack before it
     */
    static Optional<Readings> kept(Readings readings, Latest latest, Map<Point, Double> before) {
        Sampling sampling = new Sampling();
        int kept = 0;
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                if (!latest.is(slot(series, i), series.timeMillis(i)) && !isChange(series, i, before)) {
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

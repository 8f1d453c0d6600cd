package org.heliograph.streams.factor;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * One point of an intensity series.
 *
 * @param period how long it counts, from its time on
 * @param updated when the feed stated it: the newest statement of a point counts
 * @param estimated the feed's own word: not measured
 */
public record IntensityPoint(
        Instant time, Duration period, Instant updated, boolean estimated, long microgramsPerKilowattHour) {
    /** How long a point is held after its period, when no other follows; then the intensity is unknown. */
    public static final Duration LONGEST_HOLD = Duration.ofHours(2);

    /** How far a point reaches. */
    public static final Duration LONGEST_REACH = Feed.LONGEST_PERIOD.plus(LONGEST_HOLD);

    /** What a held point, an estimated and a measured one have in place of a version. */
    static final String HELD = "held";

    static final String ESTIMATED = "estimated";
    static final String MEASURED = "measured";

    /** A whole order, so that the newest of several statements is the same whatever the order in which they came. */
    private static final Comparator<IntensityPoint> BY_STATEMENT = Comparator.comparing(IntensityPoint::updated)
            .thenComparing(point -> !point.estimated())
            .thenComparing(IntensityPoint::microgramsPerKilowattHour)
            .thenComparing(IntensityPoint::period);

    public boolean replaces(IntensityPoint other) {
        return BY_STATEMENT.compare(this, other) > 0;
    }

    /** The first moment that it no longer reaches. */
    public Instant reach() {
        return time.plus(period).plus(LONGEST_HOLD);
    }

    /** The point as the factor of a moment that has no later point: empty where it doesn't reach. */
    public Optional<EmissionFactor> asOf(String series, Instant moment) {
        if (moment.isBefore(time) || !moment.isBefore(reach())) {
            return Optional.empty();
        }
        Instant end = time.plus(period);
        boolean held = !moment.isBefore(end);
        String quality = held ? HELD : estimated ? ESTIMATED : MEASURED;
        String source = Feed.of(series).map(Feed::source).orElse(series);
        return Optional.of(new EmissionFactor(series, quality, source, microgramsPerKilowattHour, time, reach()));
    }
}

package org.heliograph.telemetry.wire;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;

/**
 * What will never come of a device, as the agent knows: either packs that were numbered and are gone, by their numbers, or
 * a mere count of what never got one, or readings that were taken out of packs that still come.
 *
 * @param reason a token, one of the constants here or one of a newer agent's
 * @param boot the start that numbered them; 0 where nothing was numbered
 * @param ranges ascending and apart
 * @param packs that are gone, whole
 * @param readings that are gone; 0 where it isn't known
 * @param from the earliest reading among them, where it is known
 * @param to the latest
 */
public record Loss(
        String reason,
        long boot,
        List<SequenceRange> ranges,
        long packs,
        long readings,
        Optional<Instant> from,
        Optional<Instant> to) {

    /** The journal had no room, and the sender doesn't send again. Never numbered. */
    public static final String TURNED_AWAY = "turned-away";
    /** The device handed in more than it may. Never numbered. */
    public static final String OVER_LIMIT = "over-limit";
    /** The journal was full: the oldest gave way, as configured. */
    public static final String DROPPED_OLDEST = "dropped-oldest";
    /** The journal was full: of each minute the last reading stayed, as configured. */
    public static final String THINNED = "thinned";
    /** The disk lost it: a journal that was damaged and couldn't be read whole. */
    public static final String JOURNAL_DAMAGED = "journal-damaged";
    /** It waited for the agent's clock to be set, and the machine went down before that. */
    public static final String NEVER_STAMPED = "never-stamped";
    /** Its device's own time turned out to be of the future once the agent's clock was set; it became a dead letter. */
    public static final String OF_THE_FUTURE = "of-the-future";
    /** Kafka will never take it; it became a dead letter. */
    public static final String REFUSED_BY_KAFKA = "refused-by-kafka";

    public Loss {
        ranges = List.copyOf(ranges);
        if (reason.isEmpty()) {
            throw new IllegalArgumentException("a loss without a reason");
        }
        if (packs < 0 || readings < 0) {
            throw new IllegalArgumentException("a loss of " + packs + " packs and " + readings + " readings");
        }
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).first() - 1 <= ranges.get(i - 1).last()) {
                throw new IllegalArgumentException(
                        "ranges of numbers are not ascending and apart: " + ranges.get(i - 1) + ", " + ranges.get(i));
            }
        }
        if (!ranges.isEmpty() && numbered(ranges) != packs) {
            throw new IllegalArgumentException("a loss of " + packs + " packs has " + numbered(ranges) + " numbers");
        }
        from = from.map(Loss::time);
        to = to.map(Loss::time);
    }

    /** The loss of a whole pack; what it told of other losses is for whoever gives it up to tell. */
    public static Loss of(Dispatch pack, String reason) {
        Origin origin = pack.origin();
        return new Loss(
                reason,
                origin.boot(),
                List.of(new SequenceRange(origin.sequence(), origin.sequence())),
                1,
                pack.readings().map(Readings::size).orElse(0),
                Optional.empty(),
                Optional.empty());
    }

    private static Instant time(Instant time) {
        Series.requireTime(time.toEpochMilli());
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private static long numbered(List<SequenceRange> ranges) {
        long sum = 0;
        for (SequenceRange range : ranges) {
            sum += range.size();
            if (sum < 0) {
                throw new IllegalArgumentException("more numbers than can be counted");
            }
        }
        return sum;
    }
}

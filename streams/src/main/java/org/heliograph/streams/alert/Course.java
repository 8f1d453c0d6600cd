package org.heliograph.streams.alert;

import java.time.Duration;
import org.heliograph.streams.alert.AlertRule.Standing;

/**
 * Where a subject is under a rule. Takes observations in the order of their time; what is not newer than the last one
 * changes nothing, so repetitions don't either. What lasts has been observed all the while: two moments with a night between
 * them say nothing of the night.
 */
sealed interface Course {
    /** Twice the slowest that anything is figured out, a quarter of an hour. */
    long LONGEST_GAP_MILLIS = Duration.ofMinutes(30).toMillis();

    /** When it was last observed. */
    long observedMillis();

    /** Nothing to be told. */
    record Quiet(long observedMillis) implements Course {}

    /** Beyond a limit, but not yet for long enough. */
    record Pending(long sinceMillis, long observedMillis) implements Course {}

    /** People have been told. */
    record Raised(long observedMillis) implements Course {}

    /** Back within the limits, but not yet for long enough. */
    record Clearing(long sinceMillis, long observedMillis) implements Course {}

    default boolean isRaised() {
        return switch (this) {
            case Quiet _, Pending _ -> false;
            case Raised _, Clearing _ -> true;
        };
    }

    /**
     * After an observation.
     *
     * @param patienceMillis how long nothing may be observed of the subject though all is well
     */
    default Course after(Standing standing, long timeMillis, long patienceMillis, AlertRule rule) {
        if (timeMillis <= observedMillis()) {
            return this;
        }
        long hold = rule.hold().toMillis();
        long calm = rule.calm().toMillis();
        boolean isGap = timeMillis - observedMillis() > Math.max(LONGEST_GAP_MILLIS, patienceMillis);
        return switch (this) {
            case Quiet _ -> standing == Standing.BEYOND ? pending(timeMillis, timeMillis, hold) : new Quiet(timeMillis);
            case Pending pending ->
                standing == Standing.BEYOND
                        ? pending(isGap ? timeMillis : pending.sinceMillis, timeMillis, hold)
                        : new Quiet(timeMillis);
            case Raised _ ->
                standing == Standing.WITHIN ? clearing(timeMillis, timeMillis, calm) : new Raised(timeMillis);
            case Clearing clearing ->
                standing == Standing.WITHIN
                        ? clearing(isGap ? timeMillis : clearing.sinceMillis, timeMillis, calm)
                        : new Raised(timeMillis);
        };
    }

    /** The clock of what is observed was set back: what follows is newer than all that was. */
    default Course turnedBack(long timeMillis) {
        if (observedMillis() < timeMillis) {
            return this;
        }
        return isRaised() ? new Raised(timeMillis - 1) : new Quiet(timeMillis - 1);
    }

    private static Course pending(long sinceMillis, long timeMillis, long holdMillis) {
        return timeMillis - sinceMillis >= holdMillis ? new Raised(timeMillis) : new Pending(sinceMillis, timeMillis);
    }

    private static Course clearing(long sinceMillis, long timeMillis, long calmMillis) {
        return timeMillis - sinceMillis >= calmMillis ? new Quiet(timeMillis) : new Clearing(sinceMillis, timeMillis);
    }
}

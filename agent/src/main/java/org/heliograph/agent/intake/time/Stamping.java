package org.heliograph.agent.intake.time;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.journal.Entry;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;

/**
 * Which times readings get when they are taken: the device's own where they can be, else that of their arrival. By the moment
 * at which they came, however long they have waited for room since, and whatever the clock was set to meanwhile.
 *
 * @param deviceTimeFrom a device that says an earlier time has a clock that isn't set
 */
public record Stamping(Instant deviceTimeFrom) {
    /** What becomes of them. */
    public sealed interface Stamped {
        /**
         * They are kept so.
         *
         * @param unbelieved why the device's own times can't be, where they gave way to that of the arrival
         */
        record Kept(
                Entry.Kind kind,
                Readings readings,
                ClockQuality quality,
                Map<String, String> headers,
                Optional<String> unbelieved)
                implements Stamped {}

        /** Nobody knows a time for them. */
        record Refused(String reason) implements Stamped {}
    }

    /**
     * The moment at which they came.
     *
     * @param saidMillis what the clock said, right or wrong
     * @param upMillis what the machine's own count said, which nobody sets
     * @param live whether they came from the device then; what something had kept on their way has only its own time
     */
    public record Came(long saidMillis, long upMillis, boolean live) {
        /** What the clock of a later look would have said. */
        private long wallMillis(AgentClock.Look later) {
            return later.wallMillis() - (later.upMillis() - upMillis);
        }
    }

    /**
     * Decides.
     *
     * @param stamp whose times they have; those of {@link Stamp#ARRIVAL} count from what the clock said as they came
     * @param now the clock as it is now
     * @throws IllegalArgumentException if that leaves the times that a sample can have
     */
    public Stamped of(Readings readings, Stamp stamp, Came came, AgentClock.Look now) {
        Optional<String> fault = fault(readings, stamp, came, now);
        if (fault.isEmpty()) {
            return switch (stamp) {
                case DEVICE -> kept(readings, ClockQuality.DEVICE, unjudged(readings, came, now));
                case ARRIVAL -> arrived(readings, came, now, Optional.empty());
                case MIXED -> mixed(readings, now);
            };
        }
        if (!came.live) {
            return new Stamped.Refused(fault.get() + ", and since when it was kept on its way nobody knows");
        }
        if (stamp == Stamp.MIXED) {
            return new Stamped.Refused(fault.get() + ", and some of its times are the device's, some the agent's");
        }
        long late = came.saidMillis - readings.latest().toEpochMilli();
        return arrived(Shift.by(readings, late), came, now, fault);
    }

    private Optional<String> fault(Readings readings, Stamp stamp, Came came, AgentClock.Look now) {
        if (stamp == Stamp.DEVICE && readings.latest().isBefore(deviceTimeFrom)) {
            return Optional.of("a reading of " + readings.latest() + " is of a clock that isn't set");
        }
        if (stamp == Stamp.ARRIVAL) {
            // it counts from now: that it looks ahead is no question of any clock
            return Plausibility.fault(readings, came.saidMillis, true);
        }
        return now.standing() instanceof Standing.Believed believed
                ? Plausibility.fault(readings, came.wallMillis(now), believed.synchronised())
                : Optional.empty();
    }

    /** What seems to be of the future waits for a clock that can judge it. What isn't even by a doubted one goes at once. */
    private static Map<String, String> unjudged(Readings readings, Came came, AgentClock.Look now) {
        return now.standing() instanceof Standing.Held
                        && Plausibility.fault(readings, came.wallMillis(now), true)
                                .isPresent()
                ? came.live ? Restamping.toJudge(now.start(), came.upMillis) : Restamping.TO_JUDGE
                : Map.of();
    }

    private static Stamped arrived(Readings readings, Came came, AgentClock.Look now, Optional<String> unbelieved) {
        return switch (now.standing()) {
            case Standing.Held _ ->
                new Stamped.Kept(
                        Entry.Kind.HELD,
                        Shift.by(readings, Restamping.ORIGIN_MILLIS + came.upMillis - came.saidMillis),
                        ClockQuality.UNKNOWN,
                        Map.of(Restamping.START, now.start()),
                        unbelieved);
            case Standing.Believed believed -> {
                long setByMillis = came.wallMillis(now) - came.saidMillis;
                yield new Stamped.Kept(
                        Entry.Kind.READINGS,
                        Math.abs(setByMillis) > Standing.STEP_MILLIS ? Shift.by(readings, setByMillis) : readings,
                        believed.synchronised() ? ClockQuality.ARRIVAL : ClockQuality.UNSYNCHRONISED,
                        Map.of(),
                        unbelieved);
            }
        };
    }

    private static Stamped mixed(Readings readings, AgentClock.Look now) {
        return switch (now.standing()) {
            case Standing.Held held ->
                new Stamped.Refused("some of its times are the device's, some the agent's, and " + held.reason());
            case Standing.Believed believed ->
                kept(readings, believed.synchronised() ? ClockQuality.ARRIVAL : ClockQuality.UNSYNCHRONISED, Map.of());
        };
    }

    private static Stamped kept(Readings readings, ClockQuality quality, Map<String, String> headers) {
        return new Stamped.Kept(Entry.Kind.READINGS, readings, quality, headers, Optional.empty());
    }
}

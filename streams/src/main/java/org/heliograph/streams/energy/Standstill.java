package org.heliograph.streams.energy;

import java.util.Optional;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * A standstill of a register, the step that ends it, and what the device's power says of both.
 *
 * @param step the reading that ends it
 */
record Standstill(
        RegisterTrack track, int step, StepRules rules, Series.Gauge power, PointSpec powerSpec, Direction direction) {

    /** The one that a reading ends; empty where the device has no power to compare it with. */
    static Optional<Standstill> before(
            Samples samples, Point register, DeviceHistory history, RegisterTrack track, int step, StepRules rules) {
        Optional<Device> device = history.at(track.timeMillis(step));
        if (!(samples.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return Optional.empty();
        }
        return device.flatMap(DeviceHistory::power)
                .map(spec -> new Standstill(track, step, rules, power, spec, Direction.of(register)));
    }

    private long firstMillis() {
        return track.timeMillis(track.standstill(step - 1));
    }

    private long lastMillis() {
        return track.timeMillis(step - 1);
    }

    private Metered flowed(long fromMillis, long toMillis) {
        return GaugeMeter.measure(power, fromMillis, toMillis, powerSpec, rules.maxWatts(), direction);
    }

    /** What has flowed in it, if the register was stuck by that; else 0. */
    long heldBackMillijoules() {
        Metered held = flowed(firstMillis(), lastMillis());
        boolean wasStuck = isStuckByHour() || isStuckEachMinute((double) held.millijoules(), held.coveredMillis());
        return wasStuck ? held.millijoules() : 0;
    }

    /**
     * Whether the step shows what the standstill held back, by the device's own power. It does where it is more than twice
     * what flowed since the last reading; or where it is more than half of what flowed since the standstill began: a display
     * that is refreshed seldom, or a register that counts in steps which nobody has declared, since none ever holds back as
     * much as one of those; or, where power wasn't read since the last reading, where it is more than half of what was held
     * back before. It is at most twice what has flowed by then, and what the rating allows in times that power wasn't read,
     * if the register was stuck in those where it was.
     */
    boolean isCaughtUp() {
        long from = firstMillis();
        long last = lastMillis();
        long to = track.timeMillis(step);
        Metered lately = flowed(last, to);
        Metered whole = flowed(from, to);
        long unreadMillis = to - from - whole.coveredMillis();
        double heldBack = whole.millijoules() - lately.millijoules();
        boolean isStuckByHour = isStuckByHour();
        boolean wasStuck = isStuckByHour || isStuckEachMinute(heldBack, whole.coveredMillis() - lately.coveredMillis());
        long counted = track.millijoules(step) - track.millijoules(step - 1);
        // where the register may be right whatever it stood still, it is: else what was held back would count besides
        boolean isBelieved = isStuckByHour && rules.isPlausible(track.reading(step - 1), track.reading(step));
        if (lately.coveredMillis() < to - last) { // what flowed lately isn't known: what was held back tells
            return wasStuck
                    && counted > heldBack / 2
                    && (counted <= whole.millijoules() + rules.maxWatts() * unreadMillis || isBelieved);
        }
        boolean isFarMoreThanLately = counted > 2 * lately.millijoules() + rules.toleranceMillijoules();
        boolean isKnown = track.standstill(step - 1) > 0 && unreadMillis == 0; // since when, and all that flowed
        boolean isRefresh = (isStuckByHour || (wasStuck && isKnown)) && counted > whole.millijoules() / 2;
        double most = 2.0 * whole.millijoules() + (wasStuck ? rules.maxWatts() * unreadMillis : 0);
        return (isFarMoreThanLately || isRefresh) && (counted <= most || isBelieved);
    }

    private boolean isStuckEachMinute(double millijoules, long coveredMillis) {
        return millijoules * DeviceMinute.LENGTH_MILLIS > (double) rules.differenceMillijoules() * coveredMillis;
    }

    /** Whether so much flowed in one of its hours that the register may have been taken for stuck in it. */
    private boolean isStuckByHour() {
        long end = lastMillis();
        for (long hour = StandstillHour.startOf(firstMillis()); hour < end; hour += StandstillHour.LENGTH_MILLIS) {
            long from = Math.max(firstMillis(), hour);
            long to = Math.min(end, hour + StandstillHour.LENGTH_MILLIS);
            if (StandstillHour.isTooMuch(flowed(from, to).millijoules(), rules)) {
                return true;
            }
        }
        return false;
    }
}

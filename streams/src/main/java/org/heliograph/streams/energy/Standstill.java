package org.heliograph.streams.energy;

import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
        RegisterTrack track,
        int step,
        StepRules rules,
        Series.Gauge power,
        PointSpec powerSpec,
        Direction direction,
        DeviceHistory history) {

    /** The one that a reading ends; empty where the device has no power to compare it with. */
    static Optional<Standstill> before(
            Samples samples, Point register, DeviceHistory history, RegisterTrack track, int step, StepRules rules) {
        Optional<Device> device = history.at(track.timeMillis(step));
        if (!(samples.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return Optional.empty();
        }
        return device.flatMap(DeviceHistory::power)
                .map(spec -> new Standstill(track, step, rules, power, spec, Direction.of(register), history));
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

    /** What has flowed in it; 0 if the device was at rest. */
    long heldBackMillijoules() {
        return hours().anyMatch(StandstillHour::hasFlow)
                ? flowed(firstMillis(), lastMillis()).millijoules()
                : 0;
    }

    /**
     * Whether the step shows what the standstill held back, by the device's own power: that of a register that was taken for
     * stuck, be it before a glitch, or a step that the rating doesn't allow otherwise; any other counts once, whatever it
     * shows. It does where it is more than twice what flowed since the last reading, or more than half of what flowed since
     * the standstill began; or, where power wasn't read since the last reading, where it is more than half of what was held
     * back before. It is at most twice what has flowed by then, and what the rating allows in times that power wasn't read.
     */
    boolean isCaughtUp() {
        boolean wasStuck = wasStuck();
        boolean isPlausible = rules.isPlausible(track.reading(step - 1), track.reading(step));
        if (isPlausible && !wasStuck && !goesOn()) {
            return false;
        }
        long last = lastMillis();
        long to = track.timeMillis(step);
        Metered lately = flowed(last, to);
        Metered whole = flowed(firstMillis(), to);
        long unreadMillis = to - firstMillis() - whole.coveredMillis();
        double unread = wasStuck ? rules.maxWatts() * unreadMillis : 0;
        long counted = track.millijoules(step) - track.millijoules(step - 1);
        // where the register may be right whatever it stood still, it is: else what was held back would count besides
        if (lately.coveredMillis() < to - last) { // what flowed lately isn't known: what was held back tells
            double heldBack = whole.millijoules() - lately.millijoules();
            return counted > heldBack / 2 && (counted <= whole.millijoules() + unread || isPlausible);
        }
        boolean isFarMoreThanLately = counted > 2 * lately.millijoules() + rules.toleranceMillijoules();
        boolean isRefresh = counted > whole.millijoules() / 2;
        return (isFarMoreThanLately || isRefresh) && (counted <= 2.0 * whole.millijoules() + unread || isPlausible);
    }

    /** Whether the register was taken for stuck in any minute of it: else it has counted nothing that isn't in its step. */
    private boolean wasStuck() {
        return hours().anyMatch(hour -> hour.isEverStuck(rules));
    }

    /** Whether it goes on from one that a single lower reading has interrupted, as a gateway shows that reboots. */
    private boolean goesOn() {
        int first = track.standstill(step - 1);
        return first > 1
                && track.isOfOneUnit(first)
                && track.isOfOneUnit(first - 1)
                && track.millijoules(first - 1) < track.millijoules(first)
                && track.millijoules(first - 2) == track.millijoules(first);
    }

    private Stream<StandstillHour> hours() {
        long first = firstMillis();
        long last = lastMillis();
        return LongStream.iterate(
                        StandstillHour.startOf(first), hour -> hour < last, hour -> hour + StandstillHour.LENGTH_MILLIS)
                .mapToObj(hour -> hour(hour, first, last));
    }

    private StandstillHour hour(long startMillis, long firstMillis, long lastMillis) {
        long[] millijoules = new long[(int) (StandstillHour.LENGTH_MILLIS / DeviceMinute.LENGTH_MILLIS)];
        for (int i = 0; i < millijoules.length; i++) {
            long from = startMillis + i * DeviceMinute.LENGTH_MILLIS;
            long to = from + DeviceMinute.LENGTH_MILLIS;
            if (from >= firstMillis && to <= lastMillis) {
                double startingWatts =
                        history.at(from).map(DeviceHistory::startingWatts).orElse(0.0); // as the minute itself asks
                millijoules[i] = StandstillHour.heldBackMillijoules(flowed(from, to), startingWatts);
            }
        }
        return StandstillHour.of(millijoules);
    }
}

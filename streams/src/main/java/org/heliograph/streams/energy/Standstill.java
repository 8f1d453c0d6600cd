package org.heliograph.streams.energy;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/** A standstill of a register, the step that ends it, and what the device's power says of both. */
final class Standstill {
    private final RegisterTrack track;
    private final int step;
    private final StepRules rules;
    private final Series.Gauge power;
    private final PointSpec powerSpec;
    private final Direction direction;
    private final long firstMillis;
    private final long lastMillis;
    private final SortedMap<Long, StandstillHour> hours = new TreeMap<>();
    private final long sinceMillis;

    private Standstill(
            RegisterTrack track,
            int step,
            StepRules rules,
            Series.Gauge power,
            PointSpec powerSpec,
            Direction direction,
            DeviceHistory history) {
        this.track = track;
        this.step = step;
        this.rules = rules;
        this.power = power;
        this.powerSpec = powerSpec;
        this.direction = direction;
        this.firstMillis = track.timeMillis(track.standstill(step - 1));
        this.lastMillis = track.timeMillis(step - 1);
        for (long start = StandstillHour.startOf(firstMillis);
                start < lastMillis;
                start += StandstillHour.LENGTH_MILLIS) {
            hours.put(start, hour(start, history));
        }
        this.sinceMillis = Math.max(firstMillis, firstMinuteMillis() - DeviceMinute.LENGTH_MILLIS);
    }

    /**
     * The one that a reading ends; empty where the device has no power to compare it with.
     *
     * @param step the reading that ends it
     */
    static Optional<Standstill> before(
            Samples samples, Point register, DeviceHistory history, RegisterTrack track, int step, StepRules rules) {
        Optional<Device> device = history.at(track.timeMillis(step));
        if (!(samples.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return Optional.empty();
        }
        return device.flatMap(DeviceHistory::power)
                .map(spec -> new Standstill(track, step, rules, power, spec, Direction.of(register), history));
    }

    /** The first whole minute that wasn't a rest, as far as anybody knows; the last one, not whole, if all were. */
    private long firstMinuteMillis() {
        return hours.entrySet().stream()
                .filter(hour -> !hour.getValue().isEmpty())
                .findFirst()
                .map(hour -> hour.getKey() + hour.getValue().firstMinute() * DeviceMinute.LENGTH_MILLIS)
                .orElse(DeviceMinute.startOf(lastMillis));
    }

    /**
     * Since when the register may have counted what the step shows: since the last reading of a rest; or since the first one,
     * where the rating doesn't allow the step otherwise.
     */
    RegisterReading since() {
        int first = track.standstill(step - 1);
        int rested = first;
        while (rested + 1 < step && track.timeMillis(rested + 1) <= sinceMillis) {
            rested++;
        }
        boolean isPlausible = rules.isPlausible(track.reading(rested), track.reading(step));
        return track.reading(isPlausible ? rested : first);
    }

    private Metered flowed(long fromMillis, long toMillis) {
        return GaugeMeter.measure(power, fromMillis, toMillis, powerSpec, rules.maxWatts(), direction);
    }

    /** What has flowed in it; 0 if the device was at rest. */
    long heldBackMillijoules() {
        return hours.values().stream().anyMatch(StandstillHour::hasFlow)
                ? flowed(sinceMillis, lastMillis).millijoules()
                : 0;
    }

    /**
     * Whether the step shows what the standstill held back, by the device's own power: that of a register that was taken for
     * stuck, or a step that the rating doesn't allow otherwise; any other counts once, whatever it shows. It does where it
     * is more than twice what flowed since the last reading, or more than half of what flowed since the standstill began; or,
     * where power wasn't read since the last reading, where it is more than half of what was held back before. It is at most
     * twice what has flowed by then, and what the rating allows in times that power wasn't read. After what may have been a
     * glitch a step of the first kind may show what was held back before that: {@link Spans} know.
     */
    boolean isCaughtUp() {
        boolean wasStuck = wasStuck();
        boolean isPlausible = rules.isPlausible(track.reading(step - 1), track.reading(step));
        long counted = track.millijoules(step) - track.millijoules(step - 1);
        long to = track.timeMillis(step);
        Metered lately = flowed(lastMillis, to);
        boolean isFarMoreThanLately = counted > 2 * lately.millijoules() + rules.toleranceMillijoules();
        if (isPlausible && !wasStuck) {
            return track.hasReturned(step - 1) && isFarMoreThanLately;
        }
        Metered whole = flowed(sinceMillis, to);
        long unreadMillis = to - sinceMillis - whole.coveredMillis();
        double unread = wasStuck ? rules.maxWatts() * unreadMillis : 0;
        // where the register may be right whatever it stood still, it is: else what was held back would count besides
        if (lately.coveredMillis() < to - lastMillis) { // what flowed lately isn't known: what was held back tells
            double heldBack = whole.millijoules() - lately.millijoules();
            return counted > heldBack / 2 && (counted <= whole.millijoules() + unread || isPlausible);
        }
        boolean isRefresh = counted > whole.millijoules() / 2;
        return (isFarMoreThanLately || isRefresh) && (counted <= 2.0 * whole.millijoules() + unread || isPlausible);
    }

    /** Whether the register was taken for stuck in any minute of it: else it has counted nothing that isn't in its step. */
    private boolean wasStuck() {
        return new StandstillHours(start -> hours.getOrDefault(start, StandstillHour.NONE))
                .isEverStuck(firstMillis, lastMillis, rules);
    }

    private StandstillHour hour(long startMillis, DeviceHistory history) {
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

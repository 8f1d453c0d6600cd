package org.heliograph.streams.energy;

import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;

/**
 * How a register stood still, hour by hour. What is said of a minute depends on stretches of an hour at most that it is part
 * of, wherever they begin: a full hour parts no standstill, and no minute decides about one that is an hour away, so that no
 * order of arrival matters, nor what has been forgotten since.
 *
 * @param beginning the hour that begins at a moment
 */
public record StandstillHours(LongFunction<StandstillHour> beginning) {
    public static final StandstillHours NONE = new StandstillHours(_ -> StandstillHour.NONE);

    /** From the first minute that a minute says something of, to itself. */
    private static final int REACH_MINUTES = StandstillHour.MINUTES - 1;

    /** From the first moment that a minute says something of, to its own start; as far after it. */
    public static final long REACH_MILLIS = REACH_MINUTES * DeviceMinute.LENGTH_MILLIS;

    /** Whether the register stood still over so many minutes around that one that its device's power refutes it. */
    boolean isStuck(long minuteMillis, StepRules rules) {
        if (millijoules(minuteMillis) == 0) {
            return false; // as nearly all are: the hours next to it needn't be looked up
        }
        return stuck(around(minuteMillis, minuteMillis), rules).get(REACH_MINUTES);
    }

    /** Whether it was stuck in any minute between two moments, by what was there of them. */
    boolean isEverStuck(long fromMillis, long toMillis, StepRules rules) {
        return !stuck(minutes(DeviceMinute.startOf(fromMillis), toMillis), rules)
                .isEmpty();
    }

    /**
     * The minutes that are part of a stretch of an hour at most in which the register stood still and power refutes it.
     *
     * @param minutes what has flowed in each; 0 where the register didn't stand still
     */
    private static BitSet stuck(long[] minutes, StepRules rules) {
        BitSet stuck = new BitSet(minutes.length);
        long mostFlowing = rules.lagMillis() / DeviceMinute.LENGTH_MILLIS;
        long flowed = 0;
        long flowing = 0;
        int since = 0;
        for (int i = 0; i < minutes.length; i++) {
            if (minutes[i] == 0) {
                flowed = 0;
                flowing = 0;
                since = i + 1;
                continue;
            }
            if (i - since == StandstillHour.MINUTES) {
                flowed -= minutes[since];
                flowing -= flowing(minutes[since]);
                since++;
            }
            flowed += minutes[i];
            flowing += flowing(minutes[i]);
            if (flowing > mostFlowing && StandstillHour.isTooMuch(flowed, rules)) {
                stuck.set(since, i + 1);
            }
        }
        return stuck;
    }

    private static int flowing(long millijoules) {
        return millijoules > StandstillHour.UNREAD_MILLIJOULES ? 1 : 0;
    }

    private long millijoules(long minuteMillis) {
        return beginning.apply(StandstillHour.startOf(minuteMillis)).millijoules(StandstillHour.index(minuteMillis));
    }

    /** Of some minutes and all that say something of them. */
    private long[] around(long firstMillis, long lastMillis) {
        return minutes(firstMillis - REACH_MILLIS, lastMillis + REACH_MILLIS + DeviceMinute.LENGTH_MILLIS);
    }

    /** What has flowed in each minute that begins between two moments; 0 where the register didn't stand still. */
    private long[] minutes(long fromMillis, long toMillis) {
        long[] minutes = new long[(int) ((toMillis - fromMillis) / DeviceMinute.LENGTH_MILLIS)];
        int i = 0;
        while (i < minutes.length) {
            long from = fromMillis + i * DeviceMinute.LENGTH_MILLIS;
            StandstillHour hour = beginning.apply(StandstillHour.startOf(from));
            for (int k = StandstillHour.index(from); k < StandstillHour.MINUTES && i < minutes.length; k++) {
                minutes[i++] = hour.millijoules(k);
            }
        }
        return minutes;
    }

    /**
     * The minutes that are taken for stuck in one of two states, and not in the other.
     *
     * @param hoursMillis where the hours begin in which the two may differ
     */
    public static Set<Long> changedMinutes(
            StandstillHours before,
            StandstillHours after,
            Set<Long> hoursMillis,
            Point register,
            DeviceHistory history) {
        Set<Long> changed = new TreeSet<>();
        for (long hour : hoursMillis) {
            StandstillHour was = before.beginning.apply(hour);
            StandstillHour is = after.beginning.apply(hour);
            int first = 0;
            while (first < StandstillHour.MINUTES && was.millijoules(first) == is.millijoules(first)) {
                first++;
            }
            int last = StandstillHour.MINUTES - 1;
            while (last > first && was.millijoules(last) == is.millijoules(last)) {
                last--;
            }
            if (first <= last) {
                long start = hour + first * DeviceMinute.LENGTH_MILLIS - REACH_MILLIS;
                long end = hour + (last + 1) * DeviceMinute.LENGTH_MILLIS + REACH_MILLIS;
                addChanged(before, after, start, end, register, history, changed);
            }
        }
        return changed;
    }

    /** Those of some minutes: all of one entry of the device at once, since nearly always there is no other. */
    private static void addChanged(
            StandstillHours before,
            StandstillHours after,
            long startMillis,
            long endMillis,
            Point register,
            DeviceHistory history,
            Set<Long> changed) {
        long start = startMillis;
        while (start < endMillis) {
            Optional<Device> last = history.at(endMillis - DeviceMinute.LENGTH_MILLIS);
            boolean isOfOneEntry = last.isPresent() && last.equals(history.at(start));
            long end = isOfOneEntry ? endMillis : start + DeviceMinute.LENGTH_MILLIS;
            StepRules rules = history.stepRules(register, start).orElse(null);
            if (rules != null) {
                BitSet differ = stuck(before.around(start, end - DeviceMinute.LENGTH_MILLIS), rules);
                differ.xor(stuck(after.around(start, end - DeviceMinute.LENGTH_MILLIS), rules));
                int minutes = (int) ((end - start) / DeviceMinute.LENGTH_MILLIS);
                int first = differ.nextSetBit(REACH_MINUTES);
                for (int i = first; i >= 0 && i < REACH_MINUTES + minutes; i = differ.nextSetBit(i + 1)) {
                    changed.add(start + (i - REACH_MINUTES) * DeviceMinute.LENGTH_MILLIS);
                }
            }
            start = end;
        }
    }
}

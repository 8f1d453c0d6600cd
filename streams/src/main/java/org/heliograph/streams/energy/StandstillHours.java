package org.heliograph.streams.energy;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.heliograph.telemetry.reading.Point;

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
        long[] around = minutes(minuteMillis - REACH_MILLIS, minuteMillis + REACH_MILLIS + DeviceMinute.LENGTH_MILLIS);
        int first = REACH_MINUTES;
        while (first > 0 && around[first - 1] > 0) {
            first--;
        }
        int end = REACH_MINUTES + 1;
        while (end < around.length && around[end] > 0) {
            end++;
        }
        return isEverStuck(Arrays.copyOfRange(around, first, end), rules);
    }

    /** Whether it was stuck in any minute between two moments, by what was there of them. */
    boolean isEverStuck(long fromMillis, long toMillis, StepRules rules) {
        return isEverStuck(minutes(DeviceMinute.startOf(fromMillis), toMillis), rules);
    }

    private static boolean isEverStuck(long[] minutes, StepRules rules) {
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
            if (flowing * DeviceMinute.LENGTH_MILLIS > rules.lagMillis() && StandstillHour.isTooMuch(flowed, rules)) {
                return true;
            }
        }
        return false;
    }

    private static int flowing(long millijoules) {
        return millijoules > StandstillHour.UNREAD_MILLIJOULES ? 1 : 0;
    }

    private long millijoules(long minuteMillis) {
        return beginning.apply(StandstillHour.startOf(minuteMillis)).millijoules(StandstillHour.index(minuteMillis));
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
        Set<Long> touched = new TreeSet<>();
        for (long hour : hoursMillis) {
            StandstillHour was = before.beginning.apply(hour);
            StandstillHour is = after.beginning.apply(hour);
            for (int i = 0; i < StandstillHour.MINUTES; i++) {
                long minute = hour + i * DeviceMinute.LENGTH_MILLIS;
                for (int k = -REACH_MINUTES; k <= REACH_MINUTES && was.millijoules(i) != is.millijoules(i); k++) {
                    touched.add(minute + k * DeviceMinute.LENGTH_MILLIS);
                }
            }
        }
        touched.removeIf(minute -> history.stepRules(register, minute)
                .filter(rules -> before.isStuck(minute, rules) != after.isStuck(minute, rules))
                .isEmpty());
        return touched;
    }
}

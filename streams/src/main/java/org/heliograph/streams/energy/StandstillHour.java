package org.heliograph.streams.energy;

import java.util.Arrays;

/**
 * An hour of a register: what the device's power says has flowed in each of its minutes in which the register stood
 * still. What that says of a minute, {@link StandstillHours} know, together with the hours next to it.
 *
 * <p>One minute, or a few, contradict nothing: counters are shown a little later than the power, and powers are averages.
 */
public final class StandstillHour {
    public static final long LENGTH_MILLIS = 3_600_000;
    public static final StandstillHour NONE = new StandstillHour(new long[0]);

    /** Of a minute in which the register stood still, and was read, and power wasn't: it parts no others. */
    static final long UNREAD_MILLIJOULES = 1;

    static final int MINUTES = (int) (LENGTH_MILLIS / DeviceMinute.LENGTH_MILLIS);

    /**
     * More tolerances than that in a row contradict a register. A step after it that shows what was held back is larger
     * than one, so it is recognised; a counter whose coarse steps nobody has declared never holds back as much.
     */
    private static final long TOLERANCES = 2;

    private final long[] millijoules;

    private StandstillHour(long[] millijoules) {
        this.millijoules = millijoules;
    }

    /** @param millijoules of each minute; 0 where the register didn't stand still. Those at the end may be left out */
    public static StandstillHour of(long[] millijoules) {
        int size = Math.min(millijoules.length, MINUTES);
        while (size > 0 && millijoules[size - 1] == 0) {
            size--;
        }
        return size == 0 ? NONE : new StandstillHour(Arrays.copyOf(millijoules, size));
    }

    /** The start of the hour that contains a moment. */
    public static long startOf(long millis) {
        return Math.floorDiv(millis, LENGTH_MILLIS) * LENGTH_MILLIS;
    }

    /** The same, with another energy in the minute that begins then. */
    public StandstillHour with(long minuteMillis, long energyMillijoules) {
        long[] changed = Arrays.copyOf(millijoules, MINUTES);
        changed[index(minuteMillis)] = energyMillijoules;
        return of(changed);
    }

    /** Of each minute, until the last in which the register stood still. */
    public long[] millijoules() {
        return millijoules.clone();
    }

    public boolean isEmpty() {
        return millijoules.length == 0;
    }

    /** The first of its minutes that has any energy; of an hour that isn't empty. */
    int firstMinute() {
        int minute = 0;
        while (millijoules[minute] == 0) {
            minute++;
        }
        return minute;
    }

    /** What is kept of a minute in which a register stands still: nothing if it is at rest, by what power says of it. */
    static long heldBackMillijoules(Metered flowed, double startingWatts) {
        if (flowed.coveredMillis() < DeviceMinute.LENGTH_MILLIS) {
            return UNREAD_MILLIJOULES;
        }
        return flowed.millijoules() > startingWatts * DeviceMinute.LENGTH_MILLIS ? flowed.millijoules() : 0;
    }

    /** Whether power flowed in any whole minute of the standstill. */
    boolean hasFlow() {
        return Arrays.stream(millijoules).anyMatch(energy -> energy > UNREAD_MILLIJOULES);
    }

    /** Of one of its minutes, by its number: 0 where the register didn't stand still. */
    long millijoules(int minute) {
        return minute < millijoules.length ? millijoules[minute] : 0;
    }

    /** The number in its hour of the minute that contains a moment. */
    static int index(long minuteMillis) {
        return (int) (Math.floorMod(minuteMillis, LENGTH_MILLIS) / DeviceMinute.LENGTH_MILLIS);
    }

    /** Whether so much in an hour, or a part of one, is more than a register that stands still may hold back. */
    static boolean isTooMuch(long millijoules, StepRules rules) {
        return millijoules > TOLERANCES * rules.toleranceMillijoules();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StandstillHour hour && Arrays.equals(millijoules, hour.millijoules);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(millijoules);
    }

    @Override
    public String toString() {
        return Arrays.toString(millijoules);
    }
}

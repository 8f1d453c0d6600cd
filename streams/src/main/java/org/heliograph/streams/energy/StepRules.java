package org.heliograph.streams.energy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * What a step of one register may be (domain rule 6).
 *
 * @param maxWatts a step that implies more is not believed, beyond what one count of the register may hide
 * @param isRated whether the device has a rating of its own: no healthy one comes near what profiles allow
 * @param zone where the register's days begin, for one that restarts daily
 * @param powerPeriodMillis how often the device's power is read; 0 where it has none
 */
record StepRules(PointSpec spec, double maxWatts, boolean isRated, ZoneId zone, long powerPeriodMillis) {
    /** A register counts at least this finely, where its profile doesn't say: 1 Wh. */
    private static final long USUAL_COUNT_MILLIJOULES = Millijoules.PER_WATT_HOUR;

    /** What coarse registers count in: tenths and hundredths of a kWh. */
    private static final long[] COUNTS_MILLIJOULES = {100 * Millijoules.PER_WATT_HOUR, 10 * Millijoules.PER_WATT_HOUR};

    /**
     * Energies that differ by less are no contradiction between a register and the device's power: 10 Wh. Less than that
     * would take registers for stuck that are not (real recordings show it).
     */
    private static final long TOLERANCE_MILLIJOULES = 10 * Millijoules.PER_WATT_HOUR;

    /** A counter is shown up to so much later than its device's power, or power is an average of so much: 5 min. */
    private static final long USUAL_LAG_MILLIS = 5 * 60_000;

    /** More than that nobody waits for, however seldom a device is read: a standstill is judged within an hour. */
    private static final long MOST_LAG_MILLIS = 30 * 60_000;

    /**
     * What a device without a rating of its own is believed in a step that more than doubles what its register shows: what a
     * total comes back with from zeros is far more than that, and a new register is beyond it after two steps.
     */
    private static final double MOST_WATTS_OF_A_LEAP = 250_000;

    /** How near its modulus a register has to be to roll over: in the last tenth. */
    private static final double NEAR_MODULUS = 0.9;

    /** Whether the register counts finely enough that what it doesn't show yet is next to nothing. */
    static boolean isFine(PointSpec spec) {
        return spec.resolutionMillijoules() <= USUAL_COUNT_MILLIJOULES;
    }

    /** Whether the register can have gone from one reading to the other by counting. */
    boolean isPlausible(RegisterReading before, RegisterReading after) {
        return isPlausible(before.millijoules(), after.millijoules(), after.timeMillis() - before.timeMillis());
    }

    /** Whether the register can have counted from one value to the other in that time. */
    boolean isPlausible(long before, long after, long millis) {
        long count = Math.max(countMillijoules(), countShown(before, after));
        return after >= before && after - before <= believedWatts(before, after) * millis + count;
    }

    private double believedWatts(long before, long after) {
        boolean isLeap = after / 2 > before && !spec.restartsDaily();
        return isLeap && !isRated ? Math.min(maxWatts, MOST_WATTS_OF_A_LEAP) : maxWatts;
    }

    /**
     * What a register counts in by what it shows: many count in hundredths or tenths of a kWh, and nobody says so. It shows
     * a whole count at once, however little of it flowed since the last reading. That a finer one shows such values by
     * chance harms nothing: a step that is too large by no more than that is a small one.
     */
    private static long countShown(long before, long after) {
        for (long count : COUNTS_MILLIJOULES) {
            if (before % count == 0 && after % count == 0) {
                return count;
            }
        }
        return 0;
    }

    /** The energy counted if the register rolled over between the readings, where that is plausible. */
    OptionalLong rolledOver(RegisterReading before, RegisterReading after) {
        if (spec.modulusMillijoules().isEmpty()) {
            return OptionalLong.empty();
        }
        long modulus = spec.modulusMillijoules().getAsLong();
        long counted = modulus - before.millijoules() + after.millijoules();
        boolean isNear = before.millijoules() <= modulus && before.millijoules() >= modulus * NEAR_MODULUS;
        RegisterReading onwards =
                new RegisterReading(after.timeMillis(), modulus + after.millijoules(), after.serial());
        return isNear && isPlausible(before, onwards) ? OptionalLong.of(counted) : OptionalLong.empty();
    }

    /**
     * The local midnight between two readings of a register that restarts daily: the last one. A reading at midnight
     * itself is the old day's total, unless it is the lower of the two. A register that shows no less after midnight than
     * just before hasn't restarted there: its clock is another, and its fall says when it did.
     *
     * @param beforeMillis the reading before; empty for the first of all
     */
    OptionalLong restart(OptionalLong beforeMillis, RegisterReading after, boolean falls) {
        if (!spec.restartsDaily()) {
            return OptionalLong.empty();
        }
        long midnight = Instant.ofEpochMilli(after.timeMillis())
                .atZone(zone)
                .toLocalDate()
                .atStartOfDay(zone)
                .toInstant()
                .toEpochMilli();
        long before = beforeMillis.orElse(Long.MIN_VALUE);
        boolean isUnread = beforeMillis.isEmpty() || isLongerThanMaxGap(after.timeMillis() - before);
        boolean isInside = before < midnight && midnight < after.timeMillis();
        return (isInside && isUnread) || (before <= midnight && falls)
                ? OptionalLong.of(midnight)
                : OptionalLong.empty();
    }

    boolean isLongerThanMaxGap(long millis) {
        return millis > spec.maxGap().toMillis();
    }

    /**
     * For so long a register is believed that stands still though its device's power flows: what was true of one reading's
     * moment alone is taken for true until the next, and the counter may be shown a reading later, or so late and then be
     * read.
     */
    long lagMillis() {
        long period = Math.max(spec.period().toMillis(), powerPeriodMillis);
        return Math.min(Math.max(USUAL_LAG_MILLIS + period, 2 * period), MOST_LAG_MILLIS);
    }

    /**
     * A step of no more than that shows nothing that a standstill held back; and a register that stands still for up to an
     * hour may hold back twice that: 10 Wh, and of a coarse one a count, which it doesn't show yet.
     */
    long toleranceMillijoules() {
        long count = spec.resolutionMillijoules();
        return Math.max(TOLERANCE_MILLIJOULES, Math.min(2 * count, TOLERANCE_MILLIJOULES + count));
    }

    /**
     * What a register counts between any two moments, or in a minute, and what power says differ by no more: it may lack a
     * count at both. One that is stuck by that shows at least two counts at once later, so what it held back is recognised.
     */
    long differenceMillijoules() {
        return Math.max(TOLERANCE_MILLIJOULES, 2 * spec.resolutionMillijoules());
    }

    /** What a register counts in, at least. */
    long countMillijoules() {
        return Math.max(spec.resolutionMillijoules(), USUAL_COUNT_MILLIJOULES);
    }
}

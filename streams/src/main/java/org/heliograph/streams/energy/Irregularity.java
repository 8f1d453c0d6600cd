package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * A step of a register that isn't plainly counting: down, too far up, onto another unit, over a declared restart, or a
 * sudden one after a standstill.
 *
 * @param before absent for the first reading of a register that restarts daily
 * @param standstill the first reading that shows what {@code before} shows, without another between them; after a rest of
 *     the device, the last in that
 * @param unshown the reading before the first that shows that, where the register counted plainly until then: it stood
 *     still since some moment between the two
 * @param next the reading after; absent while there is none
 * @param restartMillis the declared restart between the two, where there is one
 * @param isCatchUp whether the device's power says that the step shows what the standstill held back
 * @param heldBackMillijoules what the device's power says has flowed in the standstill before; 0 if that was a rest
 * @param byItself what it means, for one that stands for many ({@link StepList}): all of them, from {@code before} to
 *     {@code after}
 */
public record Irregularity(
        Optional<RegisterReading> before,
        Optional<RegisterReading> standstill,
        Optional<RegisterReading> unshown,
        RegisterReading after,
        Optional<RegisterReading> next,
        OptionalLong restartMillis,
        boolean isCatchUp,
        long heldBackMillijoules,
        Optional<Span> byItself) {
    /** Whether the register fell and came straight back to what it showed before, or beyond. */
    boolean isDip() {
        return before.isPresent()
                && after.millijoules() < before.get().millijoules()
                && next.isPresent()
                && next.get().millijoules() >= before.get().millijoules();
    }

    /** Whether a register that counts rose and came straight back to where it was, for all that one can tell. */
    boolean isPeak() {
        return before.isPresent()
                && before.get().millijoules() > 0
                && next.isPresent()
                && next.get().millijoules() >= before.get().millijoules()
                && next.get().millijoules() < after.millijoules();
    }

    /** Whether it shows what its standstill held back, or a part of it at least; or interrupts that once more. */
    boolean goesOn() {
        long counted =
                after.millijoules() - before.map(RegisterReading::millijoules).orElse(0L);
        return counted < 0 || counted > heldBackMillijoules / 2;
    }

    boolean isSwap() {
        return before.isPresent() && !before.get().isOfSameUnit(after);
    }

    /** Whether the register has stood still since a reading, and no restart explains the step. */
    boolean endsStandstillOf(RegisterReading reading) {
        return before.filter(last -> last.isOfSameUnit(reading) && last.millijoules() == reading.millijoules())
                        .isPresent()
                && restartMillis.isEmpty()
                && byItself.isEmpty();
    }

    /** The same step, of a standstill that another one had only interrupted. */
    Irregularity goingOnFrom(Irregularity other) {
        return new Irregularity(
                before,
                other.standstill,
                other.unshown,
                after,
                next,
                restartMillis,
                isCatchUp,
                other.heldBackMillijoules + heldBackMillijoules,
                byItself);
    }

    /**
     * The irregular steps of a register that end within a time, of whole minutes.
     *
     * @param samples of that time, of all that a register stood still before it, and of each metering point
     *     {@link RegisterMeter#CONTEXT} on each side
     */
    public static List<Irregularity> among(
            Samples samples, Point register, DeviceHistory history, long fromMillis, long toMillis) {
        RegisterTrack track = RegisterTrack.of(samples, register, history).orElse(null);
        if (track == null) {
            return List.of();
        }
        List<Irregularity> found = new ArrayList<>();
        for (int i = 0; i < track.size(); i++) {
            if (track.timeMillis(i) >= fromMillis && track.timeMillis(i) < toMillis) {
                int step = i;
                // what is plausible is decided by the minute, here and above
                history.stepRules(register, DeviceMinute.startOf(track.timeMillis(i)))
                        .flatMap(rules -> judge(samples, register, history, track, step, rules))
                        .ifPresent(found::add);
            }
        }
        return StepList.condensed(found, register, history);
    }

    /**
     * The minutes in which a step ends that may be irregular: a quick look, which needs no more than the readings on
     * both sides of it.
     */
    public static Set<Long> suspectedMinutes(Samples samples, Point register, DeviceHistory history) {
        RegisterTrack track = RegisterTrack.of(samples, register, history).orElse(null);
        if (track == null) {
            return Set.of();
        }
        Set<Long> suspected = new HashSet<>();
        long minute = Long.MIN_VALUE;
        @Nullable StepRules rules = null;
        for (int i = 0; i < track.size(); i++) {
            long ends = DeviceMinute.startOf(track.timeMillis(i));
            if (ends != minute) {
                minute = ends;
                rules = history.stepRules(register, minute).orElse(null);
            }
            if (rules != null && (isPlainlyIrregular(track, i, rules) || isSudden(track, i, rules))) {
                suspected.add(minute);
            }
        }
        return suspected;
    }

    private static Optional<Irregularity> judge(
            Samples samples, Point register, DeviceHistory history, RegisterTrack track, int i, StepRules rules) {
        boolean isPlainlyIrregular = isPlainlyIrregular(track, i, rules);
        boolean isSudden = isSudden(track, i, rules);
        if (!isPlainlyIrregular && !isSudden) {
            return Optional.empty();
        }
        Optional<Standstill> standstill =
                i > 1 ? Standstill.before(samples, register, history, track, i, rules) : Optional.empty();
        boolean isCatchUp =
                isSudden && standstill.filter(Standstill::isCaughtUp).isPresent();
        if (!isCatchUp && !isPlainlyIrregular) {
            return Optional.empty();
        }
        long heldBack = standstill.map(Standstill::heldBackMillijoules).orElse(0L);
        return Optional.of(new Irregularity(
                i > 0 ? Optional.of(track.reading(i - 1)) : Optional.empty(),
                standstill.map(Standstill::since).or(() -> firstOfStandstill(track, i)),
                beforeStandstill(track, i, rules),
                track.reading(i),
                i + 1 < track.size() ? Optional.of(track.reading(i + 1)) : Optional.empty(),
                restart(track, i, rules),
                isCatchUp,
                heldBack,
                Optional.empty()));
    }

    private static Optional<RegisterReading> firstOfStandstill(RegisterTrack track, int i) {
        return i > 0 ? Optional.of(track.reading(track.standstill(i - 1))) : Optional.empty();
    }

    private static Optional<RegisterReading> beforeStandstill(RegisterTrack track, int i, StepRules rules) {
        int first = i > 0 ? track.standstill(i - 1) : 0;
        return first > 0
                        && isCountingOn(track, first, rules)
                        && rules.isPlausible(track.reading(first - 1), track.reading(first))
                ? Optional.of(track.reading(first - 1))
                : Optional.empty();
    }

    private static boolean isPlainlyIrregular(RegisterTrack track, int i, StepRules rules) {
        if (restart(track, i, rules).isPresent()) {
            return true;
        }
        return i > 0
                && (!track.isOfOneUnit(i)
                        || (!rules.isPlausible(track.reading(i - 1), track.reading(i))
                                && !(rules.isRated() && isPlausibleWithNeighbour(track, i, rules))));
    }

    /**
     * Whether a register that is counting can have gone a step up together with the step before, or with the next: a display
     * that is refreshed at other moments than it is read at, or a stamp that is a little late, shows in one step what was
     * counted in two. One that stood still before is judged by what that held back, and one that restarts by its restarts;
     * one that comes back from there has shown a wrong value.
     */
    private static boolean isPlausibleWithNeighbour(RegisterTrack track, int i, StepRules rules) {
        boolean isCounting = i > 1
                && track.millijoules(i - 2) > 0
                && isCountingOn(track, i - 1, rules)
                && track.millijoules(i - 2) < track.millijoules(i - 1)
                && isCountingOn(track, i, rules)
                && !rules.spec().restartsDaily()
                && !comesBack(track, i);
        return isCounting
                && (rules.isPlausible(track.reading(i - 2), track.reading(i))
                        || (i + 1 < track.size()
                                && isCountingOn(track, i + 1, rules)
                                && rules.isPlausible(track.reading(i - 1), track.reading(i + 1))));
    }

    /** Whether one of the next readings, as many as are there at all times, is below a step up, and not below its begin. */
    private static boolean comesBack(RegisterTrack track, int i) {
        for (int k = i + 1; k <= Math.min(i + RegisterMeter.CONTEXT, track.size() - 1) && track.isOfOneUnit(k); k++) {
            if (track.millijoules(k) < track.millijoules(i)) {
                return track.millijoules(k) >= track.millijoules(i - 1);
            }
        }
        return false;
    }

    /** Whether the register shows no less than at the reading before, and no gap lies between them. */
    private static boolean isCountingOn(RegisterTrack track, int i, StepRules rules) {
        return track.isOfOneUnit(i)
                && track.millijoules(i) >= track.millijoules(i - 1)
                && !rules.isLongerThanMaxGap(track.timeMillis(i) - track.timeMillis(i - 1));
    }

    private static OptionalLong restart(RegisterTrack track, int i, StepRules rules) {
        if (!rules.spec().restartsDaily()) {
            return OptionalLong.empty();
        }
        OptionalLong before = i > 0 ? OptionalLong.of(track.timeMillis(i - 1)) : OptionalLong.empty();
        return rules.restart(before, track.reading(i), i > 0 && track.millijoules(i) < track.millijoules(i - 1));
    }

    /** Whether the register stood still, or has returned, and made a step that is more than a few of its counts. */
    private static boolean isSudden(RegisterTrack track, int i, StepRules rules) {
        return i > 1
                && (track.millijoules(i - 2) == track.millijoules(i - 1) || track.hasReturned(i - 1))
                && track.millijoules(i) - track.millijoules(i - 1) > rules.toleranceMillijoules();
    }

    /**
     * Whether a step ends within a time that the device's power decides about, be it power that comes late: a sudden one
     * after a standstill of a minute, as far as readings that come late may reach back, or after a return.
     */
    public static boolean isDecidedByPower(
            Samples samples, Point register, DeviceHistory history, long fromMillis, long toMillis) {
        RegisterTrack track = RegisterTrack.of(samples, register, history).orElse(null);
        for (int i = 2; track != null && i < track.size(); i++) {
            long ends = track.timeMillis(i);
            if (ends < fromMillis
                    || ends >= toMillis
                    || history.at(ends).flatMap(DeviceHistory::power).isEmpty()) {
                continue;
            }
            StepRules rules =
                    history.stepRules(register, DeviceMinute.startOf(ends)).orElse(null);
            if (rules == null || !isSudden(track, i, rules)) {
                continue;
            }
            int first = track.standstill(i - 1);
            long since = first > 0 ? track.timeMillis(first - 1) : 0;
            if (track.hasReturned(i - 1) || holdsMinute(since, track.timeMillis(i - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a whole minute lies between two moments: only such a one is ever said to be stuck. */
    private static boolean holdsMinute(long fromMillis, long toMillis) {
        return DeviceMinute.startOf(fromMillis + DeviceMinute.LENGTH_MILLIS - 1) + DeviceMinute.LENGTH_MILLIS
                <= toMillis;
    }
}

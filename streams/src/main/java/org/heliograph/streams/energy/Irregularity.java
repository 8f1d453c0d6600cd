package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.jspecify.annotations.Nullable;

/**
 * A step of a register that isn't plainly counting: down, too far up, onto another unit, over a declared restart, or a
 * sudden one after a standstill.
 *
 * @param before absent for the first reading of a register that restarts daily
 * @param standstill the first reading that shows what {@code before} shows, without another between them
 * @param next the reading after; absent while there is none
 * @param restartMillis the declared restart between the two, where there is one
 * @param isCatchUp whether the device's power says that the step shows what the standstill held back
 * @param byItself what it means, for one that stands for many ({@link StepList}): all of them, from {@code before} to
 *     {@code after}
 */
public record Irregularity(
        Optional<RegisterReading> before,
        Optional<RegisterReading> standstill,
        RegisterReading after,
        Optional<RegisterReading> next,
        OptionalLong restartMillis,
        boolean isCatchUp,
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

    boolean isSwap() {
        return before.isPresent() && !before.get().isOfSameUnit(after);
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
        boolean isCatchUp = isSudden(track, i, rules)
                && (isPlainlyIrregular || heldMinute(track, i))
                && isCatchUp(samples, register, history, track, i, rules);
        if (!isCatchUp && !isPlainlyIrregular) {
            return Optional.empty();
        }
        return Optional.of(new Irregularity(
                i > 0 ? Optional.of(track.reading(i - 1)) : Optional.empty(),
                i > 0 ? Optional.of(track.reading(track.standstill(i - 1))) : Optional.empty(),
                track.reading(i),
                i + 1 < track.size() ? Optional.of(track.reading(i + 1)) : Optional.empty(),
                restart(track, i, rules),
                isCatchUp,
                Optional.empty()));
    }

    private static boolean isPlainlyIrregular(RegisterTrack track, int i, StepRules rules) {
        if (restart(track, i, rules).isPresent()) {
            return true;
        }
        return i > 0 && (!track.isOfOneUnit(i) || !rules.isPlausible(track.reading(i - 1), track.reading(i)));
    }

    private static OptionalLong restart(RegisterTrack track, int i, StepRules rules) {
        if (!rules.spec().restartsDaily()) {
            return OptionalLong.empty();
        }
        OptionalLong before = i > 0 ? OptionalLong.of(track.timeMillis(i - 1)) : OptionalLong.empty();
        return rules.restart(before, track.reading(i), i > 0 && track.millijoules(i) < track.millijoules(i - 1));
    }

    /** Whether the register stood still and then made a step that is more than a few of its counts. */
    private static boolean isSudden(RegisterTrack track, int i, StepRules rules) {
        return i > 1
                && track.millijoules(i - 2) == track.millijoules(i - 1)
                && track.millijoules(i) - track.millijoules(i - 1) > rules.toleranceMillijoules();
    }

    /**
     * Whether a step ends within a time that the device's power decides about, be it power that comes late: a sudden one
     * after a standstill of a minute, as far as readings that come late may reach back.
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
            if (holdsMinute(since, track.timeMillis(i - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the standstill before a step holds a whole minute. */
    private static boolean heldMinute(RegisterTrack track, int i) {
        return holdsMinute(track.timeMillis(track.standstill(i - 1)), track.timeMillis(i - 1));
    }

    /** Whether a whole minute lies between two moments: only such a one is ever said to be stuck. */
    private static boolean holdsMinute(long fromMillis, long toMillis) {
        return DeviceMinute.startOf(fromMillis + DeviceMinute.LENGTH_MILLIS - 1) + DeviceMinute.LENGTH_MILLIS
                <= toMillis;
    }

    /**
     * Whether a sudden step shows what the standstill before it held back, by the device's own power. It does where it is
     * more than twice what flowed since the last reading; or where it is more than half of what flowed since the standstill
     * began: a display that is refreshed seldom, or a register that counts in steps which nobody has declared, since none
     * ever holds back as much as one of those; or, where power wasn't read since the last reading, where it is more than half of
     * what was held back before. It is at most twice what has flowed by then, and what the rating allows in
     * times that power wasn't read, if the register was stuck in those where it was.
     */
    private static boolean isCatchUp(
            Samples samples, Point register, DeviceHistory history, RegisterTrack track, int i, StepRules rules) {
        Device device = history.at(track.timeMillis(i)).orElse(null);
        int first = track.standstill(i - 1);
        long from = track.timeMillis(first);
        long last = track.timeMillis(i - 1);
        if (device == null || !(samples.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return false;
        }
        PowerMeter flowed = (since, until) -> DeviceHistory.power(device)
                .map(spec -> GaugeMeter.measure(power, since, until, spec, rules.maxWatts(), Direction.of(register)))
                .orElse(Metered.NOTHING);
        long to = track.timeMillis(i);
        Metered lately = flowed.between(last, to);
        Metered whole = flowed.between(from, to);
        long unreadMillis = to - from - whole.coveredMillis();
        double heldBack = whole.millijoules() - lately.millijoules();
        boolean isStuckByHour = heldBackTooMuch(flowed, from, last, rules);
        boolean wasStuck = isStuckByHour
                || heldBack * DeviceMinute.LENGTH_MILLIS
                        > (double) rules.toleranceMillijoules() * (whole.coveredMillis() - lately.coveredMillis());
        long step = track.millijoules(i) - track.millijoules(i - 1);
        if (lately.coveredMillis() < to - last) { // what flowed lately isn't known: what was held back tells
            return wasStuck && step > heldBack / 2 && step <= whole.millijoules() + rules.maxWatts() * unreadMillis;
        }
        boolean isFarMoreThanLately = step > 2 * lately.millijoules() + rules.toleranceMillijoules();
        boolean isKnown = first > 0 && unreadMillis == 0; // since when it stood still, and all that flowed
        boolean isRefresh = (isStuckByHour || (wasStuck && isKnown)) && step > whole.millijoules() / 2;
        double most = 2.0 * whole.millijoules() + (wasStuck ? rules.maxWatts() * unreadMillis : 0);
        // where the register may be right whatever it stood still, it is: else what was held back would count besides
        boolean isPossible =
                step <= most || (isStuckByHour && rules.isPlausible(track.reading(i - 1), track.reading(i)));
        return (isFarMoreThanLately || isRefresh) && isPossible;
    }

    /** Whether so much flowed in one of the hours of a standstill that the register may have been taken for stuck in it. */
    private static boolean heldBackTooMuch(PowerMeter flowed, long fromMillis, long toMillis, StepRules rules) {
        for (long hour = StandstillHour.startOf(fromMillis); hour < toMillis; hour += StandstillHour.LENGTH_MILLIS) {
            long from = Math.max(fromMillis, hour);
            long to = Math.min(toMillis, hour + StandstillHour.LENGTH_MILLIS);
            if (StandstillHour.isTooMuch(flowed.between(from, to).millijoules(), rules)) {
                return true;
            }
        }
        return false;
    }

    /** What a device's power says of a time. */
    private interface PowerMeter {
        Metered between(long fromMillis, long toMillis);
    }
}

package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;

/**
 * What a register's irregular steps mean (domain rule 6): decided on the whole of them in the order of time, so that no
 * order of arrival matters. Between irregular steps the register counts plainly.
 */
public final class Spans {
    /** A register that returns to what it showed before does so within so many irregular steps. */
    private static final int LONGEST_EXCURSION_STEPS = 100;

    /** A device's clock may be wrong by so much that nobody notices: an agent doubts one that is ahead by more. */
    private static final long WRONG_CLOCK_MILLIS = 5 * 60_000;

    private final Point register;
    private final DeviceHistory history;
    private final List<Irregularity> steps;
    private final SpanList spans = new SpanList();

    private Spans(Point register, DeviceHistory history, List<Irregularity> steps) {
        this.register = register;
        this.history = history;
        this.steps = new ArrayList<>(steps);
    }

    /** The spans of a register, from all samples that there are. */
    public static List<Span> of(Samples all, Point register, DeviceHistory history) {
        return of(Irregularity.among(all, register, history, 0, Long.MAX_VALUE), register, history);
    }

    /** @param steps all of the register's irregular steps, in the order of time */
    public static List<Span> of(List<Irregularity> steps, Point register, DeviceHistory history) {
        if (steps.isEmpty()) {
            return List.of();
        }
        Spans judged = new Spans(register, history, steps);
        int next = 0;
        while (next < steps.size()) {
            next = judged.judge(next);
        }
        return judged.spans.condensed();
    }

    /** Judges a step; returns the next one that isn't judged with it. */
    private int judge(int i) {
        Irregularity step = steps.get(i);
        if (step.byItself().isPresent()) {
            spans.addRest(step.byItself().get());
            return i + 1;
        }
        Optional<StepRules> known = history.stepRules(register, step.after().timeMillis());
        if (known.isEmpty()) {
            return i + 1;
        }
        StepRules rules = known.get();
        if (step.isSwap()) {
            spans.hole(step.before().orElseThrow(), step.after(), Flag.SWAP);
            return i + 1;
        }
        RegisterReading base;
        if (step.restartMillis().isPresent()) {
            long restartMillis = step.restartMillis().getAsLong();
            step.before().ifPresent(before -> spans.untilRestart(before, restartMillis, rules));
            base = new RegisterReading(restartMillis, 0, step.after().serial());
            if (rules.isPlausible(base, step.after())) {
                spans.counted(base, step.after(), step.after().millijoules(), rules, Set.of());
                return i + 1;
            }
        } else {
            base = step.before().orElseThrow();
        }
        return excursion(i, base, rules);
    }

    /** The register has left where it can be: until it returns, or for good. */
    private int excursion(int i, RegisterReading base, StepRules rules) {
        Irregularity step = steps.get(i);
        if (rules.isPlausible(base, step.after())) {
            catchesUp(step, base, rules);
            return i + 1;
        }
        if (step.isCatchUp() && isHeldBack(step, base, rules)) { // wherever the register goes later
            rises(step, base, rules);
            return i + 1;
        }
        boolean falls = step.after().millijoules() < base.millijoules();
        Optional<RegisterReading> straightBack = step.next()
                .filter(next -> falls && next.isOfSameUnit(base) && next.millijoules() >= base.millijoules());
        if (straightBack.isPresent() && isBack(step, base, straightBack.get(), rules)) {
            return returns(i, base, straightBack.get(), rules);
        }
        Optional<RegisterReading> back =
                falls || accumulates(base, rules) ? laterBack(i, base, rules) : Optional.empty();
        if (back.isPresent()) {
            return returns(i, base, back.get(), rules);
        }
        if (straightBack.isPresent()) {
            spans.hole(base, straightBack.get(), Flag.SPIKE);
            return firstAfter(i, straightBack.get());
        }
        if (step.next().isEmpty()) {
            spans.hole(base, step.after(), Flag.QUARANTINE);
        } else if (falls) {
            falls(step, base, rules);
        } else {
            rises(step, base, rules);
        }
        return i + 1;
    }

    /** The reading with which the register jumps back to where it can be, before it becomes another. */
    private Optional<RegisterReading> laterBack(int i, RegisterReading base, StepRules rules) {
        for (int k = i + 1; k < Math.min(steps.size(), i + LONGEST_EXCURSION_STEPS); k++) {
            Irregularity later = steps.get(k);
            RegisterReading from = later.before().orElse(base);
            if (later.byItself().isPresent()
                    || later.isSwap()
                    || later.restartMillis().isPresent()
                    || hasCountedPast(base, k, from)
                    || leavesAnew(steps.get(i), base, later, rules)) {
                break;
            }
            boolean isTowardsBase = (from.millijoules() < base.millijoules())
                    == (from.millijoules() < later.after().millijoules());
            boolean isJump = !rules.isPlausible(from, later.after());
            boolean isBrief = later.isDip() || later.isPeak();
            if (isJump && isTowardsBase && !isBrief && isBack(steps.get(i), base, later.after(), rules)) {
                return Optional.of(later.after());
            }
        }
        return Optional.empty();
    }

    /** Whether the register was below a reading after the step before, and has counted plainly to it since: it was reset. */
    private boolean hasCountedPast(RegisterReading base, int k, RegisterReading from) {
        return steps.get(k - 1).after().millijoules() < base.millijoules() && from.millijoules() >= base.millijoules();
    }

    /**
     * Whether the register has risen as one does whose device's clock is set back, has come since to where it can be by
     * counting, and leaves that only now.
     */
    private static boolean leavesAnew(Irregularity step, RegisterReading base, Irregularity later, StepRules rules) {
        RegisterReading early =
                new RegisterReading(base.timeMillis() - WRONG_CLOCK_MILLIS, base.millijoules(), base.serial());
        RegisterReading from = later.before().orElse(base);
        return rules.isPlausible(early, step.after())
                && rules.isPlausible(base, from)
                && !rules.isPlausible(base, later.after());
    }

    /** A register that stands at zero hasn't begun to accumulate (SunSpec: acc32 = 0), unless it restarts there daily. */
    private static boolean accumulates(RegisterReading base, StepRules rules) {
        return base.millijoules() > 0 || rules.spec().restartsDaily();
    }

    private boolean isBack(Irregularity step, RegisterReading base, RegisterReading back, StepRules rules) {
        return rules.isPlausible(countedSince(step, base, back, rules), back);
    }

    /**
     * Since when a register that comes back from a glitch has counted what it shows then: since before the glitch, or since
     * it stood still before that, if it shows what that held back, and no more than power can say of it.
     */
    private RegisterReading countedSince(
            Irregularity step, RegisterReading base, RegisterReading back, StepRules rules) {
        long counted = back.millijoules() - base.millijoules();
        double most = 2.0 * step.heldBackMillijoules() + rules.maxWatts() * (back.timeMillis() - base.timeMillis());
        boolean isCaughtUp = step.heldBackMillijoules() > 0
                && step.restartMillis().isEmpty()
                && accumulates(base, rules)
                && counted > rules.toleranceMillijoules()
                && counted > step.heldBackMillijoules() / 2
                && counted <= most;
        return isCaughtUp ? spans.unexplainedSince(step.standstill().orElse(base)) : base;
    }

    /** The readings between are a glitch: from before it until after it the register has counted. */
    private int returns(int i, RegisterReading base, RegisterReading back, StepRules rules) {
        RegisterReading since = countedSince(steps.get(i), base, back, rules);
        Set<Flag> flags =
                since.timeMillis() < base.timeMillis() ? Set.of(Flag.GLITCH, Flag.INTERPOLATED) : Set.of(Flag.GLITCH);
        spans.counted(since, back, back.millijoules() - base.millijoules(), rules, flags);
        int next = firstAfter(i, back);
        boolean stillStands = back.millijoules() == base.millijoules()
                && steps.get(i).restartMillis().isEmpty();
        if (stillStands && next < steps.size() && steps.get(next).endsStandstillOf(back)) {
            Irregularity whole = steps.get(next).goingOnFrom(steps.get(i));
            steps.set(next, whole.goesOn() ? whole : steps.get(next));
        }
        return next;
    }

    private int firstAfter(int i, RegisterReading reading) {
        int next = i + 1;
        while (next < steps.size() && steps.get(next).after().timeMillis() <= reading.timeMillis()) {
            next++;
        }
        return next;
    }

    /** It doesn't come back: it rolled over, or was reset and counts from zero. */
    private void falls(Irregularity step, RegisterReading base, StepRules rules) {
        RegisterReading after = step.after();
        OptionalLong rolledOver = rules.rolledOver(base, after);
        RegisterReading zero = new RegisterReading(base.timeMillis(), 0, base.serial());
        boolean isFarBelow = after.millijoules() <= base.millijoules() / 2; // else it lost some of its count, not all
        Optional<RegisterReading> foot = step.unshown().filter(before -> isFootOfPeak(before, step, rules));
        if (rolledOver.isPresent()) {
            spans.counted(base, after, rolledOver.getAsLong(), rules, Set.of(Flag.ROLLOVER));
        } else if (isFarBelow && rules.isPlausible(zero, after)) {
            spans.counted(base, after, after.millijoules(), rules, Set.of(Flag.RESET));
        } else if (foot.isPresent()) {
            long counted = after.millijoules() - foot.get().millijoules();
            spans.counted(foot.get(), after, counted, rules, Set.of(Flag.GLITCH));
        } else {
            spans.hole(unshownSince(step, base, rules), after, Flag.DROP);
        }
    }

    /**
     * Whether the register was at a reading before it rose to what it has fallen from, however plausibly, and can have counted
     * since to what it shows now: then only what is between the two is wrong. One that has lost some of its count shows less,
     * or less than what power says has flowed while it stood still.
     */
    private boolean isFootOfPeak(RegisterReading reading, Irregularity step, StepRules rules) {
        long counted = step.after().millijoules() - reading.millijoules();
        return accumulates(reading, rules)
                && rules.isPlausible(reading, step.after())
                && counted + rules.toleranceMillijoules() >= step.heldBackMillijoules() / 2
                && spans.unexplainedSince(reading).equals(reading);
    }

    /** It stays up there: what a standstill held back has been shown at once, or nobody knows. */
    private void rises(Irregularity step, RegisterReading base, StepRules rules) {
        if (isHeldBack(step, base, rules)) {
            RegisterReading since = spans.unexplainedSince(step.standstill().orElse(base));
            long counted = step.after().millijoules() - base.millijoules();
            spans.counted(since, step.after(), counted, rules, Set.of(Flag.INTERPOLATED));
        } else {
            spans.hole(unshownSince(step, base, rules), step.after(), Flag.SPIKE);
        }
    }

    /**
     * Since when the register may have counted what it never showed. Of a standstill that was too brief to be taken for stuck
     * nothing has counted yet what flowed in it; of a longer one power has.
     */
    private RegisterReading unshownSince(Irregularity step, RegisterReading base, StepRules rules) {
        RegisterReading since = spans.unexplainedSince(step.standstill().orElse(base));
        long millis = base.timeMillis() - since.timeMillis();
        boolean isBrief = millis > 0 && millis < rules.lagMillis() + 2 * DeviceMinute.LENGTH_MILLIS;
        return isBrief && step.heldBackMillijoules() > 0 ? since : base;
    }

    /**
     * Whether the register stood still for so long that it may have counted the step since: since it was shown first what it
     * showed then, or since right after the reading before, as of a display that froze between the two.
     */
    private boolean isHeldBack(Irregularity step, RegisterReading base, StepRules rules) {
        RegisterReading since = spans.unexplainedSince(step.standstill().orElse(base));
        boolean stoodStill =
                since.timeMillis() < base.timeMillis() && step.restartMillis().isEmpty();
        boolean isOfAll = step.standstill().filter(since::equals).isPresent();
        return stoodStill
                && accumulates(base, rules)
                && (rules.isPlausible(since, step.after())
                        || (isOfAll
                                && step.unshown()
                                        .filter(unshown -> rules.isPlausible(unshown, step.after()))
                                        .isPresent()));
    }

    /** A step that the rating allows, but the device's power only since the register stood still. */
    private void catchesUp(Irregularity step, RegisterReading base, StepRules rules) {
        boolean accumulates = accumulates(base, rules) && step.restartMillis().isEmpty();
        RegisterReading since =
                accumulates ? spans.unexplainedSince(step.standstill().orElse(base)) : base;
        long counted = step.after().millijoules() - base.millijoules();
        spans.counted(since, step.after(), counted, rules, Set.of(Flag.INTERPOLATED));
    }
}

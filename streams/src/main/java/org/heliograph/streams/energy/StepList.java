package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;

/**
 * Irregular steps, no more of them than can be judged. A register that shows nonsense every second has thousands an hour;
 * what is kept of it, and judged each time one of its minutes is measured, is bounded by the minute: so a minute's own
 * steps decide whether they are too many, and no order of arrival matters.
 */
final class StepList {
    /** As many as three dips have. A register that is read every ten seconds never has more. */
    static final int MOST_IN_A_MINUTE = 6;

    private StepList() {}

    /** @param steps in the order of time, all of each minute's */
    static List<Irregularity> condensed(List<Irregularity> steps, Point register, DeviceHistory history) {
        List<Irregularity> condensed = new ArrayList<>();
        int next = 0;
        while (next < steps.size()) {
            int first = next;
            while (next < steps.size() && minute(steps.get(next)) == minute(steps.get(first))) {
                next++;
            }
            List<Irregularity> ofMinute = steps.subList(first, next);
            if (ofMinute.size() <= MOST_IN_A_MINUTE) {
                condensed.addAll(ofMinute);
            } else if (ofMinute.stream().allMatch(step -> isFall(step) || isRise(step))) {
                addFlickering(ofMinute, register, history, condensed);
            } else {
                condensed.add(asOne(ofMinute, hole(ofMinute)));
            }
        }
        return condensed;
    }

    private static long minute(Irregularity step) {
        return DeviceMinute.startOf(step.after().timeMillis());
    }

    /** To zero, as of many registers when they can't be read. */
    private static boolean isFall(Irregularity step) {
        return isOfOneCounter(step)
                && step.before().orElseThrow().millijoules() > 0
                && step.after().millijoules() == 0;
    }

    /** From there. */
    private static boolean isRise(Irregularity step) {
        return isOfOneCounter(step)
                && step.before().orElseThrow().millijoules() == 0
                && step.after().millijoules() > 0;
    }

    private static boolean isOfOneCounter(Irregularity step) {
        return step.before().isPresent() && step.restartMillis().isEmpty() && !step.isSwap();
    }

    /**
     * All that isn't zero is its count. A fall into the minute or out of it is left to be judged with what lies on the
     * other side.
     */
    private static void addFlickering(
            List<Irregularity> steps, Point register, DeviceHistory history, List<Irregularity> condensed) {
        int from = isRise(steps.getFirst()) ? 1 : 0;
        int to = steps.size() - (isFall(steps.getLast()) ? 1 : 0);
        List<Irregularity> between = steps.subList(from, to);
        RegisterReading first = between.getFirst().before().orElseThrow();
        RegisterReading last = between.getLast().after();
        boolean hasCounted = history.stepRules(register, minute(steps.getFirst()))
                .filter(rules -> rules.isPlausible(first, last))
                .isPresent();
        Span counted = new Span(
                first.timeMillis(),
                last.timeMillis(),
                last.millijoules() - first.millijoules(),
                true,
                Set.of(Flag.GLITCH));
        condensed.addAll(steps.subList(0, from));
        condensed.add(asOne(between, hasCounted ? counted : hole(between)));
        condensed.addAll(steps.subList(to, steps.size()));
    }

    /** Which of so many values are right, nobody can tell. Power may fill it. */
    private static Span hole(List<Irregularity> steps) {
        Irregularity first = steps.getFirst();
        RegisterReading from = first.before().orElse(first.after());
        return Span.hole(from.timeMillis(), steps.getLast().after().timeMillis(), Flag.SPIKE);
    }

    private static Irregularity asOne(List<Irregularity> steps, Span meaning) {
        Irregularity first = steps.getFirst();
        Irregularity last = steps.getLast();
        return new Irregularity(
                first.before(),
                first.standstill(),
                first.unshown(),
                last.after(),
                last.next(),
                OptionalLong.empty(),
                false,
                0,
                Optional.of(meaning));
    }
}

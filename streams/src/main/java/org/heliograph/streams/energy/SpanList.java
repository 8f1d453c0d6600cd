package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The spans of a register, one after the other as its steps are judged. In the end no more of them than needed: a register
 * that shows nonsense every second has thousands an hour; what is said of a minute needs few, and what is kept of a device
 * is bounded.
 */
final class SpanList {
    /** A minute with more spans of its own, after touching ones are joined, is one hole: nobody can tell what it was. */
    private static final int MOST_IN_A_MINUTE = 3;

    /** In the order of time; they don't overlap. */
    private final List<Span> spans = new ArrayList<>();

    /** From one reading to the other so much has flowed, whatever the register showed between them. */
    void counted(RegisterReading from, RegisterReading to, long millijoules, StepRules rules, Set<Flag> flags) {
        if (to.timeMillis() <= from.timeMillis()) {
            return;
        }
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        if (rules.isLongerThanMaxGap(to.timeMillis() - from.timeMillis())) {
            all.add(Flag.INTERPOLATED);
        }
        spans.subList(countUntil(from), spans.size()).clear();
        spans.add(new Span(from.timeMillis(), to.timeMillis(), millijoules, true, all));
    }

    /** Nobody knows what flowed from one reading to the other. */
    void hole(RegisterReading from, RegisterReading to, Flag flag) {
        if (to.timeMillis() > from.timeMillis()) {
            spans.add(Span.hole(from.timeMillis(), to.timeMillis(), flag));
        }
    }

    /** What was counted between the last reading and the restart was never shown. */
    void untilRestart(RegisterReading before, long restartMillis, StepRules rules) {
        if (restartMillis > before.timeMillis()) {
            boolean isCovered = !rules.isLongerThanMaxGap(restartMillis - before.timeMillis());
            spans.add(new Span(before.timeMillis(), restartMillis, 0, isCovered, Set.of(Flag.RESET)));
        }
    }

    /** The part of a span that lies after the last one: what comes before may be explained already. */
    void addRest(Span span) {
        long from = spans.isEmpty()
                ? span.fromMillis()
                : Math.max(span.fromMillis(), spans.getLast().toMillis());
        if (span.toMillis() > from) {
            spans.add(new Span(from, span.toMillis(), span.millijoules(), span.isCovered(), span.flags()));
        }
    }

    /** A reading with which a standstill begins; or the end of the last span, which explains what was before it. */
    RegisterReading unexplainedSince(RegisterReading reading) {
        int count = countUntil(reading);
        long endMillis = count == 0 ? Long.MIN_VALUE : spans.get(count - 1).toMillis();
        return reading.timeMillis() >= endMillis
                ? reading
                : new RegisterReading(endMillis, reading.millijoules(), reading.serial());
    }

    /** How many there are before a standstill that begins with a reading: glitches within it explain none of it. */
    private int countUntil(RegisterReading reading) {
        int count = spans.size();
        while (count > 0
                && spans.get(count - 1).fromMillis() >= reading.timeMillis()
                && spans.get(count - 1).millijoules() == 0
                && spans.get(count - 1).flags().contains(Flag.GLITCH)) {
            count--;
        }
        return count;
    }

    List<Span> condensed() {
        List<Span> condensed = new ArrayList<>();
        int i = 0;
        while (i < spans.size()) {
            List<Span> ofMinute = new ArrayList<>();
            ofMinute.add(spans.get(i++));
            while (i < spans.size() && isOfOneMinute(ofMinute.getFirst(), spans.get(i))) {
                add(ofMinute, spans.get(i++));
            }
            condensed.addAll(ofMinute.size() > MOST_IN_A_MINUTE ? List.of(hole(ofMinute)) : ofMinute);
        }
        return List.copyOf(condensed);
    }

    private static boolean isOfOneMinute(Span first, Span other) {
        return DeviceMinute.startOf(first.fromMillis()) == DeviceMinute.startOf(other.toMillis() - 1);
    }

    /** Adds a span, joined to the last one if they touch: of a whole minute both say the same. */
    private static void add(List<Span> spans, Span span) {
        Span last = spans.getLast();
        if (last.toMillis() == span.fromMillis() && last.isCovered() == span.isCovered()) {
            spans.set(
                    spans.size() - 1,
                    new Span(
                            last.fromMillis(),
                            span.toMillis(),
                            last.millijoules() + span.millijoules(),
                            span.isCovered(),
                            flags(List.of(last, span))));
        } else {
            spans.add(span);
        }
    }

    private static Span hole(List<Span> spans) {
        return new Span(spans.getFirst().fromMillis(), spans.getLast().toMillis(), 0, false, flags(spans));
    }

    private static Set<Flag> flags(List<Span> spans) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        spans.forEach(span -> flags.addAll(span.flags()));
        return flags;
    }
}

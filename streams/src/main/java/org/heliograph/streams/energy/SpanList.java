package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Spans, no more of them than needed. A register that shows nonsense every second has thousands an hour; what is said of
 * a minute needs few, and what is kept of a device is bounded.
 */
final class SpanList {
    /** A minute with more spans of its own, after touching ones are joined, is one hole: nobody can tell what it was. */
    private static final int MOST_IN_A_MINUTE = 3;

    private SpanList() {}

    /** @param spans in the order of time; they don't overlap */
    static List<Span> condensed(List<Span> spans) {
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
        return condensed;
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

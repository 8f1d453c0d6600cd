package org.heliograph.sim.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Faults of one device that touch the same minutes. What a reset loses is what was counted since the last reading: if that
 * is an hour ago because of an outage, an hour is lost. So each of them reaches as far as all of them together.
 */
final class Meeting {
    private final List<Effect> effects = new ArrayList<>();
    private Instant from;
    private Instant to;

    private Meeting(Effect first) {
        from = first.from();
        to = first.to();
        effects.add(first);
    }

    /** The effects of one device, where they meet each to the ends of all; those that change nothing as they are. */
    static List<Effect> widened(List<Effect> effects, Effects each) {
        List<Meeting> meetings = new ArrayList<>();
        effects.stream()
                .filter(effect -> effect.outcome() != Outcome.EXACT)
                .sorted(Comparator.comparing(Effect::from))
                .forEach(effect -> {
                    if (meetings.isEmpty() || !meetings.getLast().takes(effect)) {
                        meetings.add(new Meeting(effect));
                    }
                });
        return Stream.concat(
                        effects.stream().filter(effect -> effect.outcome() == Outcome.EXACT),
                        meetings.stream().flatMap(meeting -> meeting.widened(each)))
                .toList();
    }

    private boolean takes(Effect effect) {
        if (!effect.overlaps(from, to)) {
            return false;
        }
        effects.add(effect);
        to = Moments.latest(to, effect.to());
        return true;
    }

    private Stream<Effect> widened(Effects each) {
        if (effects.size() == 1) {
            return effects.stream();
        }
        boolean isMarked = effects.stream().allMatch(Effect::isMarked);
        return effects.stream().map(effect -> each.over(effect, from, to, isMarked));
    }
}

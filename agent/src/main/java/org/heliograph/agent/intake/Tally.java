package org.heliograph.agent.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.SequenceRange;

/** Losses of one device as they add up: those of the same reason and start become one. */
final class Tally {
    private final Map<Cause, Loss> losses = new LinkedHashMap<>();

    private record Cause(String reason, long boot) {}

    Tally add(Loss loss) {
        losses.merge(new Cause(loss.reason(), loss.boot()), loss, Tally::sum);
        return this;
    }

    Tally addAll(List<Loss> several) {
        several.forEach(this::add);
        return this;
    }

    boolean isEmpty() {
        return losses.isEmpty();
    }

    void clear() {
        losses.clear();
    }

    List<Loss> losses() {
        return List.copyOf(losses.values());
    }

    private static Loss sum(Loss a, Loss b) {
        List<SequenceRange> ranges = union(a.ranges(), b.ranges());
        return new Loss(
                a.reason(),
                a.boot(),
                ranges,
                ranges.isEmpty()
                        ? capped(a.packs(), b.packs())
                        : ranges.stream().mapToLong(SequenceRange::size).sum(),
                capped(a.readings(), b.readings()),
                outer(a.from(), b.from(), Comparator.naturalOrder()),
                outer(a.to(), b.to(), Comparator.reverseOrder()));
    }

    private static long capped(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    private static Optional<Instant> outer(Optional<Instant> a, Optional<Instant> b, Comparator<Instant> order) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.or(() -> b);
        }
        return order.compare(a.get(), b.get()) <= 0 ? a : b;
    }

    private static List<SequenceRange> union(List<SequenceRange> a, List<SequenceRange> b) {
        List<SequenceRange> all = new ArrayList<>(a);
        all.addAll(b);
        all.sort(Comparator.comparingLong(SequenceRange::first));
        List<SequenceRange> joined = new ArrayList<>();
        for (SequenceRange next : all) {
            SequenceRange last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && next.first() - 1 <= last.last()) {
                joined.set(joined.size() - 1, new SequenceRange(last.first(), Math.max(last.last(), next.last())));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}

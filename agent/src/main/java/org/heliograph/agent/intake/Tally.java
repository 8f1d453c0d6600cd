package org.heliograph.agent.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.SequenceRange;

/** Losses of one device as they add up: those of the same reason and start become one. */
final class Tally {
    private final Map<Cause, Sum> sums = new LinkedHashMap<>();

    private record Cause(String reason, long boot) {}

    /** Of one cause. */
    private static final class Sum {
        private final NavigableMap<Long, Long> ranges = new TreeMap<>();
        private long unnumbered;
        private long readings;
        private Optional<Instant> from = Optional.empty();
        private Optional<Instant> to = Optional.empty();

        void add(Loss loss) {
            loss.ranges().forEach(this::add);
            unnumbered = capped(unnumbered, loss.ranges().isEmpty() ? loss.packs() : 0);
            readings = capped(readings, loss.readings());
            from = outer(from, loss.from(), Comparator.naturalOrder());
            to = outer(to, loss.to(), Comparator.reverseOrder());
        }

        private void add(SequenceRange range) {
            long first = range.first();
            long last = range.last();
            Map.Entry<Long, Long> before = ranges.floorEntry(first);
            if (before != null && before.getValue() >= first - 1) {
                first = before.getKey();
                last = Math.max(last, before.getValue());
            }
            Map.Entry<Long, Long> next = ranges.ceilingEntry(first);
            while (next != null && next.getKey() - 1 <= last) {
                last = Math.max(last, next.getValue());
                ranges.remove(next.getKey());
                next = ranges.ceilingEntry(first);
            }
            ranges.put(first, last);
        }

        Loss loss(Cause cause) {
            List<SequenceRange> numbers = ranges.entrySet().stream()
                    .map(range -> new SequenceRange(range.getKey(), range.getValue()))
                    .toList();
            long packs = numbers.isEmpty()
                    ? unnumbered
                    : numbers.stream().mapToLong(SequenceRange::size).sum();
            return new Loss(cause.reason(), cause.boot(), numbers, packs, readings, from, to);
        }
    }

    Tally add(Loss loss) {
        sums.computeIfAbsent(new Cause(loss.reason(), loss.boot()), _ -> new Sum())
                .add(loss);
        return this;
    }

    Tally addAll(List<Loss> several) {
        several.forEach(this::add);
        return this;
    }

    boolean isEmpty() {
        return sums.isEmpty();
    }

    /** How many ranges of numbers it has. */
    int ranges() {
        int ranges = 0;
        for (Sum sum : sums.values()) {
            ranges += sum.ranges.size();
        }
        return ranges;
    }

    void clear() {
        sums.clear();
    }

    List<Loss> losses() {
        return sums.isEmpty()
                ? List.of()
                : sums.entrySet().stream()
                        .map(sum -> sum.getValue().loss(sum.getKey()))
                        .toList();
    }

    /** The same in parts, each with at most so many ranges of numbers. */
    List<List<Loss>> parts(int rangesMax) {
        List<List<Loss>> parts = new ArrayList<>();
        int room = 0;
        for (Loss loss : losses()) {
            List<SequenceRange> ranges = loss.ranges();
            for (int first = 0; first == 0 || first < ranges.size(); ) {
                if (room == 0) {
                    parts.add(new ArrayList<>());
                    room = rangesMax;
                }
                int end = Math.min(ranges.size(), first + room);
                List<SequenceRange> some = ranges.subList(first, end);
                long packs = some.isEmpty()
                        ? loss.packs()
                        : some.stream().mapToLong(SequenceRange::size).sum();
                long readings = first == 0 ? loss.readings() : 0;
                parts.getLast()
                        .add(new Loss(loss.reason(), loss.boot(), some, packs, readings, loss.from(), loss.to()));
                room -= Math.max(1, end - first);
                first = Math.max(1, end);
            }
        }
        return parts;
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
}

package org.heliograph.agent.intake;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.SequenceRange;

/** The numbers that are missing between packs in a row, unless one of them tells of their loss. */
public final class MissingPacks {
    /** The most ranges of one start of a device; a file with more is nearly empty. */
    private static final int RANGES_MAX = 1_000;

    private final Map<Start, Long> last = new LinkedHashMap<>();
    private final Map<Start, TreeMap<Long, Long>> missing = new LinkedHashMap<>();

    private final Map<Start, List<SequenceRange>> told = new LinkedHashMap<>();

    /** A device in a start of its agent: what its packs' numbers count from. */
    public record Start(DeviceId device, String agent, long boot) {}

    /** The next pack. */
    public void look(Dispatch dispatch) {
        if (!dispatch.origin().report()) {
            Start start = new Start(
                    dispatch.device(),
                    dispatch.origin().agent(),
                    dispatch.origin().boot());
            long sequence = dispatch.origin().sequence();
            Long before = last.put(start, sequence);
            if (before != null && sequence > before + 1) {
                TreeMap<Long, Long> gaps = missing.computeIfAbsent(start, _ -> new TreeMap<>());
                if (gaps.size() < RANGES_MAX) {
                    gaps.put(before + 1, sequence - 1);
                }
            }
        }
        for (Loss loss : dispatch.losses()) {
            Start start = new Start(dispatch.device(), dispatch.origin().agent(), loss.boot());
            told.computeIfAbsent(start, _ -> new ArrayList<>())
                    .addAll(loss.ranges()); // it may come before what it tells of
        }
    }

    private static void remove(SequenceRange told, NavigableMap<Long, Long> gaps) {
        Long from = gaps.floorKey(told.first());
        Iterator<Map.Entry<Long, Long>> affected = gaps.tailMap(from == null ? told.first() : from, true)
                .headMap(told.last(), true)
                .entrySet()
                .iterator();
        List<SequenceRange> left = new ArrayList<>();
        while (affected.hasNext()) {
            Map.Entry<Long, Long> gap = affected.next();
            if (gap.getValue() < told.first()) {
                continue;
            }
            if (gap.getKey() < told.first()) {
                left.add(new SequenceRange(gap.getKey(), told.first() - 1));
            }
            if (gap.getValue() > told.last()) {
                left.add(new SequenceRange(told.last() + 1, gap.getValue()));
            }
            affected.remove();
        }
        left.forEach(range -> gaps.put(range.first(), range.last()));
    }

    /** Ascending, apart; none where nothing is missing. */
    public Map<Start, List<SequenceRange>> ranges() {
        Map<Start, List<SequenceRange>> all = new LinkedHashMap<>();
        missing.forEach((start, found) -> {
            TreeMap<Long, Long> gaps = new TreeMap<>(found);
            told.getOrDefault(start, List.of()).forEach(range -> remove(range, gaps));
            if (!gaps.isEmpty()) {
                all.put(
                        start,
                        gaps.entrySet().stream()
                                .map(gap -> new SequenceRange(gap.getKey(), gap.getValue()))
                                .toList());
            }
        });
        return all;
    }
}

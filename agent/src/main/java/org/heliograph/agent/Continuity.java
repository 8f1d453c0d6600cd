package org.heliograph.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Inspection;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.SequenceRange;

/** Looks at a journal's entries one after the other for what the disk has changed, and for packs that are missing. */
final class Continuity {
    private final List<String> damaged = new ArrayList<>();
    private final Map<String, Long> last = new HashMap<>();
    private final Map<String, TreeSet<Long>> missing = new HashMap<>();
    private long entries;

    /** More missing numbers than this aren't named one by one. */
    private static final int NAMED_MAX = 10_000;

    void look(Stored stored) {
        entries++;
        Entry entry = stored.entry();
        if (Inspection.SPOILT.equals(entry.headers().get(DeadLetter.REASON))) {
            damaged.add("entry " + stored.offset() + " of " + entry.key() + ": " + Inspection.SPOILT);
            return;
        }
        if (entry.kind() == Entry.Kind.DEAD_LETTER) {
            return;
        }
        JournalLine.dispatch(entry)
                .ifPresentOrElse(
                        this::look,
                        () -> damaged.add("entry " + stored.offset() + " of " + entry.key() + " is no pack"));
    }

    private void look(Dispatch dispatch) {
        String name = dispatch.device() + " of start "
                + Long.toUnsignedString(dispatch.origin().boot());
        if (!dispatch.origin().report()) {
            long sequence = dispatch.origin().sequence();
            Long before = last.put(name, sequence);
            for (long gone = before == null ? sequence : before + 1; gone < sequence; gone++) {
                TreeSet<Long> gap = missing.computeIfAbsent(name, _ -> new TreeSet<>());
                if (gap.size() < NAMED_MAX) {
                    gap.add(gone);
                }
            }
        }
        for (Loss loss : dispatch.losses()) {
            TreeSet<Long> gap = missing.get(dispatch.device() + " of start " + Long.toUnsignedString(loss.boot()));
            if (gap != null) {
                for (SequenceRange range : loss.ranges()) {
                    gap.subSet(range.first(), true, range.last(), true).clear();
                }
            }
        }
    }

    long entries() {
        return entries;
    }

    List<String> faults() {
        List<String> faults = new ArrayList<>(damaged);
        missing.forEach((name, gap) -> {
            if (!gap.isEmpty()) {
                faults.add(gap.size() + " packs are missing of " + name + ", the first is " + gap.first());
            }
        });
        return faults;
    }
}

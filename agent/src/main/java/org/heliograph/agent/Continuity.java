package org.heliograph.agent;

import java.util.ArrayList;
import java.util.List;
import org.heliograph.agent.intake.MissingPacks;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Inspection;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.SequenceRange;

/** Looks at a journal's entries one after the other for what the disk has changed, and for packs that are missing. */
final class Continuity {
    private final List<String> damaged = new ArrayList<>();
    private final MissingPacks missing = new MissingPacks();
    private long entries;

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
                        missing::look,
                        () -> damaged.add("entry " + stored.offset() + " of " + entry.key() + " is no pack"));
    }

    long entries() {
        return entries;
    }

    List<String> faults() {
        List<String> faults = new ArrayList<>(damaged);
        missing.ranges()
                .forEach((start, ranges) -> faults.add("%d packs are missing of %s of start %s, the first is %d"
                        .formatted(
                                ranges.stream().mapToLong(SequenceRange::size).sum(),
                                start.device(),
                                Long.toUnsignedString(start.boot()),
                                ranges.getFirst().first())));
        return faults;
    }
}

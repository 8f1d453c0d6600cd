package org.heliograph.agent.intake;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;

/**
 * Tells, on their way out, of the entries that the disk has changed in a journal that is sound otherwise. Each goes as a dead
 * letter, and its loss with it: of its device, by its number, where its neighbours confirm what is left of that; else as one
 * more of the agent's own.
 */
public final class Spoilage {
    private final DeviceId agent;
    private final long born;

    /**
     * For the pump of a journal.
     *
     * @param agent as a device of its site
     * @param born the journal's own number, with which an offset names an entry for ever
     */
    public Spoilage(DeviceId agent, long born) {
        this.agent = agent;
        this.born = born;
    }

    /** A pack, by its number among those of its device; who numbered them may have been another agent than this. */
    private record Numbered(DeviceId device, String agent, long boot, long sequence) {
        static Numbered of(Dispatch pack) {
            Origin origin = pack.origin();
            return new Numbered(pack.device(), origin.agent(), origin.boot(), origin.sequence());
        }

        Numbered beside(int by) {
            return new Numbered(device, agent, boot, sequence + by);
        }
    }

    /** Entries in a row; behind each that is spoilt a report of its loss, at its offset. */
    public List<Stored> told(List<Stored> entries) {
        if (entries.stream().noneMatch(stored -> Journal.hasSpoilt(stored.entry()))) {
            return entries;
        }
        Set<Numbered> sound = new HashSet<>();
        for (Stored stored : entries) {
            if (stored.entry().kind() != Entry.Kind.DEAD_LETTER) {
                pack(stored.entry()).map(Numbered::of).ifPresent(sound::add);
            }
        }
        List<Stored> told = new ArrayList<>();
        for (Stored stored : entries) {
            told.add(stored);
            if (Journal.hasSpoilt(stored.entry())) {
                told.add(report(stored, sound));
            }
        }
        return told;
    }

    private Stored report(Stored spoilt, Set<Numbered> sound) {
        Optional<Numbered> number = pack(spoilt.entry())
                .filter(pack -> pack.device().key().equals(spoilt.entry().key()))
                .map(Numbered::of)
                .filter(own ->
                        !sound.contains(own) && (sound.contains(own.beside(-1)) || sound.contains(own.beside(1))));
        DeviceId of = number.map(Numbered::device).orElse(agent);
        Loss loss = new Loss(
                Loss.JOURNAL_DAMAGED,
                number.map(Numbered::boot).orElse(0L),
                number.map(own -> List.of(new SequenceRange(own.sequence(), own.sequence())))
                        .orElse(List.of()),
                1,
                0,
                Optional.empty(),
                Optional.empty());
        Origin origin = Origin.ofReport(number.map(Numbered::agent).orElse(agent.device()), born, spoilt.offset());
        byte[] report = PackCodec.encode(Dispatch.of(of, origin, List.of(loss)));
        return spoilt.as(Entry.report(of.key(), spoilt.entry().timestampMillis(), report));
    }

    /** What its bytes say that it is. Reports are numbered apart. */
    private static Optional<Dispatch> pack(Entry entry) {
        return PackCodec.read(entry.value()).filter(pack -> !pack.origin().report());
    }
}

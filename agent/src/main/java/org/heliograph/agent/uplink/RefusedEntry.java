package org.heliograph.agent.uplink;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;

/**
 * An entry that the broker will never take, and what is sent in its place.
 *
 * @param clock of what is sent
 */
record RefusedEntry(Stored stored, String reason, InstantSource clock) {
    /** What is kept of a record that the broker found too large. */
    private static final int POISON_BYTES_MAX = 4 << 10;

    /** What tells of a record that was refused tells of no loss with more ranges of numbers. */
    private static final int TOLD_RANGES_MAX = 1_000;

    /** Its beginning, and why it was refused. */
    Entry letter() {
        Entry entry = stored.entry();
        Map<String, String> headers = new HashMap<>(entry.headers());
        String source = headers.getOrDefault(DeadLetter.SOURCE, DeadLetter.journal(stored.offset()));
        headers.putAll(DeadLetter.ofAgent("Kafka refuses it: " + reason, source));
        return new Entry(
                Entry.Kind.DEAD_LETTER,
                entry.key(),
                clock.millis(),
                headers,
                Arrays.copyOf(entry.value(), Math.min(entry.value().length, POISON_BYTES_MAX)));
    }

    /** That a pack will never come, and what it would have told; nothing of a dead letter, and of what is no pack. */
    Optional<Entry> report() {
        Entry entry = stored.entry();
        return entry.kind() == Entry.Kind.DEAD_LETTER
                ? Optional.empty()
                : PackCodec.read(entry.value())
                        .map(pack -> Entry.report(entry.key(), clock.millis(), PackCodec.encode(report(pack))));
    }

    private Dispatch report(Dispatch pack) {
        List<Loss> losses = new ArrayList<>();
        pack.losses().forEach(loss -> losses.add(loss.ranges().size() > TOLD_RANGES_MAX ? unnumbered(loss) : loss));
        if (!pack.origin().report()) {
            losses.add(Loss.of(pack, Loss.REFUSED_BY_KAFKA));
        }
        Origin origin = Origin.ofReport(pack.origin().agent(), pack.origin().boot(), stored.offset());
        return new Dispatch(pack.device(), origin, Optional.empty(), ClockQuality.UNKNOWN, losses, pack.presence());
    }

    /** An earlier agent's report may have been refused for its numbers: what told of it again would be. */
    private static Loss unnumbered(Loss loss) {
        return new Loss(loss.reason(), loss.boot(), List.of(), loss.packs(), loss.readings(), loss.from(), loss.to());
    }
}

package org.heliograph.agent.intake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.agent.journal.Survey;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;

/**
 * What a damaged journal has lost: the packs whose numbers are missing between those that were saved, told of their devices;
 * and how many more are gone, of which nobody knows whose they were, told of the agent itself.
 */
final class DamageSurvey implements Survey {
    private final DeviceId agent;
    private final long boot;
    private final long nowMillis;
    private final MissingPacks missing = new MissingPacks();
    private long told;

    /** Whose packs, and who numbered them: the journal may have been another agent's. */
    private record Numbered(DeviceId device, String agent) {}

    DamageSurvey(DeviceId agent, long boot, long nowMillis) {
        this.agent = agent;
        this.boot = boot;
        this.nowMillis = nowMillis;
    }

    @Override
    public void saved(Stored stored) {
        if (stored.entry().kind() == Entry.Kind.DEAD_LETTER) {
            return;
        }
        // its checksum is right, so what is no pack never was one that could be missed
        PackCodec.read(stored.entry().value()).ifPresent(dispatch -> {
            missing.look(dispatch);
            dispatch.losses().forEach(loss -> told += loss.ranges().isEmpty() ? 0 : loss.packs());
        });
    }

    @Override
    public List<Entry> reports(long gone, long offset) {
        Map<Numbered, List<Loss>> losses = new LinkedHashMap<>();
        long numbered = 0;
        for (Map.Entry<MissingPacks.Start, List<SequenceRange>> gap :
                missing.ranges().entrySet()) {
            MissingPacks.Start start = gap.getKey();
            Loss loss = loss(start.boot(), gap.getValue(), 0);
            numbered += loss.packs();
            losses.computeIfAbsent(new Numbered(start.device(), start.agent()), _ -> new ArrayList<>())
                    .add(loss);
        }
        // also when it is none that is known of: that the journal was damaged is said
        losses.computeIfAbsent(new Numbered(agent, agent.device()), _ -> new ArrayList<>())
                .add(loss(0, List.of(), Math.max(0, gone - told - numbered)));
        List<Entry> reports = new ArrayList<>();
        losses.forEach((of, some) -> reports.add(report(of, some, offset + reports.size())));
        return reports;
    }

    private static Loss loss(long boot, List<SequenceRange> ranges, long unnumbered) {
        long packs = ranges.stream().mapToLong(SequenceRange::size).sum();
        return new Loss(
                Loss.JOURNAL_DAMAGED,
                boot,
                ranges,
                ranges.isEmpty() ? unnumbered : packs,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private Entry report(Numbered of, List<Loss> losses, long offset) {
        Origin origin = Origin.ofReport(of.agent(), boot, offset);
        return Entry.report(of.device().key(), nowMillis, PackCodec.encode(Dispatch.of(of.device(), origin, losses)));
    }
}

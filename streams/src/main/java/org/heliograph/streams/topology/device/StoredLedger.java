package org.heliograph.streams.topology.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.gap.DeviceLedger;
import org.heliograph.streams.gap.DeviceLedger.Boot;
import org.heliograph.streams.gap.DeviceLedger.BootId;
import org.heliograph.streams.gap.PackCounts;
import org.heliograph.streams.topology.state.LossShares;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.BootLosses;
import org.heliograph.streams.topology.state.v1.ClosedBoot;
import org.heliograph.streams.topology.state.v1.DeviceLosses;

/** Gap ledgers to and from their stored form. */
final class StoredLedger {
    private StoredLedger() {}

    static byte[] encode(DeviceLedger.State state) {
        DeviceLosses.Builder losses = DeviceLosses.newBuilder();
        state.open().forEach(boot -> losses.addOpen(encode(boot)));
        state.closed().forEach((agent, counts) -> losses.addClosed(LossShares.encode(agent, counts)));
        state.remembered()
                .forEach(id -> losses.addRemembered(
                        ClosedBoot.newBuilder().setAgent(id.agent()).setBoot(id.boot())));
        return losses.build().toByteArray();
    }

    static DeviceLedger.State decode(byte[] stored) {
        DeviceLosses losses = StateException.read(GapBook.STORE, stored, DeviceLosses::parseFrom);
        List<Boot> open = new ArrayList<>();
        losses.getOpenList().forEach(boot -> open.add(decode(boot)));
        Map<String, PackCounts> closed = new TreeMap<>();
        losses.getClosedList().forEach(summed -> closed.put(summed.getAgent(), LossShares.decode(summed)));
        List<BootId> remembered = losses.getRememberedList().stream()
                .map(boot -> new BootId(boot.getAgent(), boot.getBoot()))
                .toList();
        return new DeviceLedger.State(open, closed, remembered);
    }

    private static BootLosses encode(Boot boot) {
        BootLosses.Builder losses = BootLosses.newBuilder()
                .setAgent(boot.id().agent())
                .setBoot(boot.id().boot())
                .setFromStart(boot.fromStart())
                .setDuplicates(boot.duplicates())
                .setUnnumbered(boot.unnumbered())
                .setReadings(boot.readings())
                .setClosedMissing(boot.closedMissing())
                .setClosedReported(boot.closedReported())
                .setHeardMs(boot.heardMillis());
        for (long bound : boot.received()) {
            losses.addReceived(bound);
        }
        for (long bound : boot.reported()) {
            losses.addReported(bound);
        }
        for (long bound : boot.reports()) {
            losses.addReports(bound);
        }
        return losses.build();
    }

    private static Boot decode(BootLosses losses) {
        return new Boot(
                new BootId(losses.getAgent(), losses.getBoot()),
                losses.getFromStart(),
                longs(losses.getReceivedList()),
                longs(losses.getReportedList()),
                longs(losses.getReportsList()),
                losses.getDuplicates(),
                losses.getUnnumbered(),
                losses.getReadings(),
                losses.getClosedMissing(),
                losses.getClosedReported(),
                losses.getHeardMs());
    }

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}

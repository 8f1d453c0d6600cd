package org.heliograph.streams.topology.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.loss.DeviceLedger;
import org.heliograph.streams.loss.DeviceLedger.Boot;
import org.heliograph.streams.loss.DeviceLedger.BootId;
import org.heliograph.streams.loss.Loss;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.BootLosses;
import org.heliograph.streams.topology.state.v1.ClosedBoot;
import org.heliograph.streams.topology.state.v1.DeviceLosses;
import org.heliograph.streams.topology.state.v1.SummedLosses;

/** Gap ledgers to and from their stored form. */
public final class StoredLosses {
    private StoredLosses() {}

    static byte[] encode(DeviceLedger.State state) {
        DeviceLosses.Builder losses = DeviceLosses.newBuilder();
        state.open().forEach(boot -> losses.addOpen(encode(boot)));
        state.closed().forEach((agent, loss) -> losses.addClosed(encode(agent, loss)));
        state.remembered()
                .forEach(id -> losses.addRemembered(
                        ClosedBoot.newBuilder().setAgent(id.agent()).setBoot(id.boot())));
        return losses.build().toByteArray();
    }

    public static DeviceLedger.State decode(byte[] stored) {
        DeviceLosses losses = StateException.read(LossBook.STORE, stored, DeviceLosses::parseFrom);
        List<Boot> open = new ArrayList<>();
        losses.getOpenList().forEach(boot -> open.add(decode(boot)));
        Map<String, Loss> closed = new TreeMap<>();
        losses.getClosedList().forEach(loss -> closed.put(loss.getAgent(), decode(loss)));
        List<BootId> remembered = losses.getRememberedList().stream()
                .map(boot -> new BootId(boot.getAgent(), boot.getBoot()))
                .toList();
        return new DeviceLedger.State(open, closed, remembered);
    }

    static SummedLosses encode(String agent, Loss loss) {
        return SummedLosses.newBuilder()
                .setAgent(agent)
                .setExpected(loss.expected())
                .setMissing(loss.missing())
                .setReported(loss.reported())
                .setDuplicates(loss.duplicates())
                .setUnnumbered(loss.unnumbered())
                .setReadings(loss.readings())
                .build();
    }

    public static Loss decode(SummedLosses loss) {
        return new Loss(
                loss.getExpected(),
                loss.getMissing(),
                loss.getReported(),
                loss.getDuplicates(),
                loss.getUnnumbered(),
                loss.getReadings());
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

package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.gap.DeviceLedger;
import org.heliograph.streams.gap.DeviceLedger.BootId;
import org.heliograph.streams.gap.PackCounts;
import org.heliograph.streams.topology.state.LossShares;
import org.heliograph.streams.topology.state.v1.DeviceLack;
import org.heliograph.streams.topology.state.v1.LossShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.v1.Loss;
import org.heliograph.telemetry.wire.v1.SequenceRange;
import org.jspecify.annotations.Nullable;

/**
 * The gap ledgers of a partition's devices, and what they add up to. Every pack that can be read counts as here, whatever
 * becomes of its readings: what is refused is in the dead letters, and not lost. Held in memory; what has changed is
 * written before each commit, with the samples of the same packs.
 */
public final class GapBook {
    public static final String STORE = "losses";

    /** Whether the partition was read from its very first record: then what isn't here was never there. */
    private static final String FROM_START = "";

    private static final byte[] YES = {1};
    private static final byte[] NO = {0};

    /** Devices that nobody knows could be any number: of more than so many in a partition nothing is counted. */
    private static final int MAX_DEVICES = 100_000;

    private static final Duration SAID_EVERY = Duration.ofSeconds(1);
    /** What hasn't changed is said again that often, so that a site side that has just begun learns of it. */
    private static final Duration REPEATED_EVERY = Duration.ofSeconds(5);

    private final KeyValueStore<String, byte[]> store;
    private final int partition;
    private final Map<String, Ledger> devices = new HashMap<>();
    private final Map<String, LossShare> said = new HashMap<>();
    /** The sites whose sums have changed since they were said. */
    private final Set<String> changed = new HashSet<>();
    /** The devices whose ledgers have changed since they were written. */
    private final Map<String, DeviceLedger> unwritten = new HashMap<>();

    private @Nullable Boolean listensFromStart;
    private long saidMillis;
    private long repeatedMillis;

    private record Ledger(DeviceId id, DeviceLedger ledger) {}

    GapBook(KeyValueStore<String, byte[]> store, int partition) {
        this.store = store;
        this.partition = partition;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> {
                if (entry.key.equals(FROM_START)) {
                    listensFromStart = entry.value[0] == YES[0];
                } else {
                    DeviceId id = DeviceId.ofKey(entry.key);
                    devices.put(entry.key, new Ledger(id, DeviceLedger.of(StoredLedger.decode(entry.value))));
                    changed.add(id.site());
                }
            });
        }
    }

    /** Takes note of a record, whatever becomes of it. */
    void saw(Optional<PackHeader> header, long offset, long nowMillis) {
        boolean fromStart = listensFromStart(offset);
        header.ifPresent(pack -> saw(pack, fromStart, nowMillis));
    }

    /** A broker deletes the oldest records: the first one that was met tells whether any had gone before. */
    private boolean listensFromStart(long offset) {
        if (listensFromStart == null) {
            boolean first = offset == 0;
            listensFromStart = first;
            store.put(FROM_START, first ? YES : NO);
        }
        return listensFromStart;
    }

    private void saw(PackHeader pack, boolean fromStart, long nowMillis) {
        String key = pack.device().key();
        Ledger device = devices.get(key);
        if (device == null) {
            if (devices.size() >= MAX_DEVICES) {
                return;
            }
            device = new Ledger(pack.device(), new DeviceLedger());
            devices.put(key, device);
        }
        DeviceLedger ledger = device.ledger();
        boolean isNew = pack.report()
                ? ledger.receiveReport(pack.origin(), pack.sequence(), fromStart, nowMillis)
                : ledger.receive(pack.origin(), pack.sequence(), fromStart, nowMillis);
        if (isNew) {
            pack.losses().forEach(loss -> takeReport(ledger, pack.origin(), loss, fromStart));
        }
        unwritten.put(key, ledger);
        changed.add(device.id().site());
    }

    /** Writes what has changed. */
    void write() {
        unwritten.forEach((key, ledger) -> store.put(key, StoredLedger.encode(ledger.state())));
        unwritten.clear();
    }

    private static void takeReport(DeviceLedger ledger, BootId reporter, Loss loss, boolean fromStart) {
        BootId numberedBy = new BootId(reporter.agent(), loss.getBoot());
        for (SequenceRange range : loss.getRangesList()) {
            ledger.giveUp(numberedBy, range.getFirst(), range.getLast() + 1, fromStart);
        }
        long unnumbered = loss.getRangesCount() == 0 ? loss.getPacks() : 0;
        ledger.lost(reporter, Math.max(0, unnumbered), Math.max(0, loss.getReadings()));
    }

    /** What there is to say now: of sites that have changed, at most once a second; of all of them now and then. */
    Map<String, SiteInput> at(long nowMillis) {
        boolean wasSetBack = nowMillis < saidMillis;
        boolean repeats = wasSetBack || nowMillis - repeatedMillis >= REPEATED_EVERY.toMillis();
        if (!repeats && (changed.isEmpty() || nowMillis - saidMillis < SAID_EVERY.toMillis())) {
            return Map.of();
        }
        saidMillis = nowMillis;
        Map<String, Tally> tallies = new HashMap<>();
        for (Ledger device : devices.values()) {
            if (changed.contains(device.id().site())) {
                tallies.computeIfAbsent(device.id().site(), _ -> new Tally()).add(device);
            }
        }
        tallies.forEach((site, tally) -> said.put(site, tally.share(partition)));
        changed.clear();
        Map<String, SiteInput> inputs = new HashMap<>();
        for (String site : repeats ? said.keySet() : tallies.keySet()) {
            inputs.put(site, SiteInput.newBuilder().setLoss(said.get(site)).build());
        }
        if (repeats) {
            repeatedMillis = nowMillis;
        }
        return inputs;
    }

    /** What the devices of a site add up to. */
    private static final class Tally {
        private final Map<String, PackCounts> agents = new TreeMap<>();
        private final List<DeviceLack> lacking = new ArrayList<>();

        void add(Ledger device) {
            device.ledger().byAgent().forEach((agent, counts) -> {
                agents.merge(agent, counts, PackCounts::plus);
                if (counts.missing() > 0) {
                    lacking.add(DeviceLack.newBuilder()
                            .setDevice(device.id().device())
                            .setAgent(agent)
                            .setMissing(counts.missing())
                            .build());
                }
            });
        }

        LossShare share(int partition) {
            LossShare.Builder share = LossShare.newBuilder().setPartition(partition);
            agents.forEach((agent, counts) -> share.addAgents(LossShares.encode(agent, counts)));
            return share.addAllLacking(LossShares.most(lacking)).build();
        }
    }
}

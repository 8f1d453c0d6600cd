package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.plant.Noise;

/** What becomes of a device's messages between it and whoever listens. For one thread. */
final class Post {
    private static final int MOST_READINGS_PER_PACK = 10;

    private final List<Fault> faults;
    private final PriorityQueue<Held> held =
            new PriorityQueue<>(Comparator.comparing(Held::due).thenComparing(Held::said));
    private List<Snapshot> inTime = new ArrayList<>();

    private record Held(Instant due, Instant said, Snapshot shown) {}

    Post(List<Fault> faults) {
        this.faults = List.copyOf(faults);
    }

    /** The device says something. */
    void send(Instant now, Snapshot shown) {
        for (Fault fault : faults) {
            if (now.isBefore(fault.from()) || !now.isBefore(fault.to())) {
                continue;
            }
            switch (fault) {
                case Fault.Outage _ -> {
                    return;
                }
                case Fault.Drop drop -> {
                    if (chance(drop.seed(), now) < drop.share()) {
                        return;
                    }
                }
                case Fault.Delay delay -> {
                    held.add(new Held(delay.due(), now, shown));
                    return;
                }
                case Fault.Reorder reorder -> {
                    Duration travel = Duration.ofSeconds((long)
                            (chance(reorder.seed(), now) * reorder.atMost().toSeconds()));
                    held.add(new Held(now.plus(travel), now, shown));
                    return;
                }
                case Fault.Duplicate duplicate -> held.add(new Held(now.plus(duplicate.later()), now, shown));
                case Fault.Reset _,
                        Fault.Rollover _,
                        Fault.FrozenDisplay _,
                        Fault.StoppedCounter _,
                        Fault.Swap _,
                        Fault.Spike _,
                        Fault.Glitch _,
                        Fault.Skew _,
                        Fault.Alarm _ -> {}
            }
        }
        inTime.add(shown);
    }

    /** What arrives by then, in packs; one pack is of one unit. */
    List<List<Snapshot>> take(Instant now) {
        List<List<Snapshot>> packs = new ArrayList<>();
        addPacks(inTime, Integer.MAX_VALUE, packs);
        inTime = new ArrayList<>();
        while (!held.isEmpty() && !held.peek().due().isAfter(now)) {
            List<Snapshot> together = new ArrayList<>();
            Instant due = held.peek().due();
            while (!held.isEmpty() && held.peek().due().equals(due)) {
                together.add(held.remove().shown());
            }
            addPacks(together, MOST_READINGS_PER_PACK, packs);
        }
        return packs;
    }

    private static void addPacks(List<Snapshot> snapshots, int most, List<List<Snapshot>> packs) {
        List<Snapshot> pack = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            boolean full = pack.size() >= most;
            if (full || (!pack.isEmpty() && !pack.getFirst().serial().equals(snapshot.serial()))) {
                packs.add(pack);
                pack = new ArrayList<>();
            }
            pack.add(snapshot);
        }
        if (!pack.isEmpty()) {
            packs.add(pack);
        }
    }

    private static double chance(long seed, Instant now) {
        return new Noise(seed).uniform(now.getEpochSecond());
    }
}

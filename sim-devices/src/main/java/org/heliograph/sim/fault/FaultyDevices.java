package org.heliograph.sim.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.heliograph.sim.device.Snapshot;

/**
 * A site's devices with the faults of a plan: what they read goes in, what arrives of it comes out. A device without a
 * fault shows the truth, and all of it arrives. For one thread.
 */
public final class FaultyDevices {
    private final Map<String, Display> displays = new HashMap<>();
    private final Map<String, Post> posts = new HashMap<>();
    private final NavigableMap<Instant, Set<String>> moments = new TreeMap<>();

    public FaultyDevices(FaultPlan plan) {
        Map<String, List<Fault>> byDevice = new HashMap<>();
        plan.faults()
                .forEach(fault -> byDevice.computeIfAbsent(fault.device(), _ -> new ArrayList<>())
                        .add(fault));
        byDevice.forEach((device, faults) -> {
            Display display = new Display(faults);
            displays.put(device, display);
            posts.put(device, new Post(faults));
            display.moments()
                    .forEach(moment -> moments.computeIfAbsent(moment, _ -> new TreeSet<>())
                            .add(device));
        });
    }

    /** The next moment after that, up to and including another, at which some {@link #devicesAt} have to {@link #remember}. */
    public Optional<Instant> nextMoment(Instant after, Instant upTo) {
        Instant next = moments.higherKey(after);
        return next == null || next.isAfter(upTo) ? Optional.empty() : Optional.of(next);
    }

    public Set<String> devicesAt(Instant moment) {
        return Set.copyOf(moments.getOrDefault(moment, Set.of()));
    }

    /** A counter jumps or stands still: what it read then, in truth. */
    public void remember(String device, Snapshot truth) {
        Display display = displays.get(device);
        if (display != null) {
            display.remember(truth);
        }
    }

    /** A device reads its instruments, and says what it shows. */
    public void read(String device, Snapshot truth) {
        Display display = displays.get(device);
        Snapshot shown = display == null ? truth : display.show(truth);
        posts.computeIfAbsent(device, _ -> new Post(List.of())).send(Instant.ofEpochSecond(truth.epochSecond()), shown);
    }

    /** What arrives of a device by then, pack by pack. */
    public List<List<Snapshot>> take(String device, Instant now) {
        Post post = posts.get(device);
        return post == null ? List.of() : post.take(now);
    }
}

package org.heliograph.streams.site;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;

/**
 * The meters that have others below them, at a moment.
 *
 * @param nodes by meter id
 */
public record MeterTree(SortedMap<String, Node> nodes) {
    public static final MeterTree NONE = new MeterTree(Collections.emptySortedMap());

    public MeterTree {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /**
     * A meter with others below it.
     *
     * @param parent the meter upstream of it; empty when it has none
     * @param children the meters right below it
     * @param alike whether those are of one device class, so that one can be held against the others
     * @param stepMillijoules what its register and theirs can hide, being counted in steps
     */
    public record Node(String parent, DeviceSet children, boolean alike, long stepMillijoules) {}

    /** A meter that isn't there at that moment is nobody's parent. */
    public static MeterTree at(SiteModel site, Instant at) {
        SortedMap<String, List<Device>> below = new TreeMap<>();
        for (Device device : site.devices()) {
            if (!device.parent().isEmpty() && device.isValidAt(at)) {
                below.computeIfAbsent(device.parent(), _ -> new ArrayList<>()).add(device);
            }
        }
        SortedMap<String, Node> nodes = new TreeMap<>();
        below.forEach((parent, children) ->
                site.device(parent, at).ifPresent(meter -> nodes.put(parent, node(meter, children))));
        return new MeterTree(nodes);
    }

    private static Node node(Device meter, List<Device> children) {
        long classes = children.stream()
                .map(child -> child.profile().name())
                .distinct()
                .count();
        long steps = steps(meter, BranchShare.downstream(meter.role()))
                + children.stream().mapToLong(MeterTree::upstreamSteps).sum();
        DeviceSet devices =
                children.stream().map(child -> DeviceSet.of(child.id())).reduce(DeviceSet.NONE, DeviceSet::plus);
        return new Node(meter.parent(), devices, classes == 1, steps);
    }

    private static long upstreamSteps(Device device) {
        Set<Point> has = Set.copyOf(DeviceMinute.registers(device));
        return steps(device, BranchShare.upstream(device.role(), has));
    }

    private static long steps(Device device, List<Point> registers) {
        long steps = 0;
        for (Point register : registers) {
            @Nullable PointSpec spec = device.profile().points().get(register);
            steps += spec == null ? 0 : spec.resolutionMillijoules();
        }
        return steps;
    }
}

package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.site.Device;

/** Which device has which fault when. Immutable; the same arguments give the same plan. */
public final class FaultPlan {
    public static final FaultPlan NONE = new FaultPlan(List.of());

    /** Faults that are over before the next one begins need some time. */
    public static final Duration SHORTEST = Duration.ofHours(1);

    private final List<Fault> faults;

    /** @param faults those of one device that change what it shows must not overlap in time */
    public FaultPlan(List<Fault> faults) {
        this.faults = faults.stream()
                .sorted(Comparator.comparing(Fault::from).thenComparing(Fault::device))
                .toList();
    }

    /**
     * Draws one fault of each kind for each day between two moments (two of those that have two variants), and a rollover
     * once. Where a day isn't whole, "an hour" is a quarter of it. The utility meter and devices without energy have
     * no faults but lost and late messages; cooling units, which show their last readings instead of sending them, none
     * that a repetition would heal.
     *
     * @param from a whole minute; so is {@code to}
     * @throws IllegalArgumentException with a sentence, if the time is too short, or some (not all) kinds are wanted and
     *     the site has no device for one of them
     */
    public static FaultPlan of(Layout layout, long seed, Set<FaultKind> kinds, Instant from, Instant to) {
        if (kinds.isEmpty()) {
            return NONE;
        }
        if (Duration.between(from, to).compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("faults need an hour at least, not the time from " + from + " to " + to);
        }
        return new FaultPlan(new Planning(layout, seed, from, to).plan(kinds));
    }

    /**
     * The same, if a site has the devices for it, and none has two of those that change what its counter shows at a time.
     *
     * @throws IllegalArgumentException with a sentence, if it has not
     */
    public FaultPlan on(Layout layout) {
        for (Fault fault : faults) {
            Device device = layout.devices().stream()
                    .filter(its -> its.id().equals(fault.device()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the site has no device '" + fault.device() + "'"));
            if (!fault.kind().canBeOf(device)) {
                throw new IllegalArgumentException(
                        "'" + device.id() + "', a " + device.profile().name() + ", can't have the fault '"
                                + fault.kind().label() + "'");
            }
            faults.stream()
                    .filter(other -> other != fault && other.overlapsOnDisplay(fault))
                    .findFirst()
                    .ifPresent(other -> {
                        throw new IllegalArgumentException("'" + device.id() + "' would have the faults '"
                                + fault.kind().label() + "' of " + fault.from() + " and '"
                                + other.kind().label() + "' of " + other.from() + " at the same time");
                    });
        }
        return this;
    }

    /** The earlier first. */
    public List<Fault> faults() {
        return faults;
    }

    public boolean isEmpty() {
        return faults.isEmpty();
    }
}

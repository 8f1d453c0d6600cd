package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.InverterStates;

/**
 * A fault that somebody wants to see: which, of which device, when. How bad it is follows from these.
 *
 * @param from a whole minute
 * @param length whole minutes; empty for what is usual, or for a fault that is of a moment
 */
public record ChosenFault(FaultKind kind, String device, Instant from, Optional<Duration> length) {
    private static final Duration AHEAD = Duration.ofMinutes(2);
    private static final double LOST_SHARE = 0.5;
    private static final double SPIKE_HOURS = 75;
    private static final double SWAPPED_HOURS = 10_000;

    /** @throws IllegalArgumentException with a sentence, if such a fault can't be chosen, or not on that site */
    public Fault on(Layout layout) {
        Duration usual = usualLength();
        if (usual.isZero() && length.isPresent()) {
            throw new IllegalArgumentException("the fault '" + kind.label() + "' is of a moment, it has no duration");
        }
        Duration lasting = length.orElse(usual);
        Instant to = from.plus(lasting);
        long seed = from.getEpochSecond();
        return switch (kind) {
            case DROP -> new Fault.Drop(device, from, to, LOST_SHARE, seed);
            case DUPLICATE -> new Fault.Duplicate(device, from, to, lasting.dividedBy(2));
            case REORDER -> new Fault.Reorder(device, from, to, lasting.dividedBy(2), seed);
            case DELAY -> new Fault.Delay(device, from, to, to);
            case OUTAGE -> new Fault.Outage(device, from, to);
            case RESET -> new Fault.Reset(device, from);
            case STUCK -> new Fault.FrozenDisplay(device, from, to);
            case SWAP -> new Fault.Swap(device, from, "SN" + seed, atRating(layout, SWAPPED_HOURS));
            case SPIKE -> new Fault.Spike(device, from, atRating(layout, SPIKE_HOURS));
            case GLITCH -> new Fault.Glitch(device, from, to);
            case SKEW -> new Fault.Skew(device, from, to, AHEAD);
            case ALARM -> new Fault.Alarm(device, from, to, states(layout));
            case ROLLOVER ->
                throw new IllegalArgumentException("when a register gets to its modulus depends on what it counts: only"
                        + " the drawn faults have a 'rollover'");
        };
    }

    private Duration usualLength() {
        return switch (kind) {
            case DROP, DUPLICATE, REORDER -> Duration.ofMinutes(30);
            case DELAY, OUTAGE, STUCK, SKEW, ALARM -> Duration.ofHours(1);
            case GLITCH -> Duration.ofMinutes(5);
            case RESET, SWAP, SPIKE, ROLLOVER -> Duration.ZERO;
        };
    }

    private InverterStates states(Layout layout) {
        return layout.devices().stream()
                .filter(its -> its.id().equals(device))
                .map(its -> its.profile().states())
                .findFirst()
                .orElse(InverterStates.SUNSPEC_103);
    }

    /** What it counts in that many hours at its rating. */
    private long atRating(Layout layout, double hours) {
        double watts = layout.devices().stream()
                .filter(its -> its.id().equals(device))
                .mapToDouble(layout::ratingWatts)
                .findFirst()
                .orElse(0);
        return (long) (watts * hours * Millijoules.PER_WATT_HOUR);
    }
}

package org.heliograph.telemetry.wire;

import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;

/**
 * What one record of {@code hg.telemetry} carries: readings of a device, or what the agent has to say about the device, or
 * both.
 *
 * @param clock of the readings
 */
public record Dispatch(
        DeviceId device,
        Origin origin,
        Optional<Readings> readings,
        ClockQuality clock,
        List<Loss> losses,
        Optional<Presence> presence) {
    public Dispatch {
        losses = List.copyOf(losses);
        if (readings.isEmpty() && losses.isEmpty() && presence.isEmpty()) {
            throw new IllegalArgumentException("no readings of " + device);
        }
        if (readings.isPresent() && !readings.get().device().equals(device)) {
            throw new IllegalArgumentException(
                    "readings of " + readings.get().device() + " under the name of " + device);
        }
    }

    public static Dispatch of(Readings readings, Origin origin, ClockQuality clock) {
        return new Dispatch(readings.device(), origin, Optional.of(readings), clock, List.of(), Optional.empty());
    }

    public static Dispatch of(DeviceId device, Origin origin, Presence presence) {
        return new Dispatch(device, origin, Optional.empty(), ClockQuality.UNKNOWN, List.of(), Optional.of(presence));
    }

    public static Dispatch of(DeviceId device, Origin origin, List<Loss> losses) {
        return new Dispatch(device, origin, Optional.empty(), ClockQuality.UNKNOWN, losses, Optional.empty());
    }

    /** The same with other readings, for who takes only a part of them. */
    public Dispatch with(Readings others) {
        return new Dispatch(device, origin, Optional.of(others), clock, losses, presence);
    }
}

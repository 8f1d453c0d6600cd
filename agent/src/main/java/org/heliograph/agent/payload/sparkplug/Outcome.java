package org.heliograph.agent.payload.sparkplug;

import java.util.List;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;

/**
 * What a message means.
 *
 * @param seen who has come or gone by it
 * @param commands to be published
 */
public record Outcome(Decoded decoded, List<Seen> seen, List<Command> commands) {
    public Outcome {
        seen = List.copyOf(seen);
        commands = List.copyOf(commands);
    }

    /** A payload that changes nothing else. */
    public static Outcome of(Decoded decoded) {
        return new Outcome(decoded, List.of(), List.of());
    }

    /** A device is there, or isn't any more. */
    public record Seen(DeviceId device, Presence presence) {}

    /** A message to an edge node: QoS 0, not retained. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
    public record Command(String topic, byte[] payload) {}
}

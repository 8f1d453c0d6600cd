package org.heliograph.agent.intake;

import java.time.Instant;
import org.heliograph.telemetry.reading.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * A payload as it came in, for the dead letter should it be refused, and for its time, however long it waits for room.
 *
 * @param source where it came from: an MQTT topic, a CoAP URI, a pin
 * @param device who sent it, as the transport says; null when the transport doesn't say
 * @param came when it came
 * @param live whether it came from the device at that moment; else something on its way had kept it, since when nobody knows
 * @param comesAgain whether its device is told if it was too much, and sends it again
 * @param told whether it is a dead letter already: refused once more, it makes no other
 */
@SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
public record Arrival(
        String source,
        @Nullable DeviceId device,
        byte[] payload,
        Moment came,
        boolean live,
        boolean comesAgain,
        boolean told) {
    public Arrival(String source, @Nullable DeviceId device, byte[] payload, Moment came, boolean live) {
        this(source, device, payload, came, live, false, false);
    }

    public Arrival(String source, @Nullable DeviceId device, byte[] payload, Moment came) {
        this(source, device, payload, came, true);
    }

    /** When it came, by this machine's clock. */
    public Instant at() {
        return came.wall();
    }

    /** The same of another sender, or of nobody. */
    public Arrival by(@Nullable DeviceId sender) {
        return new Arrival(source, sender, payload, came, live, comesAgain, told);
    }

    /** The same over a transport that tells its device when it is too much. */
    public Arrival comingAgain() {
        return new Arrival(source, device, payload, came, live, true, told);
    }

    /** The same, of which a dead letter tells. */
    public Arrival alreadyTold() {
        return new Arrival(source, device, payload, came, live, comesAgain, true);
    }
}

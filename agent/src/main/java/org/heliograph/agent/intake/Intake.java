package org.heliograph.agent.intake;

import java.util.concurrent.CompletableFuture;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/**
 * What a source may do with what it took. No call waits for the disk: the answer comes when the group that the entry was
 * written with is synced. A future fails only when the agent ends before it knows: then say nothing to the device.
 */
public interface Intake {
    /**
     * Hands in the readings of a payload. They may still be refused, for their time.
     *
     * @param stamp whose times they have; with {@link Stamp#ARRIVAL} they count from {@link Arrival#at}
     */
    CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival);

    /** Hands in a payload that can't be read, with a sentence that says why. */
    CompletableFuture<Admission> refuse(String reason, Arrival arrival);

    /** Says that a device has spoken, though it said nothing that wasn't kept before. */
    void heard(DeviceId device);

    /**
     * Says that a device can be reached, or no more, as its transport has it. Hand in changes, not repetitions: what finds no
     * room is told later, if nothing newer was by then.
     */
    CompletableFuture<Admission> announce(DeviceId device, Presence presence);

    /** Says that from now on nobody announces whether a device can be reached. */
    void unattended(DeviceId device);

    /**
     * Says that something of a device is gone for good: it wasn't kept, and won't come again. It is counted, and the count
     * travels upstream as soon as there is room for it.
     *
     * @param reason a token, {@link org.heliograph.telemetry.wire.Loss#TURNED_AWAY} for what the journal had no room for
     * @param readings 0 where nobody knows
     */
    void lost(DeviceId device, String reason, long packs, long readings);
}

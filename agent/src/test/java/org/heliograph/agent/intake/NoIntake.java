package org.heliograph.agent.intake;

import java.util.concurrent.CompletableFuture;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/** Expects nothing: a test overrides what it lets happen. */
public class NoIntake implements Intake {
    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        throw new AssertionError(readings);
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        throw new AssertionError(reason);
    }

    @Override
    public void heard(DeviceId device) {
        // any device may speak
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        throw new AssertionError(device + " " + presence);
    }

    @Override
    public void unattended(DeviceId device) {
        // any source may end
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        throw new AssertionError(device + " " + reason);
    }
}

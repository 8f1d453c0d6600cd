package org.heliograph.agent.source.coap;

import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;

/** Tells upstream when a device is away and when it is back, each once: a device isn't away unless it was said so. */
final class Reachability {
    private final DeviceId device;
    private final Intake intake;
    private boolean online = true;
    private boolean asking;

    Reachability(DeviceId device, Intake intake) {
        this.device = device;
        this.intake = intake;
    }

    /** May be said as often as it is so. What finds no room is told with the next saying. */
    void is(Presence presence) {
        synchronized (this) {
            if (asking || presence.online() == online) {
                return;
            }
            asking = true;
        }
        var _ = intake.announce(device, presence).whenComplete((admission, _) -> {
            synchronized (this) {
                asking = false;
                if (admission instanceof Admission.Kept) {
                    online = presence.online();
                }
            }
        });
    }
}

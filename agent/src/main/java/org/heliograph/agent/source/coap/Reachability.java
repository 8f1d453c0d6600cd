package org.heliograph.agent.source.coap;

import java.util.Objects;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Tells upstream whether a device is there, and then what changes: who spoke before this may have said that it is away, and
 * nobody else would say that it is back.
 */
final class Reachability {
    private final DeviceId device;
    private final Intake intake;
    private @Nullable Boolean online;
    private boolean asking;

    Reachability(DeviceId device, Intake intake) {
        this.device = device;
        this.intake = intake;
    }

    /** May be said as often as it is so. What finds no room, the intake tells once there is some. */
    void is(Presence presence) {
        synchronized (this) {
            if (asking || Objects.equals(online, presence.online())) {
                return;
            }
            asking = true;
        }
        var _ = intake.announce(device, presence).whenComplete((admission, _) -> {
            synchronized (this) {
                asking = false;
                if (admission != null && !(admission instanceof Admission.Refused)) {
                    online = presence.online();
                }
            }
        });
    }
}

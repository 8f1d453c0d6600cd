package org.heliograph.agent.intake;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/**
 * Lets one source speak for its own devices and those that are nobody's. What it says in the name of another source's device
 * is refused, and is nothing of that device: it costs it none of its rate, isn't a sign of its life, nor a loss of it.
 */
public final class OwnedIntake implements Intake {
    /** As many as are watched. */
    private static final int ATTENDED_MAX = 10_000;

    private final Intake intake;
    private volatile Map<DeviceId, String> foreign;
    private final Set<DeviceId> attended = ConcurrentHashMap.newKeySet();

    /** @param foreign devices that it doesn't speak for, and whose they are */
    public OwnedIntake(Intake intake, Map<DeviceId, String> foreign) {
        this.intake = intake;
        this.foreign = Map.copyOf(foreign);
    }

    /** From now on others. */
    public void foreign(Map<DeviceId, String> others) {
        foreign = Map.copyOf(others);
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        String owner = foreign.get(readings.device());
        return owner == null
                ? intake.offer(readings, stamp, arrival)
                : intake.refuse(reason(readings.device(), owner), arrival.by(null));
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return intake.refuse(
                reason, arrival.device() != null && foreign.containsKey(arrival.device()) ? arrival.by(null) : arrival);
    }

    @Override
    public void heard(DeviceId device) {
        if (!foreign.containsKey(device)) {
            intake.heard(device);
        }
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        String owner = foreign.get(device);
        if (owner != null) {
            return CompletableFuture.completedFuture(new Admission.Refused(reason(device, owner)));
        }
        if (attended.size() < ATTENDED_MAX) {
            attended.add(device);
        }
        return intake.announce(device, presence);
    }

    @Override
    public void unattended(DeviceId device) {
        if (attended.remove(device)) {
            intake.unattended(device);
        }
    }

    /** The source has ended, or is away: of the devices that it announced nobody says any more whether they are there. */
    public void end() {
        attended.forEach(intake::unattended);
        attended.clear();
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        if (!foreign.containsKey(device)) {
            intake.lost(device, reason, packs, readings);
        }
    }

    private static String reason(DeviceId device, String owner) {
        return "'" + device.device() + "' is a device of " + owner
                + " in the agent's configuration, and this isn't from there";
    }
}

package org.heliograph.agent.health;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/** Tells the watch of each device that was heard, not with what can't be read; and of what its transport says of it. */
public final class WatchedIntake implements Intake {
    private final Intake intake;
    private final Silence silence;
    private final InstantSource clock;
    private final LongSupplier upMillis;

    /** @param upMillis the machine's own count, which goes on whatever the clock is set to */
    public WatchedIntake(Intake intake, Silence silence, InstantSource clock, LongSupplier upMillis) {
        this.intake = intake;
        this.silence = silence;
        this.clock = clock;
        this.upMillis = upMillis;
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        CompletableFuture<Admission> answer = intake.offer(readings, stamp, arrival);
        // after it was handed in: who waits until everybody was heard and nothing is left to send would end before it
        if (arrival.live()) {
            // when it came, and not again when it is handed in again because there was no room
            silence.heard(
                    readings.device().device(),
                    arrival.came().upMillis(),
                    arrival.at().toEpochMilli());
        } else {
            silence.recall(readings.device().device(), arrival.came().upMillis());
        }
        return answer;
    }

    @Override
    public void heard(DeviceId device) {
        silence.heard(device.device(), upMillis.getAsLong(), clock.millis());
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return intake.refuse(reason, arrival);
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        silence.told(device.device(), presence.online(), upMillis.getAsLong());
        return intake.announce(device, presence);
    }

    @Override
    public void unattended(DeviceId device) {
        silence.unattended(device.device());
        intake.unattended(device);
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        intake.lost(device, reason, packs, readings);
    }
}

package org.heliograph.agent.source.coap;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Response;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what a device says: decodes it, once, since what is handed in again has come when it came; hands it in; confirms it. */
final class Reception {
    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    private static final CompletableFuture<Admission> NOTHING_NEW =
            CompletableFuture.completedFuture(new Admission.Kept(0));

    private final DeviceId device;
    private final Confirmations confirmations;
    private final Intake intake;
    private final MachineClock clock;
    private final Handover handover;
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final Repetition repetition = new Repetition();

    Reception(DeviceId device, Confirmations confirmations, Intake intake, MachineClock clock, Handover handover) {
        this.device = device;
        this.confirmations = confirmations;
        this.intake = intake;
        this.clock = clock;
        this.handover = handover;
    }

    /**
     * Takes a success.
     *
     * @param late whether a later representation of the device has come before it
     */
    void take(URI uri, Response response, boolean late) {
        if (response.getCode() == CoAP.ResponseCode.VALID) {
            // nothing has changed, and so there is nothing to read
            intake.heard(device);
            confirm(response);
            return;
        }
        handover.take(parcel(uri, response, late));
    }

    void confirm(Response response) {
        confirmations.confirm(response);
    }

    private Handover.Parcel parcel(URI uri, Response response, boolean late) {
        Arrival arrival = new Arrival(uri.toString(), device, response.getPayload(), clock.moment());
        Runnable answered = () -> confirm(response);
        int number = response.getOptions().getContentFormat();
        Optional<SenmlFormat> format = SenmlFormat.ofContentFormat(number);
        if (format.isEmpty()) {
            return refused(
                    "content format "
                            + (number < 0 ? "absent" : String.valueOf(number))
                            + ", not 110 (SenML JSON) or 112 (SenML CBOR)",
                    arrival,
                    answered);
        }
        try {
            return switch (decoder.decode(format.get(), arrival.payload(), device, arrival.at())) {
                case Decoded.Accepted accepted -> accepted(accepted, late, arrival, answered);
                case Decoded.Refused refused -> refused(refused.reason(), arrival, answered);
            };
        } catch (RuntimeException e) {
            log.error("coap=fault device={} bytes={}", device, arrival.payload().length, e);
            return refused("the agent failed on it: " + e, arrival, answered);
        }
    }

    private Handover.Parcel accepted(Decoded.Accepted accepted, boolean late, Arrival arrival, Runnable answered) {
        // without a time of its own a late reading would be stamped later than it is
        if (accepted.readings().isEmpty() || (late && accepted.stamp() != Stamp.DEVICE)) {
            return new Handover.Parcel(Optional.empty(), () -> NOTHING_NEW, answered);
        }
        Readings readings = accepted.readings().getFirst();
        return new Handover.Parcel(
                Optional.of(readings), () -> repetition.offer(readings, accepted.stamp(), arrival, intake), answered);
    }

    private Handover.Parcel refused(String reason, Arrival arrival, Runnable answered) {
        return new Handover.Parcel(Optional.empty(), () -> intake.refuse(reason, arrival), answered);
    }
}

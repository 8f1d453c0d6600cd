package org.heliograph.agent.source.coap;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /senml}, to which devices POST or PUT what they measure. It answers when the journal has it on disk, and not
 * before: until then a device that wants a confirmation gets none, and sends it again.
 */
final class PushResource extends CoapResource {
    static final String NAME = "senml";
    /** What a dead letter says of its origin; the sender's address follows. */
    static final String SOURCE = "coap push from ";

    private static final Logger log = LoggerFactory.getLogger(PushResource.class);

    /** A device that says only that it has no values is heard. */
    private static final CompletableFuture<Admission> NOTHING_TO_KEEP =
            CompletableFuture.completedFuture(new Admission.Kept(0));

    private static final Duration COME_BACK_AFTER = Duration.ofSeconds(5);
    /** By then a device that is over its rate may send again, if it is alone in that. */
    private static final Duration SLOW_DOWN = Duration.ofSeconds(1);

    private static final int DIAGNOSTIC_CHARS_MAX = 200;

    private final Senders senders;
    private final String site;
    private final Intake intake;
    private final MachineClock clock;
    private final long bytesUnderWayMax;
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final Map<DeviceId, Repetition> repetitions = new ConcurrentHashMap<>();

    PushResource(Senders senders, String site, Intake intake, MachineClock clock, long bytesUnderWayMax) {
        super(NAME);
        this.senders = senders;
        this.site = site;
        this.intake = intake;
        this.clock = clock;
        this.bytesUnderWayMax = bytesUnderWayMax;
        getAttributes().setTitle("Takes SenML by POST and PUT");
        getAttributes().addResourceType(NAME);
        for (SenmlFormat format : SenmlFormat.values()) {
            getAttributes().addContentType(format.contentFormat());
        }
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
        take(exchange);
    }

    @Override
    public void handlePUT(CoapExchange exchange) {
        take(exchange);
    }

    private void take(CoapExchange exchange) {
        Request request = exchange.advanced().getRequest();
        Sender sender = senders.of(request.getSourceContext());
        if (sender instanceof Sender.Stranger) {
            exchange.respond(CoAP.ResponseCode.UNAUTHORIZED);
            return;
        }
        byte[] body = request.getPayload();
        if (bytesUnderWay.addAndGet(body.length) > bytesUnderWayMax) {
            bytesUnderWay.addAndGet(-body.length);
            answer(exchange, new Admission.Full(bytesUnderWayMax));
            return;
        }
        DeviceId device = sender instanceof Sender.Device(DeviceId id) ? id : null;
        String address =
                request.getSourceContext().getPeerAddress().getAddress().getHostAddress();
        Arrival arrival = new Arrival(SOURCE + address, device, body, clock.moment()).comingAgain();
        Optional<SenmlFormat> format =
                SenmlFormat.ofContentFormat(request.getOptions().getContentFormat());
        var _ = admission(request, format, device, arrival).whenComplete((outcome, failure) -> {
            bytesUnderWay.addAndGet(-body.length);
            if (failure != null) {
                // the agent ends before it knows: the device hears nothing, and comes again
                log.debug("coap=unanswered sender={} reason={}", sender, failure.toString());
            } else if (format.isEmpty()
                    && outcome instanceof Admission.Refused(String _, boolean overLimit)
                    && !overLimit) {
                exchange.respond(CoAP.ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
            } else {
                answer(exchange, outcome);
            }
        });
    }

    private CompletableFuture<Admission> admission(
            Request request, Optional<SenmlFormat> format, @Nullable DeviceId device, Arrival arrival) {
        try {
            return format.isPresent()
                    ? decoded(format.get(), device, arrival)
                    : intake.refuse(
                            "content format "
                                    + (request.getOptions().hasContentFormat()
                                            ? request.getOptions().getContentFormat()
                                            : "absent")
                                    + ", not 110 (SenML JSON) or 112 (SenML CBOR)",
                            arrival);
        } catch (RuntimeException e) {
            log.error("coap=fault source={} bytes={}", arrival.source(), arrival.payload().length, e);
            return intake.refuse("the agent failed on it: " + e, arrival);
        }
    }

    private CompletableFuture<Admission> decoded(SenmlFormat format, @Nullable DeviceId device, Arrival arrival) {
        Decoded decoded = device == null
                ? decoder.decodeNamed(format, arrival.payload(), site, arrival.at())
                : decoder.decode(format, arrival.payload(), device, arrival.at());
        return switch (decoded) {
            case Decoded.Accepted accepted -> {
                if (accepted.readings().isEmpty()) {
                    yield NOTHING_TO_KEEP;
                }
                Readings readings = accepted.readings().getFirst();
                if (device == null && senders.isProvable(readings.device())) {
                    yield intake.refuse(
                            readings.device().device() + " has to prove who it is, and this sender didn't", arrival);
                }
                yield device == null
                        ? intake.offer(readings, accepted.stamp(), arrival)
                        : repetitions
                                .computeIfAbsent(device, _ -> new Repetition())
                                .offer(readings, accepted.stamp(), arrival, intake);
            }
            case Decoded.Refused refused -> intake.refuse(refused.reason(), arrival);
        };
    }

    private static void answer(CoapExchange exchange, Admission admission) {
        switch (admission) {
            case Admission.Kept _, Admission.Later _ -> exchange.respond(CoAP.ResponseCode.CHANGED);
            case Admission.Full _ -> {
                exchange.setMaxAge(COME_BACK_AFTER.toSeconds());
                exchange.respond(CoAP.ResponseCode.SERVICE_UNAVAILABLE);
            }
            case Admission.Refused refused
            when refused.overLimit() -> {
                exchange.setMaxAge(SLOW_DOWN.toSeconds());
                exchange.respond(CoAP.ResponseCode.TOO_MANY_REQUESTS);
            }
            case Admission.Refused refused -> {
                Response response = new Response(CoAP.ResponseCode.BAD_REQUEST);
                String reason = refused.reason();
                response.setPayload(
                        reason.length() > DIAGNOSTIC_CHARS_MAX ? reason.substring(0, DIAGNOSTIC_CHARS_MAX) : reason);
                exchange.respond(response);
            }
        }
    }
}

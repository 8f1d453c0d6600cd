package org.heliograph.agent.source.coap;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.RawData;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns away strangers and floods before anything is remembered of them: it answers on the socket itself, so that a
 * message costs nothing but its answer. Strangers are dead letters, one a second; what is over a device's rate is not,
 * as the device sends it again.
 */
final class Doorkeeper extends MessageInterceptorAdapter {
    private static final Logger log = LoggerFactory.getLogger(Doorkeeper.class);

    /** More senders than any site has; of those who may be anyone, the longest silent is forgotten first. */
    private static final int SENDERS_MAX = 2_000;

    private static final int STRANGERS_BURST = 10;
    private static final double STRANGERS_PER_SECOND = 1;

    private static final double KIB = 1_024;
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final Senders senders;
    private final CoapPush.Rate rate;
    private final Intake intake;
    private final MachineClock clock;
    private final LongSupplier nanos;
    private final Connector connector;
    private final UdpDataSerializer serializer = new UdpDataSerializer();
    private final TokenBucket strangers;
    private final Map<Sender, Allowance> allowances = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sender, Allowance> eldest) {
            return size() > SENDERS_MAX;
        }
    };

    private static final class Allowance {
        final TokenBucket bucket;
        boolean told;
        long exceededNanos;

        Allowance(TokenBucket bucket) {
            this.bucket = bucket;
        }
    }

    Doorkeeper(
            Senders senders,
            CoapPush.Rate rate,
            Intake intake,
            MachineClock clock,
            LongSupplier nanos,
            Connector connector) {
        this.senders = senders;
        this.rate = rate;
        this.intake = intake;
        this.clock = clock;
        this.nanos = nanos;
        this.connector = connector;
        this.strangers = new TokenBucket(STRANGERS_PER_SECOND, STRANGERS_BURST, nanos.getAsLong());
    }

    @Override
    public void receiveRequest(Request request) {
        Sender sender = senders.of(request.getSourceContext());
        if (sender instanceof Sender.Stranger(String address)) {
            turnAway(request, CoAP.ResponseCode.UNAUTHORIZED, Duration.ZERO);
            if (strangers.take(1, nanos.getAsLong()).isZero()) {
                var _ = intake.refuse(
                        "nobody who is known here sends from " + address,
                        new Arrival(PushResource.SOURCE + address, null, request.getPayload(), clock.moment()));
            }
            return;
        }
        Duration wait = allowance(sender, cost(request));
        if (!wait.isZero()) {
            turnAway(request, CoAP.ResponseCode.TOO_MANY_REQUESTS, wait);
        }
    }

    /** Nothing was asked: what looks like an answer is dropped before it can cost a line in the log. */
    @Override
    public void receiveResponse(Response response) {
        response.setCanceled(true);
    }

    /** A message is one; a block of a body that goes on is its part of a KiB, as blocks may be small. */
    private static double cost(Request request) {
        BlockOption block = request.getOptions().getBlock1();
        return block == null || block.getNum() == 0 ? 1 : block.getSize() / KIB;
    }

    private Duration allowance(Sender sender, double cost) {
        long now = nanos.getAsLong();
        synchronized (allowances) {
            Allowance allowance = allowances.computeIfAbsent(
                    sender, _ -> new Allowance(new TokenBucket(rate.messagesPerSecond(), rate.burst(), now)));
            Duration wait = allowance.bucket.take(cost, now);
            if (!wait.isZero()) {
                allowance.exceededNanos = now;
                if (!allowance.told) {
                    allowance.told = true;
                    log.warn("coap=limited sender={} messagesPerSecond={}", sender, rate.messagesPerSecond());
                }
            } else if (allowance.told && now - allowance.exceededNanos > QUIET.toNanos()) {
                allowance.told = false;
            }
            return wait;
        }
    }

    private void turnAway(Request request, CoAP.ResponseCode code, Duration comeBackAfter) {
        request.setCanceled(true);
        Response response = Response.createResponse(request, code);
        response.setType(request.isConfirmable() ? CoAP.Type.ACK : CoAP.Type.NON);
        response.setMID(request.getMID());
        response.setToken(request.getToken());
        if (!comeBackAfter.isZero()) {
            response.getOptions().setMaxAge(comeBackAfter.toSeconds() + 1);
        }
        connector.send(RawData.outbound(serializer.getByteArray(response), request.getSourceContext(), null, false));
    }
}

package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.WebLink;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.core.observe.NotificationListener;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.eclipse.californium.elements.util.StringUtil;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one device observed. */
final class Observation implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Observation.class);

    private static final int EVENTS_MAX = 64;

    private static final String SECURE = "coaps";
    private static final CompletableFuture<Admission> NOTHING_NEW =
            CompletableFuture.completedFuture(new Admission.Kept(0));

    private sealed interface Event {
        /** @param maxAge how long the representation is fresh */
        record Heard(Duration maxAge, boolean observed) implements Event {}

        /** The journal had no room for something of it, and has room again. */
        record RoomAgain() implements Event {}

        record OtherFormatWanted() implements Event {}

        record Failed(String reason) implements Event {}
    }

    /** What an observation came to. */
    private sealed interface End {
        record Lost(String reason) implements End {}

        /** The device is there and answers, but notifies nobody more: its list is full, or it can't. */
        record NotGranted(Duration maxAge) implements End {}
    }

    private final DeviceId device;
    private final URI configured;
    private final Consumer<InetSocketAddress> addressing;
    private final Endpoint endpoint;
    private final Confirmations confirmations;
    private final ScheduledThreadPoolExecutor renewals;
    private final Intake intake;
    private final MachineClock clock;
    private final Patience patience;
    private final Backoff backoff;
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final Repetition repetition = new Repetition();
    private final Handover handover;
    private volatile BlockingQueue<Event> present = new ArrayBlockingQueue<>(EVENTS_MAX);
    private volatile boolean closing;
    private final Reachability reachability;
    private boolean up;
    private boolean polled;
    private @Nullable Instant lostSince;
    private boolean told;
    /** Whether the device may have forgotten its session. */
    private boolean doubted;

    private SenmlFormat wanted = SenmlFormat.JSON;

    /** @param addressing is told where the device is, before anything is sent to it */
    Observation(
            DeviceId device,
            URI configured,
            Consumer<InetSocketAddress> addressing,
            Endpoint endpoint,
            Confirmations confirmations,
            ScheduledThreadPoolExecutor renewals,
            Intake intake,
            MachineClock clock,
            Patience patience) {
        this.device = device;
        this.configured = configured;
        this.addressing = addressing;
        this.endpoint = endpoint;
        this.confirmations = confirmations;
        this.renewals = renewals;
        this.intake = intake;
        this.clock = clock;
        this.patience = patience;
        this.reachability = new Reachability(device, intake);
        this.backoff = new Backoff(patience.retryFirst(), patience.retryLast());
        this.handover = new Handover(
                device, intake, renewals, patience.retryFull(), () -> tell(present, new Event.RoomAgain()));
    }

    /** Goes with an interruption of its thread, which Californium swallows while it waits for an answer. */
    void close() {
        closing = true;
    }

    @Override
    public void run() {
        try {
            while (!closing) {
                End end = follow();
                if (closing) {
                    return;
                }
                switch (end) {
                    case End.Lost(String reason) -> {
                        try {
                            lost(reason);
                        } catch (RuntimeException e) {
                            log.error("coap=fault device={}", device, e);
                        }
                        Thread.sleep(backoff.next());
                    }
                    case End.NotGranted(Duration maxAge) -> Thread.sleep(patience.untilPoll(maxAge));
                }
            }
        } catch (InterruptedException _) {
            log.debug("coap=closed device={}", device);
        } finally {
            handover.close();
        }
    }

    private End follow() throws InterruptedException {
        try {
            Discovery.Found found = resource();
            return follow(found.uri(), found.format());
        } catch (IOException | ConnectorException | RuntimeException e) {
            return new End.Lost(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** One that doesn't come back at once is away, since it was lost; one that was never there has nobody miss it. */
    private void lost(String reason) {
        if (up || !told) {
            log.warn("coap=lost device={} uri={} reason={}", device, configured, reason);
        }
        told = true;
        doubted = true;
        if (up) {
            up = false;
            lostSince = clock.instant();
        } else if (lostSince != null) {
            reachability.is(Presence.offline(lostSince, reason));
        }
    }

    private Discovery.Found resource() throws IOException, ConnectorException {
        if (!Discovery.isNeeded(configured)) {
            return new Discovery.Found(configured, wanted);
        }
        Set<WebLink> links = client(configured).discover();
        if (links == null) {
            throw new IOException("no answer from /.well-known/core");
        }
        return Discovery.senml(configured, links)
                .orElseThrow(
                        () -> new IOException("/.well-known/core lists no observable resource with ct=110 or ct=112"));
    }

    private CoapClient client(URI uri) throws IOException {
        CoapClient client = new CoapClient(uri);
        client.setEndpoint(endpoint);
        client.setExecutors(renewals, renewals, true);
        client.setTimeout(patience.answer().toMillis());
        if (SECURE.equals(uri.getScheme())) {
            InetSocketAddress address = DeviceSocket.address(uri);
            if (address.isUnresolved()) {
                throw new IOException("the name " + uri.getHost() + " has no address");
            }
            addressing.accept(address);
            String name = StringUtil.isLiteralIpAddress(uri.getHost()) ? null : uri.getHost();
            EndpointContext there = new AddressEndpointContext(address, name, null);
            // the device may have forgotten the session, and can't say so
            client.setDestinationContext(
                    doubted
                            ? MapBasedEndpointContext.addEntries(
                                    there, DtlsEndpointContext.ATTRIBUE_HANDSHAKE_MODE_FORCE_FULL)
                            : there);
        }
        return client;
    }

    /** Observes until it is lost. */
    private End follow(URI uri, SenmlFormat format) throws IOException, InterruptedException {
        BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
        present = events;
        Request request = Request.newGet().setObserve();
        request.getOptions().setAccept(format.contentFormat());
        Listener listener = new Listener(uri, request, events);
        request.addMessageObserver(listener);
        CoapClient client = client(uri);
        endpoint.addNotificationListener(listener);
        try {
            // throws where the device's name has no address
            return follow(client.observe(request, listener), listener, format);
        } finally {
            endpoint.removeNotificationListener(listener);
        }
    }

    private End follow(CoapObserveRelation relation, Listener listener, SenmlFormat format)
            throws InterruptedException {
        boolean granted = false;
        try {
            Duration wait = patience.answer();
            boolean mayAsk = false;
            while (true) {
                switch (listener.events.poll(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    case null -> {
                        if (!mayAsk) {
                            return new End.Lost("silent for " + wait.toMillis() + " ms");
                        }
                        // it claims to be fresh for longer than we believe: see whether it is there
                        mayAsk = false;
                        wait = patience.answer();
                        relation.reregister();
                    }
                    case Event.Failed failed -> {
                        return new End.Lost(failed.reason());
                    }
                    case Event.Heard heard -> {
                        granted = heard.observed();
                        up(listener.uri, granted);
                        if (!granted) {
                            return new End.NotGranted(heard.maxAge());
                        }
                        Duration fresh = heard.maxAge().plus(patience.grace());
                        mayAsk = fresh.compareTo(patience.silence()) > 0;
                        wait = mayAsk ? patience.silence() : fresh;
                    }
                    case Event.OtherFormatWanted _ -> {
                        wanted = format == SenmlFormat.JSON ? SenmlFormat.CBOR : SenmlFormat.JSON;
                        return new End.Lost("the device doesn't offer " + format.mediaType());
                    }
                    case Event.RoomAgain _ -> {
                        // a device that wasn't answered for long may have let the observation go
                        relation.reregister();
                    }
                }
            }
        } finally {
            if (closing && granted) {
                leave(relation, listener);
            } else {
                relation.reactiveCancel();
            }
        }
    }

    /**
     * Has the device forget this observer. When the socket is gone nobody would refuse the next notification any more: a
     * device that has room for a few observers would hold a place for it until it asks, for up to a day.
     */
    private void leave(CoapObserveRelation relation, Listener listener) throws InterruptedException {
        listener.left = true;
        relation.proactiveCancel();
        if (!listener.answered.await(patience.leave().toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("coap=unanswered device={} reason=the observation's end", device);
        }
    }

    private void tell(BlockingQueue<Event> to, Event event) {
        if (!to.offer(event)) {
            log.debug("coap=busy device={}", device);
        }
    }

    private void up(URI uri, boolean granted) {
        if (granted && (!up || polled)) {
            log.info("coap=observed device={} uri={}", device, uri);
        } else if (!granted && (!up || !polled)) {
            log.warn("coap=polled device={} uri={} reason=the device doesn't grant the observation", device, uri);
        }
        up = true;
        polled = !granted;
        doubted = false;
        backoff.reset();
        lostSince = null;
        reachability.is(
                Presence.online(clock.instant(), "observed")); // each time: the last saying may have found no room
    }

    /** On Californium's threads. A full queue of events only means that the device is well heard. */
    private final class Listener extends MessageObserverAdapter implements NotificationListener, CoapHandler {
        private final URI uri;
        private final BlockingQueue<Event> events;
        private final Request request;
        private final CountDownLatch answered = new CountDownLatch(1);
        private @Nullable Freshness latest;
        /** Whether nothing but an answer to the observation's end is waited for. */
        private volatile boolean left;

        Listener(URI uri, Request request, BlockingQueue<Event> events) {
            this.uri = uri;
            this.request = request;
            this.events = events;
        }

        /** The answer to a GET, the first or a renewal: the device may have counted anew. */
        @Override
        public void onResponse(Response response) {
            if (left) {
                answered.countDown();
                return;
            }
            synchronized (this) {
                latest = null;
            }
            heard(response, false);
        }

        @Override
        public void onNotification(Request observed, Response response) {
            if (observed.getToken().equals(request.getToken())) {
                heard(response, response.isNotification() && isLate(response));
            }
        }

        @Override
        public void onLoad(CoapResponse response) {
            // heard already, and those that came late, too
        }

        @Override
        public void onError() {
            tell(new Event.Failed("no answer, or the observation was reset"));
        }

        private synchronized boolean isLate(Response response) {
            int number = response.getOptions().getObserve();
            long now = System.nanoTime();
            boolean late = latest != null && !latest.isBefore(number, now);
            latest = Freshness.later(latest, number, now);
            return late;
        }

        private void tell(Event event) {
            Observation.this.tell(events, event);
        }

        private void heard(Response response, boolean late) {
            if (!response.isSuccess()) {
                confirmations.confirm(response);
                tell(
                        response.getCode() == CoAP.ResponseCode.NOT_ACCEPTABLE
                                ? new Event.OtherFormatWanted()
                                : new Event.Failed("answered " + response.getCode()));
                return;
            }
            tell(new Event.Heard(Duration.ofSeconds(response.getOptions().getMaxAge()), response.isNotification()));
            if (response.getCode() == CoAP.ResponseCode.VALID) {
                // nothing has changed, and so there is nothing to read
                intake.heard(device);
                confirmations.confirm(response);
                return;
            }
            handover.take(parcel(response, late));
        }

        /** Decoded once: what is handed in again has come when it came. */
        private Handover.Parcel parcel(Response response, boolean late) {
            Arrival arrival = new Arrival(uri.toString(), device, response.getPayload(), clock.moment());
            Runnable answered = () -> confirmations.confirm(response);
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
                    case Decoded.Accepted accepted -> {
                        // without a time of its own a late reading would be stamped later than it is
                        if (accepted.readings().isEmpty() || (late && accepted.stamp() != Stamp.DEVICE)) {
                            yield new Handover.Parcel(Optional.empty(), () -> NOTHING_NEW, answered);
                        }
                        Readings readings = accepted.readings().getFirst();
                        yield new Handover.Parcel(
                                Optional.of(readings),
                                () -> repetition.offer(readings, accepted.stamp(), arrival, intake),
                                answered);
                    }
                    case Decoded.Refused refused -> refused(refused.reason(), arrival, answered);
                };
            } catch (RuntimeException e) {
                log.error("coap=fault device={} bytes={}", device, arrival.payload().length, e);
                return refused("the agent failed on it: " + e, arrival, answered);
            }
        }

        private Handover.Parcel refused(String reason, Arrival arrival, Runnable answered) {
            return new Handover.Parcel(Optional.empty(), () -> intake.refuse(reason, arrival), answered);
        }
    }
}

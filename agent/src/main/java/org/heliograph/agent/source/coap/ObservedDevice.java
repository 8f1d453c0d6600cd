package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.WebLink;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.eclipse.californium.elements.util.StringUtil;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one device observed. */
final class ObservedDevice implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ObservedDevice.class);

    private static final String SECURE = "coaps";

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
    private final ScheduledThreadPoolExecutor renewals;
    private final MachineClock clock;
    private final Patience patience;
    private final Backoff backoff;
    private final Handover handover;
    private final Reception reception;
    /** Of the latest observation. */
    private volatile @Nullable Notifications present;

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
    ObservedDevice(
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
        this.renewals = renewals;
        this.clock = clock;
        this.patience = patience;
        this.reachability = new Reachability(device, intake);
        this.backoff = new Backoff(patience.retryFirst(), patience.retryLast());
        this.handover = new Handover(device, intake, renewals, patience.retryFull(), this::roomAgain);
        this.reception = new Reception(device, confirmations, intake, clock, handover);
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
        Request request = Request.newGet().setObserve();
        request.getOptions().setAccept(format.contentFormat());
        Notifications notifications = new Notifications(device, uri, request, reception);
        present = notifications;
        request.addMessageObserver(notifications);
        CoapClient client = client(uri);
        endpoint.addNotificationListener(notifications);
        try {
            // throws where the device's name has no address
            return follow(client.observe(request, notifications), notifications, uri, format);
        } finally {
            endpoint.removeNotificationListener(notifications);
        }
    }

    private End follow(CoapObserveRelation relation, Notifications notifications, URI uri, SenmlFormat format)
            throws InterruptedException {
        boolean granted = false;
        try {
            Duration wait = patience.answer();
            boolean mayAsk = false;
            while (true) {
                switch (notifications.next(wait)) {
                    case null -> {
                        if (!mayAsk) {
                            return new End.Lost("silent for " + wait.toMillis() + " ms");
                        }
                        // it claims to be fresh for longer than we believe: see whether it is there
                        mayAsk = false;
                        wait = patience.answer();
                        relation.reregister();
                    }
                    case Notifications.Event.Failed failed -> {
                        return new End.Lost(failed.reason());
                    }
                    case Notifications.Event.Heard heard -> {
                        granted = heard.observed();
                        up(uri, granted);
                        if (!granted) {
                            return new End.NotGranted(heard.maxAge());
                        }
                        Duration fresh = heard.maxAge().plus(patience.grace());
                        mayAsk = fresh.compareTo(patience.silence()) > 0;
                        wait = mayAsk ? patience.silence() : fresh;
                    }
                    case Notifications.Event.OtherFormatWanted _ -> {
                        wanted = format == SenmlFormat.JSON ? SenmlFormat.CBOR : SenmlFormat.JSON;
                        return new End.Lost("the device doesn't offer " + format.mediaType());
                    }
                    case Notifications.Event.RoomAgain _ -> {
                        // a device that wasn't answered for long may have let the observation go
                        relation.reregister();
                    }
                }
            }
        } finally {
            if (closing && granted) {
                leave(relation, notifications);
            } else {
                relation.reactiveCancel();
            }
        }
    }

    /**
     * Has the device forget this observer. When the socket is gone nobody would refuse the next notification any more: a
     * device that has room for a few observers would hold a place for it until it asks, for up to a day.
     */
    private void leave(CoapObserveRelation relation, Notifications notifications) throws InterruptedException {
        notifications.leave();
        relation.proactiveCancel();
        if (!notifications.isAnswered(patience.leave())) {
            log.debug("coap=unanswered device={} reason=the observation's end", device);
        }
    }

    private void roomAgain() {
        Notifications now = present;
        if (now != null) {
            now.tell(new Notifications.Event.RoomAgain());
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
}

package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.WebLink;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Endpoint;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.source.Backoff;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one device observed. */
final class Observation implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Observation.class);

    private static final int EVENTS_MAX = 64;
    private static final CompletableFuture<Admission> NOTHING_NEW =
            CompletableFuture.completedFuture(new Admission.Kept(0));

    private sealed interface Event {
        /** @param maxAge how long the representation is fresh */
        record Heard(Duration maxAge, boolean observed) implements Event {}

        record TurnedAway() implements Event {}

        record Failed(String reason) implements Event {}
    }

    private final DeviceId device;
    private final URI configured;
    private final Endpoint endpoint;
    private final ScheduledThreadPoolExecutor renewals;
    private final Intake intake;
    private final InstantSource clock;
    private final Patience patience;
    private final Backoff backoff;
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final Repetition repetition = new Repetition();
    private volatile boolean closing;
    private boolean up;
    private boolean told;

    Observation(
            DeviceId device,
            URI configured,
            Endpoint endpoint,
            ScheduledThreadPoolExecutor renewals,
            Intake intake,
            InstantSource clock,
            Patience patience) {
        this.device = device;
        this.configured = configured;
        this.endpoint = endpoint;
        this.renewals = renewals;
        this.intake = intake;
        this.clock = clock;
        this.patience = patience;
        this.backoff = new Backoff(patience.retryFirst(), patience.retryLast());
    }

    /** Goes with an interruption of its thread, which Californium swallows while it waits for an answer. */
    void close() {
        closing = true;
    }

    @Override
    public void run() {
        try {
            while (!closing) {
                String reason;
                try {
                    reason = follow(resource());
                } catch (IOException | ConnectorException | RuntimeException e) {
                    reason = e.getMessage() == null ? e.toString() : e.getMessage();
                }
                if (closing) {
                    return;
                }
                if (up || !told) {
                    log.warn("coap=lost device={} uri={} reason={}", device, configured, reason);
                }
                up = false;
                told = true;
                Thread.sleep(backoff.next());
            }
        } catch (InterruptedException _) {
            log.debug("coap=closed device={}", device);
        }
    }

    private URI resource() throws IOException, ConnectorException {
        if (!Discovery.isNeeded(configured)) {
            return configured;
        }
        Set<WebLink> links = client(configured).discover();
        if (links == null) {
            throw new IOException("no answer from /.well-known/core");
        }
        return Discovery.senml(configured, links)
                .orElseThrow(() -> new IOException("/.well-known/core lists no observable resource with ct=110"));
    }

    private CoapClient client(URI uri) {
        CoapClient client = new CoapClient(uri);
        client.setEndpoint(endpoint);
        client.setExecutors(renewals, renewals, true);
        client.setTimeout(patience.answer().toMillis());
        return client;
    }

    /** Observes until it is lost, and says why. */
    private String follow(URI uri) throws InterruptedException {
        BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
        Request request = Request.newGet().setObserve();
        request.getOptions().setAccept(MediaTypeRegistry.APPLICATION_SENML_JSON);
        CoapObserveRelation relation = client(uri).observe(request, new Handler(uri, events));
        try {
            Duration wait = patience.answer();
            boolean mayAsk = false;
            while (true) {
                switch (events.poll(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    case null -> {
                        if (!mayAsk) {
                            return "silent for " + wait.toMillis() + " ms";
                        }
                        // it claims that its representation is fresh for longer than we believe: see whether it is
                        // there
                        mayAsk = false;
                        wait = patience.answer();
                        relation.reregister();
                    }
                    case Event.Failed failed -> {
                        return failed.reason();
                    }
                    case Event.Heard heard -> {
                        up(uri);
                        Duration fresh = heard.maxAge().plus(patience.grace());
                        mayAsk = fresh.compareTo(patience.silence()) > 0;
                        wait = mayAsk ? patience.silence() : fresh;
                        if (!heard.observed()) {
                            return "the device doesn't grant the observation";
                        }
                    }
                    case Event.TurnedAway _ -> {
                        Thread.sleep(patience.retryFull());
                        relation.reregister();
                    }
                }
            }
        } finally {
            relation.reactiveCancel();
        }
    }

    private void up(URI uri) {
        backoff.reset();
        if (!up) {
            up = true;
            log.info("coap=observed device={} uri={}", device, uri);
        }
    }

    /** On Californium's threads. A full queue of events only means that the device is well heard. */
    private final class Handler implements CoapHandler {
        private final URI uri;
        private final BlockingQueue<Event> events;

        Handler(URI uri, BlockingQueue<Event> events) {
            this.uri = uri;
            this.events = events;
        }

        @Override
        public void onLoad(CoapResponse response) {
            if (!response.isSuccess()) {
                tell(new Event.Failed("answered " + response.getCode()));
                return;
            }
            tell(new Event.Heard(
                    Duration.ofSeconds(response.getOptions().getMaxAge()),
                    response.getOptions().hasObserve()));
            var _ = handIn(response).whenComplete((admission, failure) -> {
                if (failure == null && admission instanceof Admission.Full) {
                    tell(new Event.TurnedAway());
                }
            });
        }

        @Override
        public void onError() {
            tell(new Event.Failed("no answer, or the observation was reset"));
        }

        private void tell(Event event) {
            if (!events.offer(event)) {
                log.debug("coap=busy device={}", device);
            }
        }

        private CompletableFuture<Admission> handIn(CoapResponse response) {
            Arrival arrival = new Arrival(uri.toString(), device, response.getPayload(), clock.instant());
            int format = response.getOptions().getContentFormat();
            if (format != MediaTypeRegistry.APPLICATION_SENML_JSON) {
                return intake.refuse(
                        "content format " + (format < 0 ? "absent" : String.valueOf(format)) + ", not 110 (SenML JSON)",
                        arrival);
            }
            try {
                return switch (decoder.decode(arrival.payload(), device, arrival.at())) {
                    case Decoded.Accepted accepted -> offer(accepted.readings().getFirst(), accepted.stamp(), arrival);
                    case Decoded.Refused refused -> intake.refuse(refused.reason(), arrival);
                };
            } catch (RuntimeException e) {
                log.error("coap=fault device={} bytes={}", device, arrival.payload().length, e);
                return intake.refuse("the agent failed on it: " + e, arrival);
            }
        }

        private CompletableFuture<Admission> offer(Readings shown, Stamp stamp, Arrival arrival) {
            Optional<Readings> fresh = repetition.fresh(shown);
            if (fresh.isEmpty()) {
                return NOTHING_NEW;
            }
            return intake.offer(fresh.get(), stamp, arrival).thenApply(admission -> {
                if (admission instanceof Admission.Kept) {
                    repetition.keep(shown);
                }
                return admission;
            });
        }
    }
}

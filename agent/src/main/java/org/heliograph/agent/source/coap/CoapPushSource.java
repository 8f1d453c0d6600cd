package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's own CoAP server, for devices that push: a port without encryption, one with DTLS, or both. */
public final class CoapPushSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(CoapPushSource.class);

    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LAST = Duration.ofSeconds(30);

    /** Bodies in blocks that are put together at once: each holds 64 KiB. */
    private static final int TRANSFERS_MAX = 128;

    private static final Duration TRANSFER_WITHIN = Duration.ofSeconds(30);

    private final CoapPush config;
    private final String site;
    private final MachineClock clock;
    private final long bytesUnderWayMax;
    private final Dtls.Capacity capacity;
    private final LongSupplier nanos;
    private final Senders senders;
    private final Handshakes handshakes;
    private final List<Thread> starting = new ArrayList<>();
    private final List<CoapServer> servers = new ArrayList<>();
    private final Map<String, Integer> ports = new HashMap<>();
    /** Ports that can't be had, by scheme, and why. */
    private final Map<String, String> waiting = new ConcurrentHashMap<>();

    private boolean closed;

    public CoapPushSource(CoapPush config, String site, MachineClock clock, long bytesUnderWayMax) {
        this(
                config,
                site,
                clock,
                bytesUnderWayMax,
                Dtls.Capacity.of(config.devices().size()),
                System::nanoTime);
    }

    /** @param nanos what rates go by */
    CoapPushSource(
            CoapPush config,
            String site,
            MachineClock clock,
            long bytesUnderWayMax,
            Dtls.Capacity capacity,
            LongSupplier nanos) {
        this.capacity = capacity;
        this.nanos = nanos;
        this.handshakes = new Handshakes(nanos);
        this.config = config;
        this.site = site;
        this.clock = clock;
        this.bytesUnderWayMax = bytesUnderWayMax;
        this.senders = new Senders(config, site);
    }

    @Override
    public Needs needs() {
        return Needs.SOCKETS;
    }

    @Override
    public Optional<String> unconnected() {
        return waiting.values().stream().findFirst();
    }

    @Override
    public void start(Intake intake) {
        PushResource resource = new PushResource(senders, site, intake, clock, bytesUnderWayMax);
        CoapPush.Plain plain = config.plain();
        if (plain != null) {
            start("coap", () -> new UDPConnector(plain.listen(), configuration()), resource, intake);
        }
        CoapPush.Dtls dtls = config.dtls();
        if (dtls != null) {
            start("coaps", () -> Dtls.door(secure(dtls)), resource, intake);
        }
    }

    private void start(String scheme, Supplier<Connector> socket, PushResource resource, Intake intake) {
        starting.add(Thread.ofVirtual().name(scheme + " server").start(() -> {
            Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LAST);
            boolean told = false;
            try {
                while (true) {
                    CoapEndpoint endpoint = null;
                    try {
                        endpoint = CoapEndpoint.builder()
                                .setConfiguration(configuration())
                                .setCoapStackFactory(new BoundedTransfers(TRANSFERS_MAX))
                                .setConnector(socket.get())
                                .build();
                        // the server's own start hides why a port can't be had
                        endpoint.getConnector().start();
                        waiting.remove(scheme);
                        serve(scheme, endpoint, resource, intake);
                        return;
                    } catch (IOException | RuntimeException e) {
                        if (endpoint != null) {
                            endpoint.destroy();
                        }
                        waiting.put(scheme, scheme + ": " + e);
                        if (!told) {
                            told = true;
                            log.error(
                                    "coap=waiting scheme={} listen={} reason={}",
                                    scheme,
                                    endpoint == null ? "" : endpoint.getAddress(),
                                    e.toString());
                        }
                    }
                    Thread.sleep(backoff.next());
                }
            } catch (InterruptedException _) {
                log.debug("coap=closed before it was open");
            }
        }));
    }

    private synchronized void serve(String scheme, CoapEndpoint endpoint, PushResource resource, Intake intake) {
        if (closed) {
            endpoint.destroy();
            return;
        }
        endpoint.addInterceptor(new Doorkeeper(senders, config.rate(), intake, clock, nanos, endpoint.getConnector()));
        CoapServer server = new CoapServer(configuration());
        server.addEndpoint(endpoint);
        server.add(resource);
        server.start();
        servers.add(server);
        ports.put(scheme, endpoint.getAddress().getPort());
        notifyAll();
        log.info("coap=listening scheme={} address={}", scheme, endpoint.getAddress());
    }

    /** Waits until it listens, on any free port in a test. */
    synchronized int awaitPort(String scheme) throws InterruptedException {
        while (!ports.containsKey(scheme)) {
            wait();
        }
        return ports.get(scheme);
    }

    @Override
    public OptionalLong failedHandshakes() {
        return OptionalLong.of(handshakes.failed());
    }

    private DtlsConnectorConfig secure(CoapPush.Dtls dtls) {
        DtlsConnectorConfig.Builder builder = Dtls.server(Dtls.limits(configuration(), capacity), dtls.listen())
                .setSessionListener(handshakes);
        if (!dtls.keys().isEmpty()) {
            Map<String, Secret> keys = new HashMap<>();
            dtls.keys().forEach((identity, psk) -> keys.put(identity, psk.key()));
            builder.setAdvancedPskStore(new PreSharedKeys(keys, _ -> null));
        }
        Tls tls = dtls.tls();
        if (tls != null) {
            Dtls.certify(
                    builder,
                    tls,
                    (certificate, _) ->
                            Subjects.device(certificate, dtls.subjects()).isPresent());
        }
        return builder.build();
    }

    private static Configuration configuration() {
        return CoapSource.configuration(Patience.DEFAULT)
                .set(CoapConfig.MAX_PEER_INACTIVITY_PERIOD, TRANSFER_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, TRANSFER_WITHIN.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
        starting.forEach(Thread::interrupt);
        try {
            for (Thread thread : starting) {
                thread.join(Duration.ofNanos(deadline - System.nanoTime()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
            servers.forEach(CoapServer::destroy);
        }
    }
}

package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.reading.DeviceId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All devices that are observed: those without encryption over one socket, the others over as few as can be. */
public final class CoapSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(CoapSource.class);

    private static final int PEERS_MAX = 2_000;
    private static final int PROTOCOL_THREADS = 2;
    private static final int BODY_BYTES_MAX = 64 << 10;
    private static final int BLOCK_BYTES = 1_024;
    /**
     * Messages of a device that are remembered, whole, so that a repetition is answered as the first was. By default they
     * are 64 for each peer and four minutes: more memory than a small board has. A device's repetitions follow each
     * other, and a reading that is taken in twice changes nothing.
     */
    private static final int REMEMBERED_MESSAGES = 4;

    private final List<AgentConfig.Coap> config;
    private final String site;
    private final MachineClock clock;
    private final Patience patience;
    private final List<ObservedDevice> devices = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Supplier<CoapEndpoint.Builder> plain;
    private final Handshakes handshakes = new Handshakes(System::nanoTime);
    private final List<Thread> starting = new ArrayList<>();
    private final List<CoapEndpoint> endpoints = new ArrayList<>();
    private final ScheduledThreadPoolExecutor renewals = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("coap renewals").factory());
    /** Sockets that can't be had, and why. */
    private final Map<DeviceSocket, String> waiting = new ConcurrentHashMap<>();

    private boolean closed;

    public CoapSource(List<AgentConfig.Coap> config, String site, MachineClock clock) {
        this(config, site, clock, Patience.DEFAULT, CoapEndpoint::builder);
    }

    /** @param plain begins the endpoint for devices without encryption */
    CoapSource(
            List<AgentConfig.Coap> config,
            String site,
            MachineClock clock,
            Patience patience,
            Supplier<CoapEndpoint.Builder> plain) {
        this.plain = plain;
        this.config = config;
        this.site = site;
        this.clock = clock;
        this.patience = patience;
        renewals.setRemoveOnCancelPolicy(true);
    }

    @Override
    public OptionalLong failedHandshakes() {
        return OptionalLong.of(handshakes.failed());
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
        for (DeviceSocket socket : DeviceSocket.of(config)) {
            starting.add(Thread.ofVirtual().name("coap").start(() -> keepTrying(socket, intake)));
        }
    }

    /** A machine may be without a network, or without a free socket, for a while. */
    private void keepTrying(DeviceSocket socket, Intake intake) {
        Backoff backoff = new Backoff(patience.retryFirst(), patience.retryLast());
        try {
            while (!opens(socket, intake)) {
                Thread.sleep(backoff.next());
            }
        } catch (InterruptedException _) {
            log.debug("coap=closed before it was open");
        }
    }

    private boolean opens(DeviceSocket socket, Intake intake) {
        CoapEndpoint endpoint = null;
        try {
            Configuration configuration = configuration(patience);
            Confirmations confirmations = new Confirmations(configuration);
            Map<InetSocketAddress, AgentConfig.Coap> addressed = new ConcurrentHashMap<>();
            CoapEndpoint.Builder builder = socket.isSecure()
                    ? CoapEndpoint.builder().setConnector(socket.connector(configuration, handshakes, addressed::get))
                    : plain.get();
            endpoint = builder.setConfiguration(configuration)
                    .setCoapStackFactory(confirmations.stack())
                    .build();
            endpoint.start();
            waiting.remove(socket);
            observe(socket, endpoint, confirmations, addressed, intake);
            return true;
        } catch (IOException | RuntimeException e) {
            if (endpoint != null) {
                endpoint.destroy();
            }
            String reason = e instanceof IOException ? "no UDP socket: " + e : e.toString();
            if (waiting.put(socket, reason) == null) {
                log.error("coap=waiting reason={}", reason);
            }
            return false;
        }
    }

    private synchronized void observe(
            DeviceSocket socket,
            CoapEndpoint endpoint,
            Confirmations confirmations,
            Map<InetSocketAddress, AgentConfig.Coap> addressed,
            Intake intake) {
        if (closed) {
            endpoint.destroy();
            return;
        }
        endpoints.add(endpoint);
        for (AgentConfig.Coap device : socket.devices()) {
            ObservedDevice observed = new ObservedDevice(
                    new DeviceId(site, device.device()),
                    device.uri(),
                    address -> addressed.put(address, device),
                    endpoint,
                    confirmations,
                    renewals,
                    intake,
                    clock,
                    patience.asking(device.askEvery()));
            devices.add(observed);
            threads.add(Thread.ofVirtual().name("coap " + device.device()).start(observed));
        }
    }

    @Override
    public void close() {
        long deadline = System.nanoTime()
                + CLOSE_WITHIN.dividedBy(2).plus(patience.leave()).toNanos();
        try {
            starting.forEach(Thread::interrupt);
            for (Thread thread : starting) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
            end(deadline);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end(long deadline) throws InterruptedException {
        closed = true;
        devices.forEach(ObservedDevice::close);
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } finally {
            renewals.shutdownNow();
            endpoints.forEach(CoapEndpoint::destroy);
        }
    }

    static Configuration configuration(Patience patience) {
        CoapConfig.register();
        UdpConfig.register();
        return Configuration.createStandardWithoutFile()
                .set(CoapConfig.MAX_ACTIVE_PEERS, PEERS_MAX)
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, PROTOCOL_THREADS)
                .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, BODY_BYTES_MAX)
                .set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK_BYTES)
                .set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK_BYTES)
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
                .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, REMEMBERED_MESSAGES)
                .set(
                        CoapConfig.NOTIFICATION_REREGISTRATION_BACKOFF,
                        (int) patience.grace().toMillis() / 5,
                        TimeUnit.MILLISECONDS)
                .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
    }
}

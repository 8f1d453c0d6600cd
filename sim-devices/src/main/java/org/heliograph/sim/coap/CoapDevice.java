package org.heliograph.sim.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.heliograph.sim.device.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One device: a CoAP server on a port of its own. */
final class CoapDevice implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CoapDevice.class);

    private final String id;
    private final SenmlResource resource;
    private final Observers observers;
    private final CoapServer server;
    private final CoapEndpoint endpoint;
    private long shownNanos = System.nanoTime();
    private boolean givenUp;

    private CoapDevice(
            String id, SenmlResource resource, Observers observers, CoapServer server, CoapEndpoint endpoint) {
        this.id = id;
        this.resource = resource;
        this.observers = observers;
        this.server = server;
        this.endpoint = endpoint;
    }

    /** What all devices have in common. */
    record Surroundings(
            Configuration configuration,
            UdpLoop loop,
            ScheduledExecutorService executor,
            ScheduledExecutorService timer,
            Object monitor) {}

    /** @throws IOException if it can't listen there */
    static CoapDevice start(String id, InetSocketAddress address, Snapshot first, Surroundings shared)
            throws IOException {
        SenmlResource resource = new SenmlResource(first);
        Observers observers = new Observers(shared.monitor());
        resource.addObserver(observers.relations());
        LoopConnector connector = new LoopConnector(address, shared.loop());
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(shared.configuration())
                .setConnector(connector)
                .build();
        endpoint.addInterceptor(observers);
        CoapServer server = new CoapServer(shared.configuration());
        server.setExecutors(shared.executor(), shared.timer(), true);
        server.addEndpoint(endpoint);
        server.add(resource);
        // the server's own start hides why a port can't be had
        connector.start();
        server.start();
        return new CoapDevice(id, resource, observers, server, endpoint);
    }

    String id() {
        return id;
    }

    URI uri() {
        return endpoint.getUri();
    }

    void show(List<Snapshot> newer, int most) {
        shownNanos = System.nanoTime();
        resource.show(newer, most);
    }

    /**
     * Whether there is nobody left to wait for. The caller holds the monitor.
     *
     * @param firstDeadlineNanos until when somebody is still expected to begin to observe
     * @param lostNanos how long an observer may take to come back and receive what is shown
     */
    boolean isSettled(long firstDeadlineNanos, long lostNanos) {
        if (!observers.wasObserved()) {
            return System.nanoTime() - firstDeadlineNanos >= 0;
        }
        if (observers.haveReceived(resource.version(), shownNanos)) {
            givenUp = false;
            return true;
        }
        if (givenUp) {
            return true;
        }
        if (System.nanoTime() - shownNanos > lostNanos) {
            givenUp = true;
            log.warn("coap=observer-lost device={} observed={}", id, observers.isObserved());
        }
        return givenUp;
    }

    /** Whether what is shown has been received. The caller holds the monitor. */
    boolean isHeard() {
        return observers.haveReceived(resource.version(), shownNanos);
    }

    @Override
    public void close() {
        server.destroy();
    }
}

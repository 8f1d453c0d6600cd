package org.heliograph.sim.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.telemetry.yaml.HostPort;

/** The CoAP devices of a site. */
public final class CoapFleet implements AutoCloseable {
    private static final int EXECUTOR_THREADS = 2;
    private static final long POLL_MILLIS = 200;
    private static final int MOST_PEERS = 32;
    private static final int MOST_BODY_BYTES = 64 * 1024;
    private static final int BLOCK_BYTES = 1024;

    private final Object monitor = new Object();
    private final UdpLoop loop = new UdpLoop();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            EXECUTOR_THREADS,
            Thread.ofPlatform().name("coap-devices-", 0).daemon().factory());
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().name("coap-devices-timer").daemon().factory());
    private final Map<String, CoapDevice> devices = new LinkedHashMap<>();
    private boolean closed;
    private long firstDeadlineNanos = System.nanoTime();

    private CoapFleet() {}

    /**
     * Starts a server for each device.
     *
     * @param portBase port of the first, the others follow; 0 for free ports
     * @param first what each device shows first
     * @throws IOException if a port can't be had
     * @throws IllegalArgumentException with a sentence, if there are more devices than ports from there on
     */
    public static CoapFleet start(String host, int portBase, Map<String, Snapshot> first) throws IOException {
        requirePorts(portBase, first.size());
        CoapFleet fleet = new CoapFleet();
        CoapDevice.Surroundings shared =
                new CoapDevice.Surroundings(configuration(), fleet.loop, fleet.executor, fleet.timer, fleet.monitor);
        try {
            int port = portBase;
            for (Map.Entry<String, Snapshot> device : first.entrySet()) {
                InetSocketAddress address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) {
                    throw new IOException("there is no address of the name " + host);
                }
                fleet.devices.put(
                        device.getKey(), CoapDevice.start(device.getKey(), address, device.getValue(), shared));
                port = portBase == 0 ? 0 : port + 1;
            }
            return fleet;
        } catch (IOException e) {
            fleet.close();
            throw e;
        }
    }

    /** Before the first of them has its port: nobody could release it. */
    private static void requirePorts(int base, int devices) {
        int last = base + devices - 1;
        if (base > 0 && last > HostPort.PORT_MAX) {
            throw new IllegalArgumentException(devices + " CoAP devices from port " + base
                    + " on would need ports up to " + last + "; the highest is " + HostPort.PORT_MAX);
        }
    }

    private static Configuration configuration() {
        CoapConfig.register();
        UdpConfig.register();
        return Configuration.createStandardWithoutFile()
                .set(CoapConfig.MAX_ACTIVE_PEERS, MOST_PEERS)
                .set(CoapConfig.MAX_SERVER_OBSERVES, MOST_PEERS)
                .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, MOST_BODY_BYTES)
                .set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK_BYTES)
                // there is nothing but GET: doing it twice does no harm
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.NO_DEDUPLICATOR)
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, EXECUTOR_THREADS);
    }

    /** Where each device is reached, {@code coap://127.0.0.1:40001}. */
    public Map<String, URI> uris() {
        Map<String, URI> uris = new LinkedHashMap<>();
        devices.forEach((id, device) -> uris.put(id, device.uri()));
        return uris;
    }

    /**
     * Shows newer readings of a device and notifies its observers. Called, like {@link #awaitReceived}, by the one thread
     * that tells the time.
     *
     * @param most how many instants it shows at a time
     */
    public void show(String device, List<Snapshot> newer, int most) {
        CoapDevice shown = devices.get(device);
        if (shown == null) {
            throw new IllegalArgumentException("there is no CoAP device " + device);
        }
        shown.show(newer, most);
    }

    /** From now on and for that long, devices that nobody has observed yet are worth waiting for. */
    public void expectObserversFor(Duration patience) {
        synchronized (monitor) {
            firstDeadlineNanos = System.nanoTime() + patience.toNanos();
        }
    }

    /**
     * Waits until every observer has received all that its device shows.
     *
     * @param lost how long to wait for an observer that doesn't answer
     */
    public void awaitReceived(Duration lost) throws InterruptedException {
        synchronized (monitor) {
            for (CoapDevice device : devices.values()) {
                while (!closed && !device.isSettled(firstDeadlineNanos, lost.toNanos())) {
                    monitor.wait(POLL_MILLIS);
                }
            }
        }
    }

    /** Devices that nobody observes, or whose observers haven't received what they show. */
    public Set<String> unheard() {
        synchronized (monitor) {
            return devices.values().stream()
                    .filter(device -> !device.isHeard())
                    .map(CoapDevice::id)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
        devices.values().forEach(CoapDevice::close);
        loop.close();
        executor.shutdownNow();
        timer.shutdownNow();
        try {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

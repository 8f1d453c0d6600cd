package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.jspecify.annotations.Nullable;

/** A CoAP device with an observable resource, in this process. */
final class TestDevice implements AutoCloseable {
    /** How long it claims that a representation is fresh. */
    volatile long maxAgeSeconds = 1;

    /** Whether it refuses to answer in another format than its own. */
    volatile boolean strict;

    private final CoapServer server;
    private final Senml senml;
    private final int port;
    private final String scheme;
    private final Semaphore acknowledgements = new Semaphore(0);
    final CountDownLatch asked = new CountDownLatch(1);

    /** Sessions that its readers came in. */
    final Set<Long> sessions = ConcurrentHashMap.newKeySet();

    private final class Senml extends CoapResource {
        private final int format;
        private volatile byte[] pack = watts(1);
        private volatile @Nullable ObserveRelation latest;

        Senml(String name, int format) {
            super(name);
            this.format = format;
            setObservable(true);
            getAttributes().setObservable();
            getAttributes().addContentType(format);
        }

        @Override
        public void addObserveRelation(ObserveRelation relation) {
            latest = relation;
            super.addObserveRelation(relation);
        }

        boolean isObserved() {
            ObserveRelation relation = latest;
            return relation != null && relation.isEstablished();
        }

        @Override
        public void handleGET(CoapExchange exchange) {
            asked.countDown();
            Long session = exchange.advanced()
                    .getRequest()
                    .getSourceContext()
                    .get(DtlsEndpointContext.KEY_HANDSHAKE_TIMESTAMP);
            if (session != null) {
                sessions.add(session);
            }
            int accept = exchange.getRequestOptions().getAccept();
            if (strict && accept != format) {
                exchange.respond(CoAP.ResponseCode.NOT_ACCEPTABLE);
                return;
            }
            exchange.setMaxAge(maxAgeSeconds);
            exchange.respond(CoAP.ResponseCode.CONTENT, pack, format);
        }
    }

    /** @param port 0 for any free one */
    static TestDevice start(int port, String resource, int format) throws Exception {
        return new TestDevice(port, resource, format, null);
    }

    /** @param dtls begins the configuration of its socket */
    static TestDevice secure(int port, int format, Consumer<DtlsConnectorConfig.Builder> dtls) {
        return new TestDevice(port, "senml", format, dtls);
    }

    private TestDevice(int port, String resource, int format, @Nullable Consumer<DtlsConnectorConfig.Builder> dtls) {
        CoapConfig.register();
        UdpConfig.register();
        Configuration configuration = Configuration.createStandardWithoutFile()
                .set(CoapConfig.MAX_ACTIVE_PEERS, 10)
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
                // before it gives an observer up
                .set(CoapConfig.MAX_RETRANSMIT, 8);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(configuration);
        if (dtls == null) {
            builder.setInetSocketAddress(address);
        } else {
            DtlsConnectorConfig.Builder secure = Dtls.server(Dtls.limits(configuration), address);
            dtls.accept(secure);
            builder.setConnector(new DTLSConnector(secure.build()));
        }
        scheme = dtls == null ? "coap" : "coaps";
        CoapEndpoint endpoint = builder.build();
        endpoint.addInterceptor(new MessageInterceptorAdapter() {
            @Override
            public void receiveEmptyMessage(EmptyMessage message) {
                if (message.getType() == CoAP.Type.ACK) {
                    acknowledgements.release();
                }
            }
        });
        server = new CoapServer(configuration);
        server.addEndpoint(endpoint);
        senml = new Senml(resource, format);
        server.add(senml);
        server.start();
        this.port = endpoint.getAddress().getPort();
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    void report(String pack) {
        report(pack.getBytes(StandardCharsets.UTF_8));
    }

    void report(byte[] pack) {
        senml.pack = pack;
        senml.changed();
    }

    void reportPower(double watts) {
        report(watts(watts));
    }

    /** Notifies with confirmable messages from now on. */
    void confirmably() {
        senml.setObserveType(CoAP.Type.CON);
    }

    /** Waits for the acknowledgement of a notification. */
    void awaitAcknowledgement() throws InterruptedException {
        assertThat(acknowledgements.tryAcquire(2, TimeUnit.MINUTES))
                .as("an acknowledgement")
                .isTrue();
    }

    /** Whether it had an acknowledgement by now: of what came before a ping that it answers, none is still on its way. */
    boolean isAcknowledged() throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            other.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
            byte[] ping = HexFormat.of().parseHex("40007a7a");
            other.send(new DatagramPacket(ping, ping.length, InetAddress.getLoopbackAddress(), port));
            other.receive(new DatagramPacket(new byte[16], 16));
        }
        return acknowledgements.availablePermits() > 0;
    }

    private static byte[] watts(double watts) {
        return ("[{\"n\":\"power\",\"u\":\"W\",\"v\":" + watts + "}]").getBytes(StandardCharsets.UTF_8);
    }

    /** Forgets who observes, without telling them, as a device does that restarts quickly. */
    void forgetObservers() {
        senml.clearObserveRelations();
    }

    /** Answers, and notifies nobody who asks from now on: its list of observers is full. */
    void refuseObservers() {
        senml.setObservable(false);
    }

    void grantObservers() {
        senml.setObservable(true);
    }

    /** Waits until it has granted an observation, so that it will notify. */
    void awaitObserver() {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!senml.isObserved()) {
            assertThat(System.nanoTime()).as("an observer").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    int observers() {
        return senml.getObserverCount();
    }

    void setQuietly(double watts) {
        senml.pack = watts(watts);
    }

    @Override
    public void close() {
        server.destroy();
    }
}

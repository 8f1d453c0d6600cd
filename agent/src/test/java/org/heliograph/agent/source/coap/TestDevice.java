package org.heliograph.agent.source.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** A CoAP device with an observable resource, in this process. */
final class TestDevice implements AutoCloseable {
    /** How long it claims that a representation is fresh. */
    volatile long maxAgeSeconds = 1;

    private final CoapServer server;
    private final Senml senml;
    private final int port;
    final CountDownLatch asked = new CountDownLatch(1);

    private final class Senml extends CoapResource {
        private final int format;
        private volatile String pack = "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]";

        Senml(String name, int format) {
            super(name);
            this.format = format;
            setObservable(true);
            getAttributes().setObservable();
            getAttributes().addContentType(format);
        }

        @Override
        public void handleGET(CoapExchange exchange) {
            asked.countDown();
            exchange.setMaxAge(maxAgeSeconds);
            exchange.respond(CoAP.ResponseCode.CONTENT, pack, format);
        }
    }

    /** @param port 0 for any free one */
    static TestDevice start(int port, String resource, int format) throws Exception {
        TestDevice device = new TestDevice(port, resource, format);
        device.server.start();
        return device;
    }

    private TestDevice(int port, String resource, int format) {
        CoapConfig.register();
        UdpConfig.register();
        Configuration configuration = Configuration.createStandardWithoutFile()
                .set(CoapConfig.MAX_ACTIVE_PEERS, 10)
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
                .set(CoapConfig.ACK_TIMEOUT, 200, TimeUnit.MILLISECONDS);
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .build();
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
        return URI.create("coap://127.0.0.1:" + port + path);
    }

    void report(String pack) {
        senml.pack = pack;
        senml.changed();
    }

    void reportPower(double watts) {
        report("[{\"n\":\"power\",\"u\":\"W\",\"v\":" + watts + "}]");
    }

    /** Forgets who observes, without telling them, as a device does that restarts quickly. */
    void forgetObservers() {
        senml.clearObserveRelations();
    }

    void setQuietly(double watts) {
        senml.pack = "[{\"n\":\"power\",\"u\":\"W\",\"v\":" + watts + "}]";
    }

    @Override
    public void close() {
        server.destroy();
    }
}

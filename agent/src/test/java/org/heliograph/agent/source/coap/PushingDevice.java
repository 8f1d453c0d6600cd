package org.heliograph.agent.source.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;

/** A device that sends to the agent's server, without encryption, with a key or with a certificate. */
final class PushingDevice implements AutoCloseable {
    static final int JSON = 110;
    static final int CBOR = 112;

    private static final long ANSWER_MILLIS = 120_000;
    private static final int SAID_AGAIN_AFTER_MILLIS = 500;
    /** Over DTLS, where tests count what goes to and fro: nothing is lost on the way, so nothing is to be said twice. */
    private static final int SAID_AGAIN_AFTER_MILLIS_SECURE = 30_000;

    private final CoapEndpoint endpoint;
    private final String scheme;
    private final int port;

    private PushingDevice(CoapEndpoint endpoint, String scheme, int port) {
        this.endpoint = endpoint;
        this.scheme = scheme;
        this.port = port;
    }

    static PushingDevice plain(int port) throws Exception {
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration(SAID_AGAIN_AFTER_MILLIS))
                .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build();
        return started(endpoint, "coap", port);
    }

    static PushingDevice keyed(int port, String identity, Secret key) throws Exception {
        return secure(
                port,
                Dtls.client(limits()).setAdvancedPskStore(new PreSharedKeys(Map.of(identity, key), _ -> identity)));
    }

    static PushingDevice certified(int port, Tls tls) throws Exception {
        DtlsConnectorConfig.Builder config = Dtls.client(limits());
        Dtls.certify(config, tls, (_, _) -> true);
        return secure(port, config);
    }

    private static PushingDevice secure(int port, DtlsConnectorConfig.Builder config) throws Exception {
        config.setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration(SAID_AGAIN_AFTER_MILLIS_SECURE))
                .setConnector(new DTLSConnector(config.build()))
                .build();
        return started(endpoint, "coaps", port);
    }

    private static PushingDevice started(CoapEndpoint endpoint, String scheme, int port) throws Exception {
        endpoint.start();
        return new PushingDevice(endpoint, scheme, port);
    }

    private static Configuration limits() {
        return Dtls.limits(configuration(SAID_AGAIN_AFTER_MILLIS_SECURE));
    }

    private static Configuration configuration(int saidAgainAfterMillis) {
        return CoapSource.configuration(Patience.DEFAULT)
                .set(CoapConfig.ACK_TIMEOUT, saidAgainAfterMillis, TimeUnit.MILLISECONDS)
                .set(CoapConfig.MAX_RETRANSMIT, 8);
    }

    /** Sends readings and returns the answer. */
    Response post(String pack) throws InterruptedException {
        return send(Request.newPost(), "/senml", JSON, pack.getBytes(StandardCharsets.UTF_8));
    }

    Response put(String pack) throws InterruptedException {
        return send(Request.newPut(), "/senml", JSON, pack.getBytes(StandardCharsets.UTF_8));
    }

    /** @param format negative for none */
    Response send(Request request, String path, int format, byte[] body) throws InterruptedException {
        request.setURI(scheme + "://127.0.0.1:" + port + path);
        request.setPayload(body);
        if (format >= 0) {
            request.getOptions().setContentFormat(format);
        }
        request.send(endpoint);
        return Objects.requireNonNull(request.waitForResponse(ANSWER_MILLIS), "no answer");
    }

    CoAP.ResponseCode codeOf(String pack) throws InterruptedException {
        return post(pack).getCode();
    }

    int port() {
        return port;
    }

    /** As a device does that got no answer, and begins anew. */
    void forgetSession() {
        if (endpoint.getConnector() instanceof DTLSConnector connector) {
            connector.clearConnectionState();
        }
    }

    /** As a device does that was asleep. */
    void resumeSession() {
        if (endpoint.getConnector() instanceof DTLSConnector connector) {
            connector.forceResumeAllSessions();
        }
    }

    Request request(String pack) {
        Request request = Request.newPost();
        request.setURI(scheme + "://127.0.0.1:" + port + "/senml");
        request.getOptions().setContentFormat(JSON);
        request.setPayload(pack);
        return request;
    }

    CoapEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        endpoint.destroy();
    }
}

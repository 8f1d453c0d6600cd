package org.heliograph.lab.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/** A device that pushes SenML CBOR over DTLS with a key, and says a reading again until it is confirmed. */
final class PushingDevice implements AutoCloseable {
    private static final int SENML_CBOR = 112;
    private static final long FIRST_ANSWER_MILLIS = 1_000;
    private static final int ACK_MILLIS = 300;

    private final DTLSConnector connector;
    private final CoapEndpoint endpoint;
    private final String uri;

    PushingDevice(int port, String identity, String key) throws IOException {
        CoapConfig.register();
        UdpConfig.register();
        DtlsConfig.register();
        Configuration configuration = Configuration.createStandardWithoutFile()
                .set(CoapConfig.ACK_TIMEOUT, ACK_MILLIS, TimeUnit.MILLISECONDS)
                .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, ACK_MILLIS, TimeUnit.MILLISECONDS)
                .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
        connector = new DTLSConnector(DtlsConnectorConfig.builder(configuration)
                .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
                .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .setAdvancedPskStore(new AdvancedSinglePskStore(identity, key.getBytes(StandardCharsets.UTF_8)))
                .build());
        endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setConnector(connector)
                .build();
        endpoint.start();
        uri = "coaps://127.0.0.1:" + port + "/senml";
    }

    /** Until it is confirmed; a server that is silent may have forgotten the session. */
    void push(long epochSecond, long watts) throws InterruptedException {
        long patienceMillis = FIRST_ANSWER_MILLIS;
        while (!isConfirmed(epochSecond, watts, patienceMillis)) {
            connector.clearConnectionState();
            patienceMillis *= 2; // where a handshake takes long, a second one from its middle takes no shorter
        }
    }

    private boolean isConfirmed(long epochSecond, long watts, long patienceMillis) throws InterruptedException {
        Request request = Request.newPost();
        request.setURI(uri);
        request.getOptions().setContentFormat(SENML_CBOR);
        request.setPayload(pack(epochSecond, watts));
        request.send(endpoint);
        Response response = request.waitForResponse(patienceMillis);
        if (response == null) {
            request.cancel();
            return false;
        }
        return response.getCode() == CoAP.ResponseCode.CHANGED;
    }

    /** {@code [{n: "power", u: "W", v: watts, t: epochSecond}]} by the labels of RFC 8428. */
    private static byte[] pack(long epochSecond, long watts) {
        ByteBuffer cbor = ByteBuffer.allocate(64);
        cbor.put((byte) 0x81).put((byte) 0xA4);
        cbor.put((byte) 0x00).put((byte) 0x65).put("power".getBytes(StandardCharsets.US_ASCII));
        cbor.put((byte) 0x01).put((byte) 0x61).put((byte) 'W');
        cbor.put((byte) 0x02).put((byte) 0x1B).putLong(watts);
        cbor.put((byte) 0x06).put((byte) 0x1B).putLong(epochSecond);
        byte[] bytes = new byte[cbor.flip().remaining()];
        cbor.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        endpoint.destroy();
    }
}

package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.heliograph.agent.config.CoapServer;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What strangers may cost, and what a network may do to a device: each limit of the secure door for itself. */
@Timeout(600)
class DtlsLimitsTest {
    private static final String ONE_WATT = "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]";
    private static final String KEY = "0123456789abcdef";
    private static final int HELLO = 1;
    private static final int HELLO_VERIFY = 3;
    private static final int HANDSHAKE_TYPE_AT = 13;
    private static final int QUIET_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 120_000;

    @TempDir
    private Path folder = Path.of("");

    private final RecordingIntake intake = new RecordingIntake();
    private CoapPushSource source = server(Map.of());

    @BeforeEach
    void open() throws Exception {
        source = server(Map.of("id-9", new CoapServer.Psk("crac-09", key())));
        source.start(intake);
    }

    @AfterEach
    void close() {
        source.close();
    }

    @Test
    void a_forged_address_costs_one_answer_no_longer_than_the_question() throws Exception {
        try (DatagramSocket anybody = socket()) {
            byte[] hello = hello(0);
            send(anybody, hello);

            byte[] answer = receive(anybody, ANSWER_MILLIS).orElseThrow();
            assertThat(answer[HANDSHAKE_TYPE_AT]).isEqualTo((byte) HELLO_VERIFY);
            assertThat(answer.length).isLessThanOrEqualTo(hello.length);
            // and it isn't repeated
            assertThat(receive(anybody, QUIET_MILLIS)).isEmpty();
        }
        assertThat(post()).isEqualTo(CoAP.ResponseCode.CHANGED);
    }

    @Test
    void a_handshake_that_claims_to_be_long_is_not_waited_for() throws Exception {
        try (DatagramSocket anybody = socket()) {
            send(anybody, hello(1 << 20));
            assertThat(receive(anybody, QUIET_MILLIS)).isEmpty();
        }
        assertThat(post()).isEqualTo(CoAP.ResponseCode.CHANGED);
    }

    @Test
    void thousands_of_hellos_keep_no_device_out() throws Exception {
        for (int i = 0; i < 200; i++) {
            try (DatagramSocket anybody = socket()) {
                for (int j = 0; j < 20; j++) {
                    send(anybody, hello(0));
                }
            }
        }
        assertThat(post()).isEqualTo(CoAP.ResponseCode.CHANGED);
    }

    @Test
    void a_session_is_not_resumed_with_a_key_that_was_withdrawn() throws Exception {
        try (PushingDevice device = PushingDevice.keyed(port(), "id-9", device())) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitReadings();
            Files.writeString(folder.resolve("id-9.psk"), "another-key-by-now");

            device.resumeSession();
            Request request = device.request(ONE_WATT);
            request.send(device.endpoint());
            assertThat(request.waitForResponse(3L * QUIET_MILLIS)).isNull();
            assertThat(intake.isEmpty()).isTrue();
        }
    }

    @Test
    void a_device_that_is_renumbered_goes_on_without_another_handshake() throws Exception {
        try (UdpRelay network = new UdpRelay(port());
                PushingDevice device = PushingDevice.keyed(network.port(), "id-9", key())) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            network.renumber();
            int before = network.answers.get();

            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(network.answers.get() - before).isOne();
        }
    }

    @Test
    void what_an_attacker_says_again_is_not_even_answered() throws Exception {
        try (UdpRelay network = new UdpRelay(port());
                PushingDevice device = PushingDevice.keyed(network.port(), "id-9", key())) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitReadings();
            int before = network.answers.get();
            for (int i = 0; i < 10; i++) {
                network.sayAgain();
            }
            // what comes after it is answered after it would have been
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitReadings();
            assertThat(network.answers.get() - before).isOne();
            assertThat(intake.isEmpty()).isTrue();
        }
    }

    @Test
    void when_all_connections_are_taken_another_gets_none_and_nobody_loses_his() throws Exception {
        try (Hall hall = new Hall(new Dtls.Capacity(2, Duration.ofHours(1)));
                PushingDevice first = hall.device(1);
                PushingDevice second = hall.device(2);
                PushingDevice third = hall.device(3)) {
            assertThat(first.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(second.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);

            Request request = third.request(ONE_WATT);
            request.send(third.endpoint());
            assertThat(request.waitForResponse(3L * QUIET_MILLIS)).isNull();

            assertThat(first.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(second.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.devices()).containsOnly("rack-1", "rack-2");
        }
    }

    @Test
    void when_all_connections_are_taken_one_that_is_silent_for_long_gives_its_own_up() throws Exception {
        try (Hall hall = new Hall(new Dtls.Capacity(2, Duration.ofSeconds(1)));
                PushingDevice first = hall.device(1);
                PushingDevice second = hall.device(2);
                PushingDevice third = hall.device(3)) {
            assertThat(first.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(second.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);

            // a handshake is tried again for as long as the others aren't silent long enough
            assertThat(third.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    /** A door of its own capacity, and devices that have a key each. */
    private final class Hall implements AutoCloseable {
        private final CoapPushSource source;

        Hall(Dtls.Capacity capacity) throws IOException {
            Map<String, CoapServer.Psk> keys = new HashMap<>();
            for (int i = 1; i <= 3; i++) {
                keys.put("id-" + i, new CoapServer.Psk("rack-" + i, key()));
            }
            source = server(keys, capacity);
            source.start(intake);
        }

        PushingDevice device(int number) throws Exception {
            return PushingDevice.keyed(source.awaitPort("coaps"), "id-" + number, key());
        }

        @Override
        public void close() {
            source.close();
        }
    }

    private CoAP.ResponseCode post() throws Exception {
        try (PushingDevice device = PushingDevice.keyed(port(), "id-9", key())) {
            return device.codeOf(ONE_WATT);
        }
    }

    private int port() throws InterruptedException {
        return source.awaitPort("coaps");
    }

    private static CoapPushSource server(Map<String, CoapServer.Psk> keys) {
        return server(keys, Dtls.Capacity.DEFAULT);
    }

    private static CoapPushSource server(Map<String, CoapServer.Psk> keys, Dtls.Capacity capacity) {
        CoapServer.Dtls dtls =
                new CoapServer.Dtls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), keys, Map.of(), null);
        return new CoapPushSource(
                new CoapServer(null, dtls, new CoapServer.Rate(20, 200)),
                "casa1",
                MachineClock.of(InstantSource.system()),
                4 << 20,
                capacity);
    }

    private Secret key() throws IOException {
        return new Secret.InFile(Files.writeString(folder.resolve("id-9.psk"), KEY));
    }

    /** The device's own, which doesn't change with the server's. */
    private Secret device() throws IOException {
        return new Secret.InFile(Files.writeString(folder.resolve("device.psk"), KEY));
    }

    private static DatagramSocket socket() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private void send(DatagramSocket from, byte[] bytes) throws Exception {
        from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port()));
    }

    private static Optional<byte[]> receive(DatagramSocket at, int withinMillis) throws IOException {
        at.setSoTimeout(withinMillis);
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        try {
            at.receive(packet);
            return Optional.of(Arrays.copyOf(packet.getData(), packet.getLength()));
        } catch (SocketTimeoutException _) {
            return Optional.empty();
        }
    }

    /**
     * The first message of a handshake (RFC 6347), with TLS_PSK_WITH_AES_128_CCM_8 and no cookie.
     *
     * @param claimedBytes what it says that it is long; 0 for the truth
     */
    private static byte[] hello(int claimedBytes) {
        ByteBuffer body = ByteBuffer.allocate(64);
        body.putShort((short) 0xFEFD).put(new byte[32]).put((byte) 0).put((byte) 0);
        body.putShort((short) 2).putShort((short) 0xC0A8).put((byte) 1).put((byte) 0);
        body.flip();
        int length = body.remaining();
        ByteBuffer record = ByteBuffer.allocate(25 + length);
        record.put((byte) 22).putShort((short) 0xFEFD).putLong(0).putShort((short) (12 + length));
        record.put((byte) HELLO).put(threeBytes(claimedBytes == 0 ? length : claimedBytes));
        record.putShort((short) 0).put(threeBytes(0)).put(threeBytes(length)).put(body);
        return record.array();
    }

    private static byte[] threeBytes(int value) {
        return new byte[] {(byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }
}

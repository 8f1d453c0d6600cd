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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.fuzz.Mutation;
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
    private static final int COOKIE_AT = 28;
    private static final int QUIET_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 120_000;
    /** More than a device ever repeats itself. */
    private static final int REPLAYS = 30;

    @TempDir
    private Path folder = Path.of("");

    private final RecordingIntake intake = new RecordingIntake();
    private CoapPushSource source = server(Map.of());

    @BeforeEach
    void open() throws Exception {
        source = server(Map.of("id-9", new CoapPush.Psk("crac-09", key())));
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
    void broken_records_and_handshakes_that_go_astray_keep_no_device_out() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 100; i++) {
            try (DatagramSocket anybody = socket()) {
                List<byte[]> flight = flight(cookie(anybody));
                if (i % 2 == 0) {
                    send(anybody, flight.getFirst());
                }
                for (int j = 0; j < 40; j++) {
                    byte[] broken = Mutation.of(flight, random);
                    send(anybody, Arrays.copyOf(broken, Math.min(broken.length, 4_096)));
                }
            }
        }
        assertThat(post()).isEqualTo(CoAP.ResponseCode.CHANGED);
        assertThat(intake.devices()).containsOnly("crac-09");
    }

    /** As the server gives it to whoever asks; asked again, as a datagram may be lost among many. */
    private byte[] cookie(DatagramSocket anybody) throws Exception {
        return cookie(anybody, port());
    }

    private static byte[] cookie(DatagramSocket anybody, int port) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMillis(ANSWER_MILLIS).toNanos();
        while (System.nanoTime() < deadline) {
            send(anybody, hello(0), port);
            Optional<byte[]> answer = receive(anybody, QUIET_MILLIS);
            if (answer.isPresent() && answer.get()[HANDSHAKE_TYPE_AT] == HELLO_VERIFY) {
                return Arrays.copyOfRange(answer.get(), COOKIE_AT, COOKIE_AT + answer.get()[COOKIE_AT - 1]);
            }
        }
        throw new AssertionError("no cookie");
    }

    /** What a client says from its second hello on, and records of every type. */
    private static List<byte[]> flight(byte[] cookie) {
        return List.of(
                record(22, 0, 1, handshake(HELLO, 1, helloBody(cookie))),
                record(22, 0, 2, handshake(16, 2, new byte[] {0, 4, 'i', 'd', '-', '9'})),
                record(22, 0, 3, handshake(11, 2, new byte[] {0, 0, 0})),
                record(20, 0, 4, new byte[] {1}),
                record(22, 1, 0, new byte[40]),
                record(23, 1, 1, new byte[40]),
                record(21, 0, 5, new byte[] {2, 40}),
                record(25, 1, 2, new byte[40]),
                record(22, 0, 6, handshake(20, 3, new byte[12])));
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
            int before = network.handshakes.get();
            assertThat(before).isPositive();

            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(network.handshakes.get()).isEqualTo(before);
        }
    }

    @Test
    void what_an_attacker_says_again_is_not_even_answered() throws Exception {
        try (UdpRelay network = new UdpRelay(port());
                PushingDevice device = PushingDevice.keyed(network.port(), "id-9", key())) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitReadings();
            int asked = network.questions.get();
            int answered = network.answers.get();
            for (int i = 0; i < REPLAYS; i++) {
                network.sayAgain();
            }
            // what comes after it is answered after it would have been
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitReadings();
            assertThat(network.answers.get() - answered).isLessThanOrEqualTo(network.questions.get() - asked);
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

    @Test
    void a_host_without_a_key_keeps_no_device_out_however_many_handshakes_it_begins() throws Exception {
        int places = Connections.HANDSHAKES_OF_AN_ADDRESS_MAX + 10;
        List<DatagramSocket> sockets = new ArrayList<>();
        try (Hall hall = new Hall(new Dtls.Capacity(places, Duration.ofHours(1)));
                PushingDevice device = hall.device(1)) {
            for (int i = 0; i < places; i++) {
                DatagramSocket stranger = socket();
                sockets.add(stranger);
                send(stranger, flight(cookie(stranger, device.port())).getFirst(), device.port());
            }

            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(hall.source.failedHandshakes())
                    .as("handshakes that had to end before the device got in")
                    .hasValue(0);
        } finally {
            sockets.forEach(DatagramSocket::close);
        }
    }

    @Test
    void a_device_that_closes_no_session_keeps_no_other_out_and_the_one_that_is_in_use_stays() throws Exception {
        List<PushingDevice> asleep = new ArrayList<>();
        try (Hall hall = new Hall(new Dtls.Capacity(Connections.SESSIONS_OF_A_DEVICE_MAX + 2, Duration.ofHours(1)));
                PushingDevice other = hall.device(2);
                UdpRelay network = new UdpRelay(other.port());
                PushingDevice awake = PushingDevice.keyed(network.port(), "id-1", key())) {
            assertThat(awake.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            int handshakes = network.handshakes.get();
            for (int i = 0; i < 6; i++) {
                PushingDevice again = hall.device(1);
                asleep.add(again);
                assertThat(again.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
                assertThat(awake.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }

            assertThat(other.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(network.handshakes.get()).isEqualTo(handshakes);
        } finally {
            asleep.forEach(PushingDevice::close);
        }
    }

    @Test
    void a_fleet_behind_one_address_gets_in_as_its_handshakes_are_through() throws Exception {
        List<PushingDevice> fleet = new ArrayList<>();
        try (Hall hall = new Hall(Dtls.Capacity.DEFAULT)) {
            for (int i = 1; i <= Hall.DEVICES; i++) {
                PushingDevice device = hall.device(i);
                fleet.add(device);
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
        } finally {
            fleet.forEach(PushingDevice::close);
        }
    }

    @Test
    void a_door_has_room_for_all_who_may_prove_themselves() {
        assertThat(Dtls.Capacity.of(0).connections()).isEqualTo(1_000);
        assertThat(Dtls.Capacity.of(2_000).connections()).isGreaterThan(4_000);
    }

    /** A door of its own capacity, and devices that have a key each. */
    private final class Hall implements AutoCloseable {
        static final int DEVICES = Connections.HANDSHAKES_OF_AN_ADDRESS_MAX + 1;

        private final CoapPushSource source;

        Hall(Dtls.Capacity capacity) throws IOException {
            Map<String, CoapPush.Psk> keys = new HashMap<>();
            for (int i = 1; i <= DEVICES; i++) {
                keys.put("id-" + i, new CoapPush.Psk("rack-" + i, key()));
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

    private static CoapPushSource server(Map<String, CoapPush.Psk> keys) {
        return server(keys, Dtls.Capacity.DEFAULT);
    }

    private static CoapPushSource server(Map<String, CoapPush.Psk> keys, Dtls.Capacity capacity) {
        CoapPush.Dtls dtls =
                new CoapPush.Dtls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), keys, Map.of(), null);
        return new CoapPushSource(
                new CoapPush(null, dtls, new CoapPush.Rate(20, 200)),
                "casa1",
                MachineClock.of(InstantSource.system()),
                4 << 20,
                capacity,
                System::nanoTime);
    }

    private Secret key() throws IOException {
        return new Secret.InFile(Files.writeString(folder.resolve("id-9.psk"), KEY));
    }

    /** The device's own, which doesn't change with the server's. */
    private Secret device() throws IOException {
        return new Secret.InFile(Files.writeString(folder.resolve("device.psk"), KEY));
    }

    /** Of another host than the devices'. */
    private static DatagramSocket socket() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
    }

    private void send(DatagramSocket from, byte[] bytes) throws Exception {
        send(from, bytes, port());
    }

    private static void send(DatagramSocket from, byte[] bytes, int port) throws IOException {
        from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
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
        byte[] message = handshake(HELLO, 0, helloBody(new byte[0]));
        if (claimedBytes > 0) {
            System.arraycopy(threeBytes(claimedBytes), 0, message, 1, 3);
        }
        return record(22, 0, 0, message);
    }

    private static byte[] helloBody(byte[] cookie) {
        ByteBuffer body = ByteBuffer.allocate(64 + cookie.length);
        body.putShort((short) 0xFEFD).put(new byte[32]).put((byte) 0);
        body.put((byte) cookie.length).put(cookie);
        body.putShort((short) 2).putShort((short) 0xC0A8).put((byte) 1).put((byte) 0);
        return Arrays.copyOf(body.array(), body.position());
    }

    private static byte[] handshake(int type, int number, byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(12 + body.length);
        message.put((byte) type).put(threeBytes(body.length)).putShort((short) number);
        return message.put(threeBytes(0)).put(threeBytes(body.length)).put(body).array();
    }

    private static byte[] record(int type, int epoch, int number, byte[] fragment) {
        ByteBuffer record = ByteBuffer.allocate(13 + fragment.length);
        record.put((byte) type).putShort((short) 0xFEFD).putShort((short) epoch);
        record.putShort((short) 0).putInt(number).putShort((short) fragment.length);
        return record.put(fragment).array();
    }

    private static byte[] threeBytes(int value) {
        return new byte[] {(byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }
}

package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.fuzz.Mutation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class CoapPushSourceTest {
    private static final String ONE_WATT = "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]";
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final CoapPush.Rate GENEROUS = new CoapPush.Rate(1_000, 10_000);

    private final RecordingIntake intake = new RecordingIntake();

    @Test
    void what_a_device_posts_or_puts_is_its_reading_and_is_confirmed() throws Exception {
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "inlet-31"));

            Response put = device.send(
                    Request.newPut(),
                    "/senml",
                    PushingDevice.CBOR,
                    HexFormat.of().parseHex("81a20065706f7765720219012c"));
            assertThat(put.getCode()).isEqualTo(CoAP.ResponseCode.CHANGED);
            intake.awaitPower(300);
        }
    }

    @Test
    void nothing_is_confirmed_before_it_is_on_disk() throws Exception {
        CompletableFuture<Admission> onDisk = new CompletableFuture<>();
        intake.answerWith(onDisk);
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            Request request = Request.newPost();
            request.setURI("coap://127.0.0.1:" + port(source) + "/senml");
            request.getOptions().setContentFormat(PushingDevice.JSON);
            request.setPayload(ONE_WATT);
            request.send(device.endpoint());
            intake.awaitReadings();
            // a retransmission later there is still neither an acknowledgement nor an answer
            assertThat(request.waitForResponse(800)).isNull();
            assertThat(request.isAcknowledged()).isFalse();

            onDisk.complete(new Admission.Kept(1));

            Response response = request.waitForResponse(120_000);
            assertThat(response).isNotNull();
            assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    @Test
    void each_of_many_devices_that_want_no_confirmation_is_answered() throws Exception {
        List<DatagramSocket> devices = new ArrayList<>();
        try (CoapPushSource source = named()) {
            int port = port(source);
            for (int i = 0; i < 200; i++) {
                DatagramSocket device = new DatagramSocket(0, HERE);
                devices.add(device);
                device.setSoTimeout(120_000);
                device.send(new DatagramPacket(nonConfirmable(i), nonConfirmable(i).length, HERE, port));
                DatagramPacket answer = new DatagramPacket(new byte[64], 64);
                device.receive(answer);
                assertThat(answer.getData()[1]).as("the answer to device " + i).isEqualTo((byte)
                        CoAP.ResponseCode.CHANGED.value);
            }
        } finally {
            devices.forEach(DatagramSocket::close);
        }
    }

    /** A POST to /senml of SenML JSON, without a token. */
    private static byte[] nonConfirmable(int mid) {
        byte[] body = ONE_WATT.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(13 + body.length)
                .put((byte) 0x50)
                .put((byte) CoAP.Code.POST.value)
                .putShort((short) mid)
                .put((byte) 0xB5)
                .put("senml".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0x11)
                .put((byte) PushingDevice.JSON)
                .put((byte) 0xFF)
                .put(body)
                .array();
    }

    @Test
    void a_full_journal_asks_to_come_back() throws Exception {
        intake.turnAway.set(1);
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            Response response = device.post(ONE_WATT);

            assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.SERVICE_UNAVAILABLE);
            assertThat(response.getOptions().getMaxAge()).isEqualTo(5);
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    @Test
    void what_is_too_much_for_the_agent_is_told_to_come_again_and_not_that_it_is_bad() throws Exception {
        intake.answerWith(
                CompletableFuture.completedFuture(new Admission.Refused("more than 20 packs a second", true)));
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            Response response = device.post(ONE_WATT);

            assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.TOO_MANY_REQUESTS);
            assertThat(response.getOptions().getMaxAge()).isEqualTo(1);
            assertThat(intake.lastArrival().comesAgain()).isTrue();
        }
    }

    @Test
    void what_cannot_be_accepted_is_answered_with_the_reason() throws Exception {
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            Response response = device.post("[{\"n\":\"inlet-32:power\",\"v\":1}]");

            assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.BAD_REQUEST);
            assertThat(response.getPayloadString())
                    .isEqualTo(
                            "record 1: 'inlet-32:power' is not inlet-31's to report: a device speaks only for itself")
                    .isEqualTo(intake.awaitReason());
        }
    }

    @Test
    void other_formats_methods_and_paths_are_answered_as_the_standard_says() throws Exception {
        byte[] body = ONE_WATT.getBytes(StandardCharsets.UTF_8);
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            assertThat(code(device.send(Request.newPost(), "/senml", 0, body)))
                    .isEqualTo(CoAP.ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
            assertThat(intake.awaitReason()).startsWith("content format 0, not 110");
            assertThat(code(device.send(Request.newPost(), "/senml", -1, body)))
                    .isEqualTo(CoAP.ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
            assertThat(code(device.send(Request.newGet(), "/senml", -1, new byte[0])))
                    .isEqualTo(CoAP.ResponseCode.METHOD_NOT_ALLOWED);
            assertThat(code(device.send(Request.newDelete(), "/senml", -1, new byte[0])))
                    .isEqualTo(CoAP.ResponseCode.METHOD_NOT_ALLOWED);
            assertThat(code(device.send(Request.newPost(), "/other", 110, body)))
                    .isEqualTo(CoAP.ResponseCode.NOT_FOUND);
            assertThat(code(device.send(Request.newPost(), "/senml", 110, new byte[(64 << 10) + 1])))
                    .isEqualTo(CoAP.ResponseCode.REQUEST_ENTITY_TOO_LARGE);
            Response core = device.send(Request.newGet(), "/.well-known/core", -1, new byte[0]);
            assertThat(core.getPayloadString()).contains("</senml>", "ct=\"110 112\"", "rt=\"senml\"");
        }
    }

    @Test
    void a_body_in_blocks_is_put_together() throws Exception {
        String pack = IntStream.range(0, 1_200)
                .mapToObj(i -> "{\"n\":\"power\",\"t\":" + (1_782_899_990 + i) + ",\"v\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(pack.length()).isBetween(40_000, 64 << 10);
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            assertThat(device.codeOf(pack)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().size()).isEqualTo(1_200);
        }
    }

    @Test
    void what_is_put_again_is_confirmed_and_not_kept_twice() throws Exception {
        String timed = "[{\"n\":\"power\",\"t\":1782899990,\"v\":1}]";
        String later = "[{\"n\":\"power\",\"t\":1782899990,\"v\":1},{\"n\":\"power\",\"t\":1782899991,\"v\":2}]";
        try (CoapPushSource source = named();
                PushingDevice device = PushingDevice.plain(port(source))) {
            for (String pack : new String[] {timed, timed, later}) {
                Response response = device.put(pack);
                assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
            intake.awaitPower(1);
            assertThat(intake.awaitReadings().size()).isEqualTo(1);
            assertThat(intake.isEmpty()).isTrue();
        }
    }

    @Test
    void a_stranger_gets_nothing_in_and_is_counted() throws Exception {
        CoapPush.Plain plain = new CoapPush.Plain(
                new InetSocketAddress(HERE, 0), Map.of(InetAddress.ofLiteral("10.0.3.31"), "inlet-31"), false);
        try (CoapPushSource source = source(plain, GENEROUS, () -> 0L);
                PushingDevice device = PushingDevice.plain(port(source))) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.UNAUTHORIZED);
            assertThat(intake.awaitReason()).isEqualTo("nobody who is known here sends from 127.0.0.1");
            for (int i = 0; i < 50; i++) {
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.UNAUTHORIZED);
            }
            assertThat(intake.isEmpty()).isTrue();
            // a flood of strangers is answered, but doesn't flood the dead letters: ten at once, the first of them
            // above
            assertThat(intake.reasons()).isEqualTo(9);
        }
    }

    @Test
    void whoever_may_be_anyone_is_not_one_who_has_to_prove_it() throws Exception {
        CoapPush.Plain plain = new CoapPush.Plain(
                new InetSocketAddress(HERE, 0), Map.of(InetAddress.ofLiteral("10.0.3.31"), "inlet-31"), true);
        try (CoapPushSource source = source(plain, GENEROUS);
                PushingDevice device = PushingDevice.plain(port(source))) {
            assertThat(device.codeOf("[{\"n\":\"inlet-40:power\",\"v\":1}]")).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "inlet-40"));
            assertThat(device.codeOf("[{\"n\":\"inlet-31:power\",\"v\":1}]")).isEqualTo(CoAP.ResponseCode.BAD_REQUEST);
            assertThat(intake.awaitReason()).isEqualTo("inlet-31 has to prove who it is, and this sender didn't");
        }
    }

    @Test
    void a_device_that_floods_is_told_when_to_come_back() throws Exception {
        try (CoapPushSource source = source(here(), new CoapPush.Rate(1, 65), () -> 0L);
                PushingDevice device = PushingDevice.plain(port(source))) {
            for (int i = 0; i < 65; i++) {
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
            Response response = device.post(ONE_WATT);
            assertThat(response.getCode()).isEqualTo(CoAP.ResponseCode.TOO_MANY_REQUESTS);
            assertThat(response.getOptions().getMaxAge()).isEqualTo(2);
        }
    }

    /** Datagrams that were whole before: requests of all kinds, blocks, observations, answers that nobody asked for. */
    @Test
    void nothing_that_is_sent_ends_the_server() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        List<byte[]> whole = List.of(
                        // POST /senml, 110, [{"n":"power","v":1}]
                        "440212340a0b0c0db573656e6d6c116eff5b7b226e223a22706f776572222c2276223a317d5d",
                        // PUT /senml, 112, the same in CBOR
                        "440312350a0b0c0eb573656e6d6c1170ff81a20065706f7765720201",
                        // POST /senml, 110, block 0 of more, 16 bytes
                        "440212360a0b0c0fb573656e6d6c116ed10208ff5b7b226e223a22706f776572222c22",
                        // GET /.well-known/core, observe
                        "440112370a0b0c1060bb2e77656c6c2d6b6e6f776e04636f7265",
                        // 2.05 that nobody asked for, a ping, a reset
                        "644512380a0b0c11c16eff5b5d",
                        "40001239",
                        "70001240")
                .stream()
                .map(HexFormat.of()::parseHex)
                .toList();
        try (CoapPushSource source = named();
                DatagramSocket socket = new DatagramSocket(0, HERE);
                PushingDevice device = PushingDevice.plain(port(source))) {
            for (int i = 1; i <= 10_000; i++) {
                byte[] datagram = Mutation.of(whole, random);
                int length = Math.min(datagram.length, 1_400);
                socket.send(new DatagramPacket(datagram, length, HERE, port(source)));
                if (i % 500 == 0) {
                    // it keeps up: what is sent too fast is lost before it has been looked at
                    assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
                }
            }
        }
    }

    @Test
    void a_port_in_use_is_waited_for() throws Exception {
        DatagramSocket taken = new DatagramSocket(0, HERE);
        CoapPush.Plain plain =
                new CoapPush.Plain(new InetSocketAddress(HERE, taken.getLocalPort()), Map.of(HERE, "inlet-31"), false);
        try (CoapPushSource source = source(plain, GENEROUS)) {
            taken.close();
            try (PushingDevice device = PushingDevice.plain(port(source))) {
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
        }
    }

    private static CoapPush.Plain here() {
        return new CoapPush.Plain(new InetSocketAddress(HERE, 0), Map.of(HERE, "inlet-31"), false);
    }

    private CoapPushSource named() {
        return source(here(), GENEROUS);
    }

    private CoapPushSource source(CoapPush.Plain plain, CoapPush.Rate rate) {
        return source(plain, rate, System::nanoTime);
    }

    private CoapPushSource source(CoapPush.Plain plain, CoapPush.Rate rate, LongSupplier nanos) {
        CoapPushSource source = new CoapPushSource(
                new CoapPush(plain, null, rate),
                "casa1",
                MachineClock.of(InstantSource.system()),
                4 << 20,
                Dtls.Capacity.DEFAULT,
                nanos);
        source.start(intake);
        return source;
    }

    private static CoAP.ResponseCode code(Response response) {
        return response.getCode();
    }

    private static int port(CoapPushSource source) throws InterruptedException {
        return source.awaitPort("coap");
    }
}

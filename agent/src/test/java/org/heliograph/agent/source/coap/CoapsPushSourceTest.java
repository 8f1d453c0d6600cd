package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class CoapsPushSourceTest {
    private static final String ONE_WATT = "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]";
    private static final CoapPush.Rate RATE = new CoapPush.Rate(20, 200);

    private static @Nullable TestAuthority authority;
    private static Tls server = new Tls(null, null, null);

    @TempDir
    private Path folder = Path.of("");

    private final RecordingIntake intake = new RecordingIntake();

    @BeforeAll
    static void found(@TempDir Path authorities) throws Exception {
        authority = new TestAuthority(authorities);
        server = issue("server", "-dname", "CN=edge-1", "-ext", "san=ip:127.0.0.1");
    }

    @Test
    void a_device_is_who_its_key_proves() throws Exception {
        try (CoapPushSource source = keyed(Map.of("id-9", psk("crac-09", "0123456789abcdef")));
                PushingDevice device = PushingDevice.keyed(port(source), "id-9", secret("0123456789abcdef"))) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "crac-09"));
            assertThat(device.codeOf("[{\"n\":\"crac-08:power\",\"v\":1}]")).isEqualTo(CoAP.ResponseCode.BAD_REQUEST);
            assertThat(intake.awaitReason()).contains("a device speaks only for itself");
        }
    }

    @Test
    void a_device_that_floods_starves_no_other() throws Exception {
        CoapPush.Dtls dtls = new CoapPush.Dtls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of("id-8", psk("crac-08", "fedcba9876543210"), "id-9", psk("crac-09", "0123456789abcdef")),
                Map.of(),
                null);
        try (CoapPushSource source = source(dtls, new CoapPush.Rate(1, 65));
                PushingDevice flooding = PushingDevice.keyed(port(source), "id-9", secret("0123456789abcdef"));
                PushingDevice other = PushingDevice.keyed(port(source), "id-8", secret("fedcba9876543210"))) {
            CoAP.ResponseCode code = flooding.codeOf(ONE_WATT);
            for (int i = 0; i < 500 && code == CoAP.ResponseCode.CHANGED; i++) {
                code = flooding.codeOf(ONE_WATT);
            }
            assertThat(code).isEqualTo(CoAP.ResponseCode.TOO_MANY_REQUESTS);
            assertThat(other.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    @Test
    void a_connection_has_an_id_so_that_it_survives_a_change_of_address() throws Exception {
        try (CoapPushSource source = keyed(Map.of("id-9", psk("crac-09", "0123456789abcdef")));
                PushingDevice device = PushingDevice.keyed(port(source), "id-9", secret("0123456789abcdef"))) {
            Response response = device.post(ONE_WATT);

            assertThat(response.getSourceContext()
                            .get(DtlsEndpointContext.KEY_WRITE_CONNECTION_ID)
                            .length())
                    .isEqualTo(6);
        }
    }

    @Test
    void a_wrong_key_or_an_unknown_identity_gets_nothing_in() throws Exception {
        try (CoapPushSource source = keyed(Map.of("id-9", psk("crac-09", "0123456789abcdef")));
                PushingDevice wrong = PushingDevice.keyed(port(source), "id-9", secret("fedcba9876543210"));
                PushingDevice right = PushingDevice.keyed(port(source), "id-9", secret("0123456789abcdef"));
                PushingDevice unknown = PushingDevice.keyed(port(source), "id-8", secret("0123456789abcdef"))) {
            // either is answered by silence, which tells an attacker nothing of which it was
            for (PushingDevice device : List.of(unknown, wrong)) {
                Request lost = request(port(source));
                lost.send(device.endpoint());
                assertThat(lost.waitForResponse(2_000)).isNull();
            }
            assertThat(intake.isEmpty()).isTrue();
            assertThat(right.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    @Test
    void without_a_handshake_nothing_gets_in() throws Exception {
        try (CoapPushSource source = keyed(Map.of("id-9", psk("crac-09", "0123456789abcdef")));
                PushingDevice plain = PushingDevice.plain(port(source));
                PushingDevice device = PushingDevice.keyed(port(source), "id-9", secret("0123456789abcdef"))) {
            Request request = Request.newPost();
            request.setURI("coap://127.0.0.1:" + port(source) + "/senml");
            request.getOptions().setContentFormat(PushingDevice.JSON);
            request.setPayload(ONE_WATT);
            request.send(plain.endpoint());
            assertThat(request.waitForResponse(1_000)).isNull();
            assertThat(intake.isEmpty()).isTrue();
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
        }
    }

    @Test
    void a_key_that_was_renewed_is_taken_up_without_a_restart() throws Exception {
        CoapPush.Psk psk = psk("crac-09", "0123456789abcdef");
        try (CoapPushSource source = keyed(Map.of("id-9", psk))) {
            Files.writeString(((Secret.InFile) psk.key()).file(), "a-key-that-is-new");
            try (PushingDevice device = PushingDevice.keyed(port(source), "id-9", secret("a-key-that-is-new"))) {
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
        }
    }

    @Test
    void a_server_that_restarted_and_knows_no_session_is_found_again() throws Exception {
        CoapPushSource first = keyed(Map.of("id-9", psk("crac-09", "0123456789abcdef")));
        int port = port(first);
        try (PushingDevice device = PushingDevice.keyed(port, "id-9", secret("0123456789abcdef"))) {
            assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            first.close();
            CoapPush.Dtls again = new CoapPush.Dtls(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    Map.of("id-9", psk("crac-09", "0123456789abcdef")),
                    Map.of(),
                    null);
            try (CoapPushSource second = source(again)) {
                assertThat(port(second)).isEqualTo(port);
                // as a device does that got no answer
                device.forgetSession();
                assertThat(device.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            }
        }
    }

    @Test
    void a_device_is_who_its_certificate_names() throws Exception {
        try (CoapPushSource source = certified(Map.of("crac-10.example", "crac-10", "crac-11", "crac-11"));
                PushingDevice byName = PushingDevice.certified(
                        port(source), issue("by-name", "-dname", "CN=x", "-ext", "san=dns:crac-10.example"));
                PushingDevice byCommonName =
                        PushingDevice.certified(port(source), issue("by-cn", "-dname", "CN=crac-11,O=hall"))) {
            assertThat(byName.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "crac-10"));
            assertThat(byCommonName.codeOf(ONE_WATT)).isEqualTo(CoAP.ResponseCode.CHANGED);
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "crac-11"));
            assertThat(byCommonName.codeOf("[{\"n\":\"crac-10:power\",\"v\":1}]"))
                    .isEqualTo(CoAP.ResponseCode.BAD_REQUEST);
        }
    }

    @Test
    void a_certificate_that_is_expired_foreign_unlisted_or_ambiguous_gets_nothing_in(@TempDir Path elsewhere)
            throws Exception {
        TestAuthority foreign = new TestAuthority(elsewhere);
        Tls stranger = foreign.issue("stranger", "-dname", "CN=crac-10");
        Map<String, Tls> refused = Map.of(
                "expired", issue("expired", "-dname", "CN=crac-10", "-startdate", "-9d", "-validity", "2"),
                "foreign", new Tls(server.ca(), stranger.certificate(), stranger.key()),
                "unlisted", issue("unlisted", "-dname", "CN=crac-12"),
                "ambiguous", issue("two", "-dname", "CN=crac-10", "-ext", "san=dns:crac-11"));
        try (CoapPushSource source = certified(Map.of("crac-10", "crac-10", "crac-11", "crac-11"))) {
            for (Map.Entry<String, Tls> one : refused.entrySet()) {
                long failed = source.failedHandshakes().orElseThrow();
                try (PushingDevice device = PushingDevice.certified(port(source), one.getValue())) {
                    assertThat(sendError(device)).as(one.getKey()).isNotNull();
                }
                FailedHandshakes.await(source, failed);
            }
            assertThat(intake.isEmpty()).isTrue();
        }
    }

    /** What a handshake that is refused tells the sender. */
    private static @Nullable Throwable sendError(PushingDevice device) throws InterruptedException {
        Request request = request(device.port());
        request.send(device.endpoint());
        assertThat(request.waitForResponse(120_000)).isNull();
        return request.getSendError();
    }

    private static Request request(int port) {
        Request request = Request.newPost();
        request.setURI("coaps://127.0.0.1:" + port + "/senml");
        request.getOptions().setContentFormat(PushingDevice.JSON);
        request.setPayload(ONE_WATT);
        return request;
    }

    private static Tls issue(String alias, String... options) throws Exception {
        return Objects.requireNonNull(authority).issue(alias, options);
    }

    private CoapPush.Psk psk(String device, String key) throws Exception {
        return new CoapPush.Psk(device, secret(key));
    }

    private Secret secret(String key) throws Exception {
        return new Secret.InFile(Files.writeString(Files.createTempFile(folder, "key", ".psk"), key + "\n"));
    }

    private CoapPushSource keyed(Map<String, CoapPush.Psk> keys) {
        return source(
                new CoapPush.Dtls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), keys, Map.of(), null));
    }

    private CoapPushSource certified(Map<String, String> subjects) {
        return source(new CoapPush.Dtls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new HashMap<>(), subjects, server));
    }

    private CoapPushSource source(CoapPush.Dtls dtls) {
        return source(dtls, RATE);
    }

    private CoapPushSource source(CoapPush.Dtls dtls, CoapPush.Rate rate) {
        CoapPushSource source = new CoapPushSource(
                new CoapPush(null, dtls, rate), "casa1", MachineClock.of(InstantSource.system()), 4 << 20);
        source.start(intake);
        return source;
    }

    private static int port(CoapPushSource source) throws InterruptedException {
        return source.awaitPort("coaps");
    }
}

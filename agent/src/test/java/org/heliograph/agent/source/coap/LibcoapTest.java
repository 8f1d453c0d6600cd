package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.config.CoapSecurity;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.security.Secret;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a stranger's CoAP: libcoap's programs, as Debian ships them (libcoap3-bin). */
@Timeout(600)
class LibcoapTest {
    private static final Path PLAIN_CLIENT = Path.of("/usr/bin/coap-client-notls");
    private static final Path CLIENT = Path.of("/usr/bin/coap-client-openssl");
    private static final Path SERVER = Path.of("/usr/bin/coap-server-openssl");
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final String KEY = "0123456789abcdef";

    @TempDir
    private Path folder = Path.of("");

    private final RecordingIntake intake = new RecordingIntake();

    @BeforeEach
    void needsLibcoap() {
        assumeTrue(
                Files.isExecutable(PLAIN_CLIENT) && Files.isExecutable(CLIENT) && Files.isExecutable(SERVER),
                "libcoap3-bin isn't installed");
    }

    @Test
    void its_client_pushes_json_and_cbor_without_encryption() throws Exception {
        CoapPush.Plain plain = new CoapPush.Plain(new InetSocketAddress(HERE, 0), Map.of(HERE, "inlet-31"), false);
        try (CoapPushSource source = source(new CoapPush(plain, null, new CoapPush.Rate(20, 200)))) {
            String uri = "coap://127.0.0.1:" + source.awaitPort("coap") + "/senml";

            assertThat(push(PLAIN_CLIENT, "post", "110", watts(1), uri)).isEmpty();
            intake.awaitPower(1);
            assertThat(push(PLAIN_CLIENT, "put", "112", HexFormat.of().parseHex("81a20065706f7765720202"), uri))
                    .isEmpty();
            intake.awaitPower(2);
            assertThat(push(PLAIN_CLIENT, "post", "110", "[{".getBytes(StandardCharsets.UTF_8), uri))
                    .contains("4.00", "not JSON");
            assertThat(push(PLAIN_CLIENT, "get", "110", new byte[0], uri)).contains("4.05");
        }
    }

    @Test
    void its_client_pushes_in_blocks_under_a_pre_shared_key() throws Exception {
        CoapPush.Dtls dtls = new CoapPush.Dtls(
                new InetSocketAddress(HERE, 0), Map.of("id-9", new CoapPush.Psk("crac-09", key())), Map.of(), null);
        byte[] many = IntStream.range(0, 300)
                .mapToObj(i -> "{\"n\":\"power\",\"t\":" + (1_782_899_990 + i) + ",\"v\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(StandardCharsets.UTF_8);
        try (CoapPushSource source = source(new CoapPush(null, dtls, new CoapPush.Rate(20, 200)))) {
            String uri = "coaps://127.0.0.1:" + source.awaitPort("coaps") + "/senml";

            assertThat(push(CLIENT, "post", "110", many, uri, "-b", "256", "-u", "id-9", "-k", KEY))
                    .isEmpty();
            assertThat(intake.awaitReadings())
                    .satisfies(readings -> assertThat(readings.device()).isEqualTo(new DeviceId("casa1", "crac-09")))
                    .satisfies(readings -> assertThat(readings.size()).isEqualTo(300));
            push(CLIENT, "post", "110", watts(1), uri, "-B", "3", "-u", "id-9", "-k", "fedcba9876543210");
            push(CLIENT, "post", "110", watts(1), uri, "-B", "3", "-u", "id-8", "-k", KEY);
            assertThat(intake.isEmpty()).isTrue();
        }
    }

    @Test
    void its_server_is_observed_without_encryption() throws Exception {
        int port = freePorts();
        try (Server _ = new Server(port)) {
            String uri = "coap://127.0.0.1:" + port + "/senml";
            put(uri, "110", watts(1));
            try (CoapSource _ = observing(URI.create(uri), null)) {
                intake.awaitPower(1);
                put(uri, "110", watts(2));
                intake.awaitPower(2);
            }
        }
    }

    @Test
    void its_server_is_observed_under_a_pre_shared_key() throws Exception {
        int port = freePorts();
        try (Server _ = new Server(port, "-k", KEY)) {
            String uri = "coap://127.0.0.1:" + port + "/senml";
            put(uri, "112", HexFormat.of().parseHex("81a20065706f7765720201"));
            try (CoapSource _ = observing(
                    URI.create("coaps://127.0.0.1:" + (port + 1) + "/senml"), new CoapSecurity.Psk("edge-1", key()))) {
                intake.awaitPower(1);
                put(uri, "112", HexFormat.of().parseHex("81a20065706f7765720202"));
                intake.awaitPower(2);
            }
        }
    }

    private CoapPushSource source(CoapPush config) {
        CoapPushSource source = new CoapPushSource(config, "casa1", MachineClock.of(InstantSource.system()), 4 << 20);
        source.start(intake);
        return source;
    }

    private CoapSource observing(URI uri, @Nullable CoapSecurity security) {
        CoapSource source = new CoapSource(
                List.of(new AgentConfig.Coap("crac-09", uri, security, null)),
                "casa1",
                MachineClock.of(InstantSource.system()));
        source.start(intake);
        return source;
    }

    /** Makes or changes a resource of its server, which answers at the first start only when it listens. */
    private void put(String uri, String format, byte[] body) throws Exception {
        String said = "not yet";
        for (int i = 0; i < 20 && !said.isEmpty(); i++) {
            said = push(PLAIN_CLIENT, "put", format, body, uri, "-B", "5");
        }
        assertThat(said).isEmpty();
    }

    private Secret key() throws IOException {
        return new Secret.InFile(Files.writeString(folder.resolve("key.psk"), KEY));
    }

    private static byte[] watts(int watts) {
        return ("[{\"n\":\"power\",\"v\":" + watts + "}]").getBytes(StandardCharsets.UTF_8);
    }

    /** Returns what it says: nothing when all is well. */
    private String push(Path client, String method, String format, byte[] body, String uri, String... options)
            throws Exception {
        Path file = Files.write(folder.resolve("body"), body);
        List<String> command = new ArrayList<>(List.of(client.toString(), "-m", method, "-t", format));
        if (body.length > 0) {
            command.addAll(List.of("-f", file.toString()));
        }
        command.addAll(List.of(options));
        command.add(uri);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return said.strip();
    }

    /** Its server takes the next one, too. */
    private static int freePorts() throws IOException {
        while (true) {
            try (DatagramSocket socket = new DatagramSocket(0, HERE);
                    DatagramSocket _ = new DatagramSocket(socket.getLocalPort() + 1, HERE)) {
                return socket.getLocalPort();
            } catch (BindException | IllegalArgumentException _) {
                // the next one isn't free, or there is none
            }
        }
    }

    /** libcoap's server, with resources that are made by putting them, and observable. DTLS is on the next port. */
    private static final class Server implements AutoCloseable {
        private final Process process;

        Server(int port, String... options) throws IOException {
            List<String> command = new ArrayList<>(
                    List.of(SERVER.toString(), "-A", "127.0.0.1", "-p", String.valueOf(port), "-d", "10", "-v", "4"));
            command.addAll(List.of(options));
            // not to the output of these tests, on which their results are told
            process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}

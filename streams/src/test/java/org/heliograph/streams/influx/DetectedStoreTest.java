package org.heliograph.streams.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectedStoreTest {
    private static final String LINES = "m f=1 1750000020000";

    /** The only one that the server lets in. */
    private volatile String password = "old";

    @ParameterizedTest
    @ValueSource(strings = {"1.6.7", "v2.7.4"})
    void a_renewed_token_of_the_store_is_taken_up(String version, @TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "sink:old\n");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, version));
        server.start();
        try (DetectedStore store = new DetectedStore(settings(server, token))) {
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Written.class);
            password = "new";
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Away.class);
            Files.delete(token); // as if at the moment of the renewal
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Away.class);
            Files.writeString(token, "sink:new\n");
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Written.class);
        } finally {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange, String version) throws IOException {
        try (exchange) {
            String token = "sink:" + password;
            boolean isKnown = List.of(
                            "Token " + token, "Basic " + Base64.getEncoder().encodeToString(token.getBytes(UTF_8)))
                    .contains(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().add("X-Influxdb-Version", version);
            boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(isPing || isKnown ? 204 : 401, -1);
        }
    }

    private static SinkSettings settings(HttpServer server, Path token) {
        SinkSettings plain = SinkSettings.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
        return new SinkSettings(
                true,
                plain.url(),
                plain.org(),
                plain.bucket(),
                Optional.of(new Secret.InFile(token)),
                plain.group(),
                plain.batchLines(),
                plain.pollRecords(),
                Optional.empty());
    }
}

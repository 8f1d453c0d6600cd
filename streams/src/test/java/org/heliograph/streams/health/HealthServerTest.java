package org.heliograph.streams.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.heliograph.telemetry.Exposition;
import org.junit.jupiter.api.Test;

class HealthServerTest {
    private static final HealthSettings ANY_PORT = new HealthSettings("127.0.0.1", 0);
    private static final Vitals WELL = new Vitals(Map.of("sink", Vitals.OK), "heliograph_sink_up 1\n");

    private final AtomicReference<Vitals> vitals = new AtomicReference<>(WELL);
    private final AtomicBoolean ready = new AtomicBoolean(true);

    @Test
    void a_store_that_is_away_makes_the_process_unwell_but_neither_dead_nor_unready() throws Exception {
        try (HealthServer server = HealthServer.start(ANY_PORT, vitals::get, ready::get)) {
            assertThat(get(server, "/health").statusCode()).isEqualTo(200);
            vitals.set(new Vitals(Map.of("sink", "connection refused"), ""));
            assertThat(get(server, "/health").statusCode()).isEqualTo(503);
            assertThat(get(server, "/health").body())
                    .isEqualTo("{\"status\":\"down\",\"parts\":{\"sink\":\"connection refused\"}}");
            assertThat(get(server, "/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void what_has_not_started_yet_is_live_and_not_ready() throws Exception {
        ready.set(false);
        try (HealthServer server = HealthServer.start(ANY_PORT, vitals::get, ready::get)) {
            assertThat(get(server, "/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
            ready.set(true);
            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metrics_are_told_in_prometheus_words_and_nothing_can_be_changed() throws Exception {
        try (HealthServer server = HealthServer.start(ANY_PORT, vitals::get, ready::get)) {
            HttpResponse<String> metrics = get(server, "/metrics");
            assertThat(metrics.headers().firstValue("Content-Type")).hasValue(Exposition.CONTENT_TYPE);
            assertThat(metrics.body()).isEqualTo("heliograph_sink_up 1\n");
            assertThat(get(server, "/").statusCode()).isEqualTo(404);
            URI live = server.address().resolve("/live");
            assertThat(send(HttpRequest.newBuilder(live)
                                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                                    .build())
                            .statusCode())
                    .isEqualTo(405);
            assertThat(send(HttpRequest.newBuilder(live).HEAD().build()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void an_address_that_is_taken_is_said_with_what_to_set() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HealthServer.start(
                            new HealthSettings("127.0.0.1", taken.getLocalPort()), vitals::get, ready::get))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("health.listen");
        }
    }

    private static HttpResponse<String> get(HealthServer server, String path) throws Exception {
        return send(HttpRequest.newBuilder(server.address().resolve(path)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}

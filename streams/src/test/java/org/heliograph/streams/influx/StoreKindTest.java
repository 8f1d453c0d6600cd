package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that can't be had here, told apart by what they say of themselves. */
class StoreKindTest {
    @ParameterizedTest
    @CsvSource({
        "1.8.10,     /none,         '',                      INFLUXDB_1",
        "v2.7.12,    /none,         '',                      INFLUXDB_2",
        "3.3.0,      /none,         '',                      INFLUXDB_3",
        "v2.7.4,     /exec,         '{\"dataset\":[[1]]}',     QUESTDB",
        "'',         /api/v1/query, '{\"status\":\"success\"}',  VICTORIA_METRICS",
        "'',         /none,         '',                      UNKNOWN",
    })
    void a_server_is_told_by_its_version_and_by_what_it_answers(
            String version, String path, String answer, StoreKind kind) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try {
            server.createContext("/", exchange -> {
                try (exchange) {
                    boolean isKnown = exchange.getRequestURI().getPath().equals(path);
                    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                    if (!version.isEmpty()) {
                        exchange.getResponseHeaders().set("X-Influxdb-Version", version);
                    }
                    boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
                    exchange.sendResponseHeaders(isPing ? 204 : isKnown ? 200 : 404, isKnown ? body.length : -1);
                    if (isKnown) {
                        exchange.getResponseBody().write(body);
                    }
                }
            });
            server.start();
            SinkSettings sink = SinkSettings.of(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
            assertThat(StoreKind.of(sink)).isEqualTo(kind);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void an_influx_db_2_is_left_as_it_is_and_what_to_do_there_is_said() {
        assertThat(StoreKind.INFLUXDB_2.advice("dc", 90))
                .contains("--retention 90d", "dc_years", "Nothing was changed");
        assertThatThrownBy(() -> StoreKind.of(SinkSettings.of(URI.create("http://127.0.0.1:1"))))
                .isInstanceOf(IOException.class);
    }
}

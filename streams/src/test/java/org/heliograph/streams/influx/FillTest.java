package org.heliograph.streams.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FillTest {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final Pattern SLICE = Pattern.compile("time >= (\\d+)ms AND time < (\\d+)ms");

    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** A server takes minutes for ten days of some hundred devices, and nobody waits for its answer. */
    @Test
    void what_is_kept_for_ever_is_worked_out_day_by_day() throws Exception {
        Instant oldest = Instant.now().minus(Duration.ofDays(3));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, oldest));
        server.start();
        try {
            Retention.fill(SinkSettings.of(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort())));
        } finally {
            server.stop(0);
        }

        List<Matcher> slices = asked.stream()
                .filter(text -> text.contains("device_point_1h"))
                .map(SLICE::matcher)
                .filter(Matcher::find)
                .toList();
        assertThat(slices).hasSizeBetween(3, 5);
        long end = oldest.toEpochMilli() / DAY_MILLIS * DAY_MILLIS;
        for (Matcher slice : slices) {
            assertThat(Long.parseLong(slice.group(1))).isEqualTo(end);
            end = Long.parseLong(slice.group(2));
            assertThat(end - Long.parseLong(slice.group(1))).isLessThanOrEqualTo(DAY_MILLIS);
        }
        assertThat(end).isGreaterThan(Instant.now().toEpochMilli());
    }

    private void answer(HttpExchange exchange, Instant oldest) throws IOException {
        try (exchange) {
            String query = String.valueOf(exchange.getRequestURI().getRawQuery())
                    + "&"
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            asked.add(URLDecoder.decode(query, UTF_8));
            exchange.getResponseHeaders().add("X-Influxdb-Version", "1.6.7");
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            byte[] body = ("{\"results\":[{\"series\":[{\"name\":\"m\",\"columns\":[\"time\",\"first\"],"
                            + "\"values\":[[" + oldest.toEpochMilli() + ",1]]}]}]}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}

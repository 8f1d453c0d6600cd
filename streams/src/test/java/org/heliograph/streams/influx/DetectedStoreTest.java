package org.heliograph.streams.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource({
        "302, text/html,        ''", // to a login page, which answers 200
        "200, text/html,        <h1>Welcome</h1>",
        "400, text/html,        <h1>The plain HTTP request was sent to HTTPS port</h1>",
        "422, text/plain,       no such host",
        "404, text/html,        <h1>Not Found</h1>",
    })
    void what_stands_before_the_store_neither_acknowledges_nor_refuses_points(int status, String type, String body)
            throws Exception {
        for (String version : List.of("", "1.6.7", "v2.7.4")) {
            HttpServer server = server(exchange -> {
                boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
                if (isPing && !version.isEmpty()) {
                    exchange.getResponseHeaders().add("X-Influxdb-Version", version);
                    respond(exchange, 204, "");
                } else if (exchange.getRequestURI().getPath().equals("/login")) {
                    respond(exchange, 200, "<form>");
                } else {
                    exchange.getResponseHeaders().add("Location", "/login");
                    exchange.getResponseHeaders().add("Content-Type", type);
                    respond(exchange, status, body);
                }
            });
            try (DetectedStore store = new DetectedStore(settings(server))) {
                assertThat(store.write(LINES))
                        .as("a store of version '%s'", version)
                        .isInstanceOfSatisfying(
                                Store.Outcome.Away.class,
                                away -> assertThat(away.reason()).contains(String.valueOf(status)));
            } finally {
                server.stop(0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.6.7  | {\"error\":\"partial write: field type conflict\"}",
                "v2.7.4 | {\"code\":\"invalid\",\"message\":\"failed to parse line protocol\"}",
            })
    void a_store_that_refuses_a_point_in_its_own_words_is_believed(String version, String body) throws Exception {
        HttpServer server = server(exchange -> {
            boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
            if (isPing) {
                exchange.getResponseHeaders().add("X-Influxdb-Version", version);
            }
            respond(exchange, isPing ? 204 : 400, isPing ? "" : body);
        });
        try (DetectedStore store = new DetectedStore(settings(server))) {
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Refused.class);
        } finally {
            server.stop(0);
        }
    }

    /** As an InfluxDB 3 does unless it is started with --disable-authz=ping. */
    @Test
    void a_store_that_tells_its_version_only_to_whom_it_knows_is_written_to(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "apiv3_secret\n");
        HttpServer server = server(exchange -> {
            boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
            boolean isKnown =
                    "Token apiv3_secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            respond(exchange, !isPing && isKnown ? 204 : 401, "");
        });
        try (DetectedStore store = new DetectedStore(settings(server, token))) {
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Written.class);
        }
        Files.writeString(token, "apiv3_other\n");
        try (DetectedStore store = new DetectedStore(settings(server, token))) {
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Away.class);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, Refused", "false, Away"})
    void a_write_that_was_done_in_part_is_a_refusal_when_the_store_says_so(boolean isOfStore, String outcome)
            throws Exception {
        HttpServer server = server(exchange -> {
            boolean isPing = exchange.getRequestURI().getPath().equals("/ping");
            String words = isOfStore ? "{\"code\":\"invalid\",\"message\":\"partial write\"}" : "<h1>Created</h1>";
            respond(exchange, isPing ? 204 : 201, isPing ? "" : words);
        });
        try (DetectedStore store = new DetectedStore(settings(server))) {
            assertThat(store.write(LINES).getClass().getSimpleName()).isEqualTo(outcome);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.6.7", "v2.7.4"})
    void a_store_behind_a_path_is_written_to_and_asked_beneath_it(String version) throws Exception {
        List<String> paths = new CopyOnWriteArrayList<>();
        HttpServer server = server(exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.getResponseHeaders().add("X-Influxdb-Version", version);
            respond(exchange, 204, "");
        });
        SinkSettings settings = SinkSettings.of(settings(server).url().resolve("/influx"));
        try (DetectedStore store = new DetectedStore(settings)) {
            assertThat(store.write(LINES)).isInstanceOf(Store.Outcome.Written.class);
            assertThat(StoreKind.of(settings)).isNotEqualTo(StoreKind.UNKNOWN);
            assertThat(paths)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(path -> assertThat(path).startsWith("/influx/"));
        } finally {
            server.stop(0);
        }
    }

    /** InfluxDB works the hour out anew from what is left of it, and says nothing of an hour of which nothing is. */
    @Test
    void with_a_minute_of_a_device_the_hour_that_was_made_of_it_is_taken_out() throws Exception {
        List<String> questions = new CopyOnWriteArrayList<>();
        HttpServer server = influx(
                questions,
                "{\"results\":[{\"series\":[{\"columns\":[\"time\",\"energy_wh\"],\"values\":[[7260000,6]]}]}]}");
        try (DetectedStore store = new DetectedStore(settings(server))) {
            store.clear(List.of(new Incomplete(
                    "device_energy", new TreeMap<>(Map.of("device", "pdu-1")), 7_260_000, Set.of("energy_wh"))));
            assertThat(questions.getLast())
                    .contains("DELETE FROM \"device_energy\" WHERE \"device\" = 'pdu-1' AND time = 7260000ms")
                    .contains("DELETE FROM \"device_energy_1h\" WHERE \"device\" = 'pdu-1' AND time = 7200000ms");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_database_that_is_not_there_yet_holds_nothing() throws Exception {
        HttpServer server = server(exchange -> {
            exchange.getResponseHeaders().add("X-Influxdb-Version", "1.6.7");
            boolean isQuestion = exchange.getRequestURI().getPath().equals("/query");
            boolean isOfSeveral = new String(exchange.getRequestBody().readAllBytes(), UTF_8).contains("%3B");
            String error = isOfSeveral ? "not executed" : "database not found: heliograph"; // as 1.6.7 has it
            respond(
                    exchange,
                    isQuestion ? 200 : 204,
                    isQuestion ? "{\"results\":[{\"error\":\"" + error + "\"}]}" : "");
        });
        try (DetectedStore store = new DetectedStore(settings(server))) {
            assertThat(store.clear(List.of(
                            new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa1")), 0, Set.of("pue")),
                            new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa2")), 0, Set.of("pue")))))
                    .isInstanceOf(Store.Outcome.Written.class);
        } finally {
            server.stop(0);
        }
    }

    /** All that lies between is more than a server with a max-select-point reads. */
    @Test
    void what_lies_months_apart_is_not_asked_about_in_one_question() throws Exception {
        List<String> questions = new CopyOnWriteArrayList<>();
        HttpServer server = influx(questions, "{\"results\":[{},{}]}");
        try (DetectedStore store = new DetectedStore(settings(server))) {
            store.clear(List.of(
                    new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa1")), 0, Set.of("pue")),
                    new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa1")), 60_000, Set.of("pue")),
                    new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa1")), 8_000_000_000L, Set.of("pue"))));
            assertThat(questions)
                    .singleElement()
                    .asString()
                    .contains("time >= 0ms AND time <= 60000ms")
                    .contains("time >= 8000000000ms AND time <= 8000000000ms");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_store_with_too_many_questions_is_asked_again_before_anything_is_written() throws Exception {
        Deque<String> answers = new ArrayDeque<>(List.of(
                "{\"results\":[{\"error\":\"max-concurrent-queries limit exceeded(10, 10)\"}]}",
                "{\"results\":[{\"series\":[{\"name\":\"site_kpi\",\"columns\":[\"time\",\"pue\"],\"values\":[[0,1.2]]}]}]}",
                "{\"results\":[{}]}",
                "{\"results\":[{\"error\":\"error authorizing query: sink not authorized\"}]}"));
        List<String> questions = new CopyOnWriteArrayList<>();
        HttpServer server = server(exchange -> {
            exchange.getResponseHeaders().add("X-Influxdb-Version", "1.6.7");
            if (exchange.getRequestURI().getPath().equals("/query")) {
                questions.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                respond(exchange, 200, answers.remove());
            } else {
                respond(exchange, 204, "");
            }
        });
        List<Incomplete> points =
                List.of(new Incomplete("site_kpi", new TreeMap<>(Map.of("site", "casa1")), 0, Set.of("pue")));
        try (DetectedStore store = new DetectedStore(settings(server))) {
            assertThat(store.clear(points)).isInstanceOf(Store.Outcome.Away.class);
            assertThat(store.clear(points)).isInstanceOf(Store.Outcome.Written.class);
            assertThat(questions).last().asString().contains("DELETE");
            assertThat(store.clear(points)).isInstanceOf(Store.Outcome.Refused.class);
        } finally {
            server.stop(0);
        }
    }

    /** An InfluxDB 1 that notes what it is asked, and answers each question so. */
    private static HttpServer influx(List<String> questions, String answer) throws IOException {
        return server(exchange -> {
            exchange.getResponseHeaders().add("X-Influxdb-Version", "1.6.7");
            if (exchange.getRequestURI().getPath().equals("/query")) {
                questions.add(
                        URLDecoder.decode(new String(exchange.getRequestBody().readAllBytes(), UTF_8), UTF_8));
                respond(exchange, 200, answer);
            } else {
                respond(exchange, 204, "");
            }
        });
    }

    private static HttpServer server(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        return server;
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static SinkSettings settings(HttpServer server) {
        return SinkSettings.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
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
        SinkSettings plain = settings(server);
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

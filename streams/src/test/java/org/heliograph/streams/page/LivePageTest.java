package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.heliograph.streams.health.Vitals;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LivePageTest {
    private static final PageSettings ANY_PORT = new PageSettings(true, "127.0.0.1", 0);
    private static final Instant NOW = Instant.parse("2026-06-01T13:24:00Z");
    private static final Duration NO_BEAT = Duration.ofMinutes(5);
    private static final String END = "the stream ended";

    private final FixtureDay day = new FixtureDay(NOW, 1_000, 14.4);
    private final PageBoard board = day.board();
    private final HttpClient http = HttpClient.newHttpClient();
    private LivePage page;

    @BeforeEach
    void start() throws AddressUnavailableException {
        page = LivePage.start(ANY_PORT, board, InstantSource.fixed(NOW), NO_BEAT);
    }

    @AfterEach
    void stop() {
        page.close();
        http.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8, <title>Heliograph</title>",
        "/assets/page.css, text/css; charset=utf-8, prefers-reduced-motion",
        "/assets/app.js, text/javascript; charset=utf-8, EventSource",
        "/assets/uplot.js, text/javascript; charset=utf-8, uPlot",
        "/assets/uplot.css, text/css; charset=utf-8, .uplot",
        "/assets/icon.svg, image/svg+xml, <svg",
        "/healthz, text/plain; charset=utf-8, ok",
    })
    void serves_the_page_and_its_files_with_their_types(String path, String type, String content) throws Exception {
        HttpResponse<String> reply = get(path);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains(type);
        assertThat(reply.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(reply.body()).contains(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/sites", "/nowhere"})
    void no_script_or_style_runs_but_the_pages_own_files(String path) throws Exception {
        assertThat(get(path).headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
                        .doesNotContain("unsafe", "*", "http"));
    }

    @Test
    void every_file_that_the_page_names_is_there() throws Exception {
        String text = get("/").body();
        Stream<String> named = Stream.of(text.split("\"")).filter(word -> word.startsWith("assets/"));

        assertThat(text).doesNotContain("http:", "https:", " style=", " onclick=");
        assertThat(named)
                .hasSizeGreaterThan(5)
                .allSatisfy(path -> assertThat(get("/" + path).statusCode()).isEqualTo(200));
    }

    @Test
    void a_file_that_the_browser_has_is_not_sent_again() throws Exception {
        String tag = get("/assets/app.js").headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again =
                send(request("/assets/app.js").header("If-None-Match", tag).build());

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void tells_the_sites_and_the_figures_of_now() throws Exception {
        assertThat(get("/api/sites").body()).isEqualTo("{\"sites\":[\"casa1\"]}");
        HttpResponse<String> now = get("/api/sites/casa1/now");
        assertThat(now.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(now.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(now.body())
                .contains("\"server_ms\":" + NOW.toEpochMilli(), "\"live\":{", "\"quarter\":{", "\"day\":{")
                .contains("\"device\":\"crac-05\"", "\"factor_average\":\"ember-2024@1\"");
    }

    @Test
    void tells_the_history_of_a_window_length() throws Exception {
        String history = get("/api/sites/casa1/history?window=15m").body();
        assertThat(history).startsWith("{\"site\":\"casa1\",\"window\":\"15m\",");
        assertThat(history.split("\"start_ms\":", -1)).hasSize(1 + 91);
        assertThat(get("/api/sites/casa1/history?window=1h").body()).contains("\"windows\":[]");
        assertThat(get("/api/sites/casa1/history?window=2h").statusCode()).isEqualTo(400);
    }

    @Test
    void tells_of_the_hall_and_of_alerts() throws Exception {
        assertThat(get("/api/sites/casa1/hall").body())
                .contains("\"recommended_c\":[18.0,27.0]", "\"device\":\"inlet-b4\"", "\"inlet_temp_c\":28.3")
                .contains("{\"device\":\"crac-05\",\"area\":\"hall-1\"}") // never heard: no values
                .contains("\"of_neighbours\":0.6", "\"state_name\":\"mppt\"");
        assertThat(get("/api/sites/casa1/alerts").body()).endsWith("\"standing\":0,\"judged\":\"yes\",\"alerts\":[]}");
    }

    @Test
    void tells_why_the_pue_moved() throws Exception {
        String change = get("/api/sites/casa1/change").body();
        assertThat(change).contains("\"change\":0.0", "\"parts\":{\"it\":", "\"coverage\":1.0", "\"final\":true");

        String unknown = get("/api/sites/casa1/change?from=0&to=900000").body();
        assertThat(unknown).contains("\"coverage\":0.0").doesNotContain("\"change\"", "\"parts\"", "\"pue\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=yesterday",
                "to=99999999999999999",
                "span=PT0S",
                "span=PT25H",
                "span=1h",
                "span=PT99999999999999H"
            })
    void a_wrong_question_is_said_to_be_one(String query) throws Exception {
        assertThat(get("/api/sites/casa1/change?" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void the_page_comes_in_the_language_that_is_asked_for() throws Exception {
        HttpResponse<String> french = send(request("/")
                .header("Accept-Language", "fr-MA,fr;q=0.9,en;q=0.8")
                .build());
        HttpResponse<String> english =
                send(request("/").header("Accept-Language", "en-GB,fr;q=0.5").build());

        assertThat(french.body()).contains("<html lang=\"fr\">");
        assertThat(english.body()).contains("<html lang=\"en\">");
        assertThat(french.headers().firstValue("Vary")).contains("Accept-Language");
        assertThat(french.headers().firstValue("ETag"))
                .isNotEqualTo(english.headers().firstValue("ETag"));
        assertThat(send(request("/").header("Accept-Language", ";;q=x").build()).body())
                .contains("<html lang=\"en\">");
    }

    @Test
    void says_how_the_process_is_and_its_metrics() throws Exception {
        Vitals unwell =
                new Vitals(Map.of("engine", Vitals.OK, "sink", "no route to host"), "heliograph_engine_running 1\n");
        try (LivePage other = LivePage.start(ANY_PORT, board, InstantSource.fixed(NOW), NO_BEAT, () -> unwell)) {
            URI at = other.address();
            HttpResponse<String> health =
                    send(HttpRequest.newBuilder(at.resolve("/health")).build());
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .isEqualTo("{\"status\":\"down\",\"parts\":{\"engine\":\"ok\",\"sink\":\"no route to host\"}}");
            assertThat(send(HttpRequest.newBuilder(at.resolve("/metrics")).build())
                            .body())
                    .isEqualTo("heliograph_engine_running 1\n");
        }
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/sites", "/api/sites/casa1/now", "/events?site=casa1", "/metrics", "/api/session"})
    void with_a_token_nothing_is_told_to_who_does_not_have_it(String path, @TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        PageSettings guarded =
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty());
        try (LivePage other = LivePage.start(guarded, board, InstantSource.fixed(NOW), NO_BEAT)) {
            HttpRequest.Builder request = HttpRequest.newBuilder(other.address().resolve(path));
            for (String wrong : List.of("", "Bearer", "Bearer 0123456789abcdeg", "Basic 0123456789abcdef")) {
                HttpRequest.Builder asked = request.copy();
                if (!wrong.isEmpty()) {
                    asked.header("Authorization", wrong);
                }
                HttpResponse<String> refused = send(asked.build());
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
                assertThat(refused.body()).doesNotContain("casa1", "0123456789abcdef");
            }
            HttpRequest.Builder right = request.copy().header("Authorization", "Bearer 0123456789abcdef");
            if (!path.startsWith("/events")) {
                assertThat(send(right.build()).statusCode()).isIn(200, 204);
            }
        }
    }

    @Test
    void a_cookie_stands_for_the_token_until_the_token_changes(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        PageSettings guarded =
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty());
        try (LivePage other = LivePage.start(guarded, board, InstantSource.fixed(NOW), NO_BEAT)) {
            URI at = other.address();
            String given = send(HttpRequest.newBuilder(at.resolve("/api/session"))
                            .header("Authorization", "Bearer 0123456789abcdef")
                            .build())
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow();
            assertThat(given).contains("HttpOnly", "SameSite=Strict").doesNotContain("0123456789abcdef");
            HttpRequest asked = HttpRequest.newBuilder(at.resolve("/api/sites"))
                    .header("Cookie", "other=1; " + given.split(";", 2)[0])
                    .build();
            assertThat(send(asked).statusCode()).isEqualTo(200);

            Files.writeString(token, "fedcba9876543210");

            assertThat(send(asked).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void events_end_for_who_has_a_token_that_is_none_any_more(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        PageSettings guarded =
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty());
        try (LivePage other = LivePage.start(guarded, board, InstantSource.fixed(NOW), Duration.ofMillis(20))) {
            BlockingQueue<String> lines =
                    listen(HttpRequest.newBuilder(other.address().resolve("/events?site=casa1"))
                            .header("Authorization", "Bearer 0123456789abcdef"));
            for (int i = 0; i < 3; i++) {
                next(lines, "event: beat");
            }

            Files.writeString(token, "fedcba9876543210");

            String line = "";
            for (int i = 0; i < 3_000 && !line.equals(END); i++) { // a thousand beats
                line = lines.take();
            }
            assertThat(line).isEqualTo(END);
        }
    }

    @Test
    void the_page_and_its_files_need_no_token_and_hold_no_figure(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        PageSettings guarded =
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty());
        try (LivePage other = LivePage.start(guarded, board, InstantSource.fixed(NOW), NO_BEAT)) {
            for (String path : List.of("/", "/assets/app.js", "/openapi.json", "/healthz", "/health")) {
                HttpResponse<String> open = send(
                        HttpRequest.newBuilder(other.address().resolve(path)).build());
                assertThat(open.statusCode()).as(path).isEqualTo(200);
                assertThat(open.body()).doesNotContain("casa1", "\"parts\":{\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nowhere",
                "/assets/",
                "/assets/index.html",
                "/assets/..%2f..%2flogback.xml",
                "/api/sites/nowhere/now",
                "/api/sites/casa1",
                "/api/sites/casa1/now/more"
            })
    void what_is_not_there_is_not_found(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example:80",
                "[::1].evil.example",
                "10.0.0.1",
                "localhost:80:80",
                ""
            })
    void an_open_page_does_not_answer_a_browser_that_took_it_for_another_site(String host) throws Exception {
        for (String path : List.of("/", "/api/sites", "/metrics", "/health", "/events?site=casa1")) {
            assertThat(ask(page, path, host))
                    .startsWith("HTTP/1.1 421 ")
                    .contains("page.anonymous: true")
                    .doesNotContain("casa1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1:9090", "127.0.0.1", "[::1]:8080", "[::1]"})
    void an_open_page_answers_to_the_names_of_this_machine(String host) throws Exception {
        assertThat(ask(page, "/api/sites", host)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void an_open_page_answers_to_the_host_that_is_configured() throws Exception {
        PageSettings settings = new PageSettings(true, "127.0.0.2", 0);
        try (LivePage other = LivePage.start(settings, board, InstantSource.fixed(NOW), NO_BEAT)) {
            assertThat(ask(other, "/api/sites", "127.0.0.2:80")).startsWith("HTTP/1.1 200 ");
            assertThat(ask(other, "/api/sites", "127.0.0.3:80")).startsWith("HTTP/1.1 421 ");
        }
    }

    @Test
    void a_page_that_is_said_to_be_open_or_asks_for_a_token_answers_to_any_name(@TempDir Path folder) throws Exception {
        PageSettings said = new PageSettings(true, "127.0.0.1", 0, Optional.empty(), Optional.empty(), true);
        try (LivePage other = LivePage.start(said, board, InstantSource.fixed(NOW), NO_BEAT)) {
            assertThat(ask(other, "/api/sites", "hall.example")).startsWith("HTTP/1.1 200 ");
        }
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        PageSettings asking =
                new PageSettings(true, "127.0.0.1", 0, Optional.of(new Secret.InFile(token)), Optional.empty());
        try (LivePage other = LivePage.start(asking, board, InstantSource.fixed(NOW), NO_BEAT)) {
            assertThat(ask(other, "/healthz", "hall.example")).startsWith("HTTP/1.1 200 ");
        }
    }

    /** The JDK's client doesn't let one say which host is asked. */
    private static String ask(LivePage page, String path, String host) throws IOException {
        try (Socket socket = new Socket(page.address().getHost(), page.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void it_only_reads(String method) throws Exception {
        HttpResponse<String> reply = send(request("/api/sites")
                .method(method, HttpRequest.BodyPublishers.ofString("x"))
                .build());

        assertThat(reply.statusCode()).isEqualTo(405);
        assertThat(reply.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/sites", "/events?site=casa1"})
    void a_head_request_gets_the_head_only(String path) throws Exception {
        HttpResponse<String> reply = send(request(path).HEAD().build());

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void events_bring_the_state_at_once_and_then_what_changes() throws Exception {
        BlockingQueue<String> lines = listen("casa1");

        assertThat(next(lines, "event: live")).contains("\"pue\":");
        board.accept(day.quarter(NOW.plusSeconds(900), 1));
        assertThat(next(lines, "event: window")).contains("\"window\":\"15m\"", "\"coverage\":1.0");
        board.accept(
                day.live().setTimeMs(NOW.toEpochMilli() + 1_000).setPue(1.75).build());
        assertThat(next(lines, "event: live")).contains("\"pue\":1.75");
    }

    @Test
    void events_are_of_the_site_that_was_asked_for_even_before_it_is_known() throws Exception {
        BlockingQueue<String> lines = listen("oujda1");
        next(lines, "event: beat");

        board.accept(day.live().setTimeMs(NOW.toEpochMilli() + 1_000).build());
        board.accept(day.live().setSite("oujda1").setPue(1.5).build());

        assertThat(next(lines, "event: live")).contains("\"site\":\"oujda1\"", "\"pue\":1.5");
        assertThat(get("/events").statusCode()).isEqualTo(400);
        assertThat(get("/events?site=%0Aevent").statusCode()).isEqualTo(400);
    }

    @Test
    void a_connection_on_which_nothing_happens_beats() throws Exception {
        try (LivePage quick =
                LivePage.start(ANY_PORT, new PageBoard(), InstantSource.fixed(NOW), Duration.ofMillis(20))) {
            BlockingQueue<String> lines = listen(quick, "casa1");

            for (int i = 0; i < 3; i++) {
                assertThat(next(lines, "event: beat")).contains("\"server_ms\":" + NOW.toEpochMilli());
            }
        }
    }

    @Test
    void a_client_that_does_not_read_holds_up_nobody() throws Exception {
        try (Socket stuck = new Socket()) {
            stuck.setReceiveBufferSize(1_024);
            stuck.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), page.address().getPort()));
            stuck.getOutputStream()
                    .write("GET /events?site=casa1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(stuck.getInputStream().read()).isEqualTo('H');
            BlockingQueue<String> lines = listen("casa1");
            next(lines, "event: live");

            // what one mailbox holds of these is more than the sockets' buffers between here and there
            long last = 0;
            for (int i = 1; i <= 1_000; i++) {
                last = NOW.toEpochMilli() + i;
                board.accept(SiteWindow.newBuilder()
                        .setSite("casa1")
                        .setWindow("1m")
                        .setStartMs(NOW.toEpochMilli() + i * 60_000L)
                        .setEndMs(last)
                        .setFactorAverage("x".repeat(50_000))
                        .setState(WindowState.FINAL)
                        .build());
            }

            String end = "\"end_ms\":" + last;
            String seen = "";
            while (!seen.contains(end)) {
                seen = next(lines, "event: window");
            }
            assertThat(seen).contains(end);
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_port_in_use_is_said_in_one_line() {
        PageSettings taken = new PageSettings(true, "127.0.0.1", page.address().getPort());

        assertThatThrownBy(() -> LivePage.start(taken, board).close())
                .isInstanceOf(AddressUnavailableException.class)
                .hasMessage("page: 127.0.0.1:" + taken.port()
                        + " is already in use; end what listens there, or set page.port to another (0: any free one)");
    }

    @Test
    void a_host_that_is_not_this_machine_is_said_in_one_line() {
        PageSettings elsewhere = new PageSettings(true, "192.0.2.1", 0);

        assertThatThrownBy(() -> LivePage.start(elsewhere, board).close())
                .isInstanceOf(AddressUnavailableException.class)
                .hasMessageStartingWith("page: 192.0.2.1:0 is not an address to listen on here")
                .hasMessageNotContaining("\n");
    }

    @Test
    void it_listens_on_its_host_only() {
        assertThat(page.address().getHost()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> new Socket("127.0.0.2", page.address().getPort()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void closing_ends_the_events_and_frees_the_port() throws Exception {
        BlockingQueue<String> lines = listen("casa1");
        next(lines, "event: live");
        int port = page.address().getPort();

        page.close();

        assertThat(awaitLine(lines, END)).isEqualTo(END);
        LivePage.start(new PageSettings(true, "127.0.0.1", port), board).close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + page.address().getPort() + path))
                .timeout(Duration.ofMinutes(2));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private BlockingQueue<String> listen(String site) throws Exception {
        return listen(page, site);
    }

    /** The lines of an event stream, as they come. */
    private BlockingQueue<String> listen(LivePage from, String site) throws Exception {
        return listen(HttpRequest.newBuilder(from.address().resolve("/events?site=" + site)));
    }

    private BlockingQueue<String> listen(HttpRequest.Builder request) throws Exception {
        HttpResponse<Stream<String>> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        assertThat(reply.headers().firstValue("Content-Type")).contains("text/event-stream");
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> {
            try (Stream<String> body = reply.body()) {
                body.forEach(lines::add);
            } catch (RuntimeException _) {
                // cut off: ended all the same
            }
            lines.add(END);
        });
        return lines;
    }

    /** Skips to the next event of a kind, and returns its data. */
    private static String next(BlockingQueue<String> lines, String event) throws InterruptedException {
        awaitLine(lines, event);
        return awaitLine(lines, "data: ");
    }

    private static String awaitLine(BlockingQueue<String> lines, String start) throws InterruptedException {
        while (true) {
            String line = lines.poll(2, TimeUnit.MINUTES);
            if (line == null || (line.equals(END) && !start.equals(END))) {
                throw new AssertionError("no line that starts with '" + start + "' came");
            }
            if (line.startsWith(start)) {
                return line;
            }
        }
    }
}

package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.heliograph.streams.alert.Receiver.Outcome;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookReceiverTest {
    private static final Alert RAISED = Alert.newBuilder()
            .setSite("casa1")
            .setDevice("pdu-1")
            .setRule("leak")
            .setSeverity("critical")
            .setState(AlertState.RAISED)
            .setMessage("the leak contact says 1")
            .setValue(1)
            .setTimeMs(1_750_000_000_000L)
            .build();
    private static final Alert CLEARED = RAISED.toBuilder()
            .setState(AlertState.CLEARED)
            .setMessage("cleared")
            .setTimeMs(1_750_000_060_000L)
            .build();

    private static final Instant NOW = Instant.parse("2025-06-15T15:20:00Z");

    private final List<String> posted = new ArrayList<>();
    private HttpServer server;
    private WebhookReceiver receiver;
    private volatile int status = 200;
    private volatile Predicate<String> refusal = _ -> false;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v2/alerts", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            posted.add(body);
            exchange.sendResponseHeaders(refusal.test(body) ? 413 : status, -1);
            exchange.close();
        });
        server.start();
        receiver = receiver(Duration.ofMinutes(1), NOW);
    }

    private WebhookReceiver receiver(Duration repeat, Instant now) {
        return new WebhookReceiver(
                new AlertSettings.Webhook(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api/v2/alerts"),
                        Optional.empty(),
                        Optional.empty(),
                        repeat),
                Duration.ofMinutes(2),
                InstantSource.fixed(now));
    }

    @AfterEach
    void stop() {
        receiver.close();
        server.stop(0);
    }

    /** Without an end an Alertmanager takes it for resolved five minutes after whoever repeats it has died. */
    @Test
    void a_raised_alert_ends_an_hour_ahead_and_a_cleared_one_when_it_was() throws InterruptedException {
        assertThat(receiver.tell(List.of(RAISED), List.of(RAISED))).isEqualTo(new Outcome.Told());
        assertThat(receiver.tell(List.of(CLEARED), List.of())).isEqualTo(new Outcome.Told());

        assertThat(posted)
                .containsExactly(
                        "[{\"labels\":{\"alertname\":\"leak\",\"site\":\"casa1\",\"device\":\"pdu-1\","
                                + "\"severity\":\"critical\"},\"annotations\":{\"summary\":\"the leak contact says 1\","
                                + "\"value\":\"1.0\"},\"startsAt\":\"2025-06-15T15:06:40Z\","
                                + "\"endsAt\":\"2025-06-15T16:20:00Z\"}]",
                        "[{\"labels\":{\"alertname\":\"leak\",\"site\":\"casa1\",\"device\":\"pdu-1\","
                                + "\"severity\":\"critical\"},\"annotations\":{\"summary\":\"cleared\","
                                + "\"value\":\"1.0\"},\"startsAt\":\"2025-06-15T15:06:40Z\","
                                + "\"endsAt\":\"2025-06-15T15:07:40Z\"}]");
    }

    @Test
    void what_is_repeated_rarely_stands_for_ten_repetitions() throws InterruptedException {
        receiver(Duration.ofMinutes(15), NOW).tell(List.of(RAISED), List.of(RAISED));

        assertThat(posted).singleElement().asString().contains("\"endsAt\":\"2025-06-15T17:50:00Z\"");
    }

    /** An end to come gives way to the later one that was said before: the receiver's clock may be behind. */
    @Test
    void what_is_cleared_now_ended_a_moment_ago_though_never_before_it_began() throws InterruptedException {
        receiver(Duration.ofMinutes(1), Instant.ofEpochMilli(CLEARED.getTimeMs()))
                .tell(List.of(RAISED, CLEARED), List.of());
        Instant soon = Instant.ofEpochMilli(RAISED.getTimeMs()).plusSeconds(10);
        receiver(Duration.ofMinutes(1), soon)
                .tell(
                        List.of(
                                RAISED,
                                CLEARED.toBuilder()
                                        .setTimeMs(soon.toEpochMilli())
                                        .build()),
                        List.of());

        assertThat(posted.getFirst()).contains("\"endsAt\":\"2025-06-15T15:07:10Z\"");
        assertThat(posted.getLast())
                .contains("\"startsAt\":\"2025-06-15T15:06:20Z\",\"endsAt\":\"2025-06-15T15:06:20Z\"");
    }

    /** Else the end of the raise, an hour ahead, would stay. */
    @Test
    void nor_does_what_a_device_whose_clock_is_ahead_says_end_in_the_future() throws InterruptedException {
        Instant before = Instant.ofEpochMilli(RAISED.getTimeMs()).minusSeconds(240);
        WebhookReceiver early = receiver(Duration.ofMinutes(1), before);
        early.tell(List.of(RAISED), List.of(RAISED));
        early.tell(List.of(CLEARED), List.of());

        assertThat(posted.getLast())
                .contains("\"startsAt\":\"2025-06-15T15:02:10Z\",\"endsAt\":\"2025-06-15T15:02:10Z\"");
    }

    @Test
    void nothing_is_posted_when_nothing_stands() throws InterruptedException {
        assertThat(receiver.tell(List.of(), List.of())).isEqualTo(new Outcome.Told());
        assertThat(posted).isEmpty();
    }

    @Test
    void a_server_that_is_not_well_is_away_and_one_that_refuses_refuses() throws InterruptedException {
        status = 503;
        assertThat(receiver.tell(List.of(RAISED), List.of())).isInstanceOf(Outcome.Away.class);
        status = 401;
        assertThat(receiver.tell(List.of(RAISED), List.of())).isInstanceOf(Outcome.Away.class);
        status = 400;
        assertThat(receiver.tell(List.of(RAISED), List.of())).isInstanceOf(Outcome.Refused.class);
        server.stop(0);
        assertThat(receiver.tell(List.of(RAISED), List.of())).isInstanceOf(Outcome.Away.class);
    }

    @Test
    void news_reach_a_receiver_that_would_not_take_all_that_stands_in_one_request() throws InterruptedException {
        refusal = body -> body.length() > 64 * 1024;
        List<Alert> standing = new ArrayList<>(standing(1_000));
        standing.add(RAISED);

        assertThat(receiver.tell(List.of(RAISED), standing)).isEqualTo(new Outcome.Told());

        assertThat(posted.getFirst())
                .as("alone, and first")
                .contains("\"pdu-1\"")
                .doesNotContain("breaker-open");
        assertThat(taken("\"device\":\"rack-\\d+\"")).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void an_alert_that_the_receiver_will_not_take_keeps_no_other_from_it() throws InterruptedException {
        refusal = body -> body.contains("rack-77\"");
        List<Alert> standing = standing(300);
        Alert unwanted = standing.get(77);

        assertThat(receiver.tell(List.of(RAISED), standing))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.alerts()).containsExactly(unwanted));
        assertThat(taken("\"device\":\"rack-\\d+\"")).hasSize(299);
        assertThat(taken("pdu-1")).hasSize(1);

        posted.clear();
        assertThat(receiver.tell(List.of(), standing)).isEqualTo(new Outcome.Told());
        assertThat(posted).as("asked once more, apart").hasSize(3);
        refusal = _ -> false;
        receiver.tell(List.of(), standing);
        posted.clear();
        receiver.tell(List.of(), standing);
        assertThat(posted).as("it is one of all again").hasSize(2);
    }

    private static List<Alert> standing(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> RAISED.toBuilder()
                        .setDevice("rack-" + i)
                        .setRule("breaker-open")
                        .setMessage("the breaker of rack-" + i + " is open")
                        .build())
                .toList();
    }

    /** What the server has taken of a pattern. */
    private List<String> taken(String pattern) {
        return posted.stream()
                .filter(body -> !refusal.test(body))
                .flatMap(body -> Pattern.compile(pattern).matcher(body).results())
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void a_topic_has_a_level_for_each_name_whatever_it_is() {
        assertThat(MqttReceiver.topic(RAISED)).isEqualTo("hg/casa1/alerts/pdu-1/leak");
        assertThat(MqttReceiver.topic(RAISED.toBuilder().setDevice("").build())).isEqualTo("hg/casa1/alerts/-/leak");
        assertThat(MqttReceiver.topic(RAISED.toBuilder().setDevice("a/+#b").build()))
                .as("its own: no other name has it")
                .isEqualTo("hg/casa1/alerts/a%2F%2B%23b/leak");
    }

    @Test
    void a_receiver_whose_answer_never_ends_is_away_and_holds_up_no_later_alert() throws Exception {
        assertThat(toldBy("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", "", Duration.ofMillis(200)))
                .isInstanceOf(Outcome.Away.class);
    }

    @Test
    void only_the_beginning_of_an_answer_is_read() throws Exception {
        assertThat(toldBy("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(1 << 16), Duration.ofMinutes(2)))
                .isInstanceOf(Outcome.Away.class);
    }

    /** Of a server that says the first of these, then the other one again and again, and keeps the connection. */
    private static Outcome toldBy(String first, String again, Duration patience) throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try (Socket asked = socket.accept()) {
                    OutputStream out = asked.getOutputStream();
                    out.write(first.getBytes(StandardCharsets.US_ASCII));
                    while (!again.isEmpty()) {
                        out.write(again.getBytes(StandardCharsets.US_ASCII));
                    }
                    while (asked.getInputStream().read() >= 0) {
                        // what is posted, until the connection is given up
                    }
                } catch (IOException _) {
                    // given up
                }
            });
            WebhookReceiver receiver = new WebhookReceiver(
                    new AlertSettings.Webhook(
                            URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"),
                            Optional.empty(),
                            Optional.empty(),
                            Duration.ofMinutes(1)),
                    patience,
                    InstantSource.fixed(NOW));
            Outcome outcome = receiver.tell(List.of(RAISED), List.of());
            answering.join();
            return outcome;
        }
    }
}

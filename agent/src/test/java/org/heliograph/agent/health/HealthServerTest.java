package org.heliograph.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.heliograph.agent.health.Health.Cause;
import org.heliograph.agent.health.Health.Severity;
import org.heliograph.telemetry.Exposition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {
    private static final Cause DEGRADED = new Cause("uplink", Severity.DEGRADED, "Kafka is away");
    private static final Cause FAILING = new Cause("journal", Severity.FAILING, "it is \"full\"");
    private static final Cause DEAD = new Cause("journal", Severity.DEAD, "its thread has died");

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Health health = new Health(List.of());
    private HealthServer server;

    @BeforeEach
    void start() throws Exception {
        server = HealthServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> health,
                () -> new Exposition()
                        .gauge("up", "Whether.", 1, "name", "a\"b\\c\nd")
                        .toString());
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void all_is_well() throws Exception {
        HttpResponse<String> answer = get("/health");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"ok\",\"causes\":[]}\n");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void what_is_merely_missing_keeps_the_agent_ready_and_is_told() throws Exception {
        health = new Health(List.of(DEGRADED));

        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health").body())
                .isEqualTo("{\"status\":\"degraded\",\"causes\":[{\"part\":\"uplink\",\"severity\":\"degraded\","
                        + "\"message\":\"Kafka is away\"}]}\n");
    }

    @Test
    void an_agent_that_keeps_nothing_is_not_ready_but_worth_keeping() throws Exception {
        health = new Health(List.of(DEGRADED, FAILING));

        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/live").statusCode()).isEqualTo(200);
        assertThat(get("/live").body()).contains("\"failing\"").contains("it is \\\"full\\\"");
    }

    @Test
    void a_dead_thread_is_a_dead_agent() throws Exception {
        health = new Health(List.of(DEAD));

        assertThat(get("/live").statusCode()).isEqualTo(503);
        assertThat(get("/live").body()).contains("\"status\":\"dead\"");
    }

    @Test
    void metrics_are_as_prometheus_reads_them() throws Exception {
        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.headers().firstValue("Content-Type")).hasValue(Exposition.CONTENT_TYPE);
        assertThat(answer.body()).isEqualTo("# HELP up Whether.\n# TYPE up gauge\nup{name=\"a\\\"b\\\\c\\nd\"} 1\n");
    }

    @Test
    void it_is_read_only_and_says_what_there_is() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).contains("/metrics");
        HttpResponse<String> posted = client.send(
                HttpRequest.newBuilder(uri("/health"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return server.address().resolve(path);
    }
}

package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heliograph streams run}, with a Kafka that isn't always there. */
class StreamsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern HEALTH = Pattern.compile("health=open address=/127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path folder;

    @Test
    void waits_for_a_missing_broker_and_says_so() throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"))) {
            String bootstrap = kafka.bootstrap();
            kafka.kill();
            CompletableFuture<HeliographProcess> starting = CompletableFuture.supplyAsync(() -> streams(bootstrap));
            Output log = new Output(folder.resolve("streams").resolve("server.log"));
            log.await("kafka=unreachable", () -> !starting.isDone());
            assertThat(starting).isNotDone();
            Matcher health = HEALTH.matcher(log.text());
            assertThat(health.find()).isTrue();
            URI at = URI.create("http://127.0.0.1:" + health.group(1));
            assertThat(status(at, "/live")).as("it waits: nothing to restart").isEqualTo(200);
            assertThat(status(at, "/ready")).isEqualTo(503);
            assertThat(status(at, "/health")).isEqualTo(503);

            kafka.restart();

            try (HeliographProcess streams = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                assertThat(streams.ready())
                        .startsWith("ready health=" + at)
                        .contains(" page=http://127.0.0.1:", "engine=heliograph");
                awaitReady(at); // an engine that has begun may still be given more partitions
                assertThat(log.text()).contains("kafka=reachable");
                assertThatThePageRunsAlone(bootstrap);
            }
        }
    }

    private void assertThatThePageRunsAlone(String bootstrap) throws Exception {
        Path file = Files.writeString(folder.resolve("page.yaml"), """
                kafka: {bootstrap: "%s"}
                engine: {enabled: false}
                sink: {enabled: false}
                alerts: {enabled: false}
                page: {port: 0}
                """.formatted(bootstrap));
        try (HeliographProcess alone = HeliographProcess.streams(folder.resolve("page"), file)) {
            assertThat(alone.ready()).startsWith("ready page=http://").doesNotContain("engine", "sink", "health");
            URI page = URI.create(alone.ready("page").orElseThrow());
            assertThat(status(page, "/api/sites")).isEqualTo(200);
            assertThat(status(page, "/healthz")).isEqualTo(200);
        }
    }

    private static void awaitReady(URI at) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        int status = status(at, "/ready");
        while (status != 200 && System.nanoTime() < deadlineNanos) {
            status = status(at, "/ready");
        }
        assertThat(status).isEqualTo(200);
    }

    private static int status(URI at, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(at.resolve(path)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private HeliographProcess streams(String bootstrap) {
        try {
            Path file = Files.writeString(folder.resolve("streams.yaml"), """
                    kafka: {bootstrap: "%s"}
                    sink: {enabled: false}
                    page: {port: 0}
                    health: {listen: "127.0.0.1:0"}
                    """.formatted(bootstrap));
            return HeliographProcess.streams(folder.resolve("streams"), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

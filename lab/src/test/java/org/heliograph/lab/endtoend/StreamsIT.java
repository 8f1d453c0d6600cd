package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heliograph streams run}, with a Kafka that isn't always there. */
class StreamsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void waits_for_a_missing_broker_and_says_so() throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"))) {
            String bootstrap = kafka.bootstrap();
            kafka.kill();
            CompletableFuture<HeliographProcess> starting = CompletableFuture.supplyAsync(() -> streams(bootstrap));
            Output log = new Output(folder.resolve("streams").resolve("server.log"));
            log.await("event=kafka-unreachable", () -> !starting.isDone());
            assertThat(starting).isNotDone();

            kafka.restart();

            try (HeliographProcess streams = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                assertThat(streams.ready())
                        .startsWith("ready page=http://127.0.0.1:")
                        .contains("engine=heliograph");
                assertThat(log.text()).contains("event=kafka-reachable");
            }
        }
    }

    private HeliographProcess streams(String bootstrap) {
        try {
            Path file = Files.writeString(folder.resolve("streams.yaml"), """
                    kafka: {bootstrap: "%s"}
                    sink: {enabled: false}
                    page: {port: 0}
                    """.formatted(bootstrap));
            return HeliographProcess.streams(folder.resolve("streams"), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.heliograph.lab.endtoend.EngineFolder.Answer;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heliograph streams reset}: the next run says the same anew. */
class ResetIT {
    private static final int MINUTES = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topics TOPICS = new Topics("hg");

    @TempDir
    private Path folder;

    private final MeteredHours hours = new MeteredHours(
            new Random(8), Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(14)), MINUTES);

    @Test
    void after_a_reset_the_next_run_says_the_same_anew() throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Feed feed = new Feed(kafka.bootstrap())) {
            EngineFolder engine =
                    EngineFolder.write(folder.resolve("engine"), kafka.bootstrap(), TOPICS, "", MeteredHours.YAML);
            Map<String, Message> first;
            try (HeliographProcess _ = engine.run();
                    Published published = new Published(kafka.bootstrap(), TOPICS)) {
                feed.send(TOPICS.telemetry(), hours.inOrder());
                assertThat(published.await(PATIENCE, () -> isWhole(published))).isTrue();
                first = Map.copyOf(published.caughtUp().results());
                Answer refused = engine.streams("reset", "--yes");
                assertThat(refused.status()).isEqualTo(1);
                assertThat(refused.err()).contains("instances of 'hg' are running");
            }
            assertThat(engine.streams("reset").err()).contains("not confirmed, nothing was done");
            assertReset(engine, kafka);
            try (Published again = new Published(kafka.bootstrap(), TOPICS).fromHere();
                    HeliographProcess _ = engine.run()) {
                boolean reached = again.await(
                        PATIENCE,
                        () -> Published.differences(first, again.results()).isEmpty());
                assertThat(reached)
                        .as(() -> "still different: " + Published.differences(first, new TreeMap<>(again.results())))
                        .isTrue();
            }
        }
    }

    private void assertReset(EngineFolder engine, KafkaServer kafka) throws Exception {
        assertThat(engine.home().resolve("state").resolve("hg")).exists();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        Answer reset = engine.streams("reset", "--yes");
        while (reset.err().contains("are running") && System.nanoTime() < deadlineNanos) {
            reset = engine.streams("reset", "--yes"); // the group still waits for the instance that has gone
        }
        assertThat(reset.status()).as(reset.err()).isZero();
        assertThat(reset.out()).contains("internal topics deleted");
        assertThat(Files.exists(engine.home().resolve("state").resolve("hg"))).isFalse();
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()))) {
            Listing.awaitNone(admin, topic -> topic.endsWith("-changelog") || topic.endsWith("-repartition"));
        }
    }

    private boolean isWhole(Published published) {
        SiteWindow quarter = published
                .windows()
                .get(MeteredHours.SITE + "/15m/"
                        + hours.from().plus(Duration.ofMinutes(15)).toEpochMilli());
        return quarter != null
                && quarter.getEnergyIt3Mj() == hours.energy(Role.IT, 15, MINUTES)
                && published.isSettled(hours.energy(Role.IT, 0, MINUTES));
    }
}

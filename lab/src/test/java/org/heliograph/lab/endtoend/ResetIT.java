package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
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
    /** Of an application whose name begins with this one's. */
    private static final String OF_ANOTHER = "hg-other-samples-changelog";

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
            try (HeliographProcess running = engine.run();
                    Published published = new Published(kafka.bootstrap(), TOPICS)) {
                // what would be a dead letter larger than a record may be ends nothing
                MeteredHours.Pack one = hours.inOrder().getFirst();
                Instant longAgo = hours.from().minus(Duration.ofHours(60));
                feed.send(
                        TOPICS.telemetry(), List.of(new MeteredHours.Pack(longAgo, "x".repeat(600_000), one.value())));
                feed.send(TOPICS.telemetry(), hours.inOrder());
                assertThat(published.await(PATIENCE, () -> isWhole(published))).isTrue();
                assertThat(running.log()).content().doesNotContain("offsets=forgotten");
                Answer refused = engine.streams("reset", "--yes");
                assertThat(refused.status()).isEqualTo(1);
                assertThat(refused.err()).contains("instances of 'hg' are running");
            }
            assertThat(engine.streams("reset").err()).contains("not confirmed, nothing was done");
            Answer stuck = reset(statelessly(engine));
            assertThat(stuck.status()).isEqualTo(1);
            assertThat(stuck.err()).contains("can't be deleted").contains("Nothing on Kafka was touched");
            Map<String, Message> first = assertGoesOnWhenItsOffsetsAreForgotten(engine, kafka, feed);
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
            assertWholeWindowsStay(engine, kafka);
        }
    }

    /** As Kafka does with those of a group that is away for a week. Returns what is published then. */
    private Map<String, Message> assertGoesOnWhenItsOffsetsAreForgotten(
            EngineFolder engine, KafkaServer kafka, Feed feed) throws Exception {
        Map<TopicPartition, Long> refused;
        try (Admin admin = admin(kafka)) {
            admin.deleteConsumerGroups(List.of("hg")).all().get();
            refused = Listing.ends(admin, TOPICS.rejects());
        }
        try (Published published = new Published(kafka.bootstrap(), TOPICS).caughtUp()) {
            Map<String, Message> before = ofBefore(published);
            try (HeliographProcess running = engine.run()) {
                long more = 500_000_000;
                feed.send(TOPICS.telemetry(), List.of(hours.next("pdu-1", more)));
                long racks = hours.energy(Role.IT, 0, MINUTES) + more;
                boolean reached = published.await(
                        PATIENCE,
                        () -> published.isSettled(racks)
                                && published.isAllTaken()
                                && Published.differences(before, ofBefore(published))
                                        .isEmpty());
                assertThat(reached)
                        .as(() -> "different: " + Published.differences(before, ofBefore(published)))
                        .isTrue();
                assertThat(running.log()).content().contains("offsets=forgotten application=hg from=");
            }
            try (Admin admin = admin(kafka)) {
                assertThat(Listing.ends(admin, TOPICS.rejects()))
                        .as("what lies long before isn't refused again")
                        .isEqualTo(refused);
            }
            return Map.copyOf(published.caughtUp().results());
        }
    }

    /** The results of time that was over when the devices were first heard. */
    private Map<String, Message> ofBefore(Published published) {
        long end = hours.to().toEpochMilli();
        Map<String, Message> results = published.results();
        published.minutes().forEach((key, minute) -> {
            if (minute.getStartMs() >= end) {
                results.remove(key);
            }
        });
        published.windows().forEach((key, window) -> {
            if (window.getEndMs() > end) {
                results.remove(key);
            }
        });
        return results;
    }

    private void assertReset(EngineFolder engine, KafkaServer kafka) throws Exception {
        assertThat(engine.home().resolve("state").resolve("hg")).exists();
        try (Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic(OF_ANOTHER, 1, (short) 1)))
                    .all()
                    .get();
        }
        Answer reset = reset(engine);
        assertThat(reset.status()).as(reset.err()).isZero();
        assertThat(reset.out())
                .contains("internal topics deleted")
                .doesNotContain(": 0 internal topics") // the one that was refused has left them
                .contains("left alone, being of another application or version: " + OF_ANOTHER);
        assertThat(Files.exists(engine.home().resolve("state").resolve("hg"))).isFalse();
        try (Admin admin = admin(kafka)) {
            Listing.awaitNone(
                    admin,
                    topic -> !topic.equals(OF_ANOTHER)
                            && (topic.endsWith("-changelog") || topic.endsWith("-repartition")));
            assertThat(admin.listTopics().names().get()).contains(OF_ANOTHER);
        }
    }

    /** The same with its state where no folder can be, or be deleted. */
    private EngineFolder statelessly(EngineFolder engine) throws Exception {
        Path home = Files.createDirectories(folder.resolve("stateless"));
        Files.createSymbolicLink(home.resolve("loop"), Path.of("loop"));
        Files.copy(engine.home().resolve("site.yaml"), home.resolve("site.yaml"));
        String yaml = Files.readString(engine.home().resolve("streams.yaml"));
        Files.writeString(home.resolve("streams.yaml"), yaml.replace("state: state", "state: loop"));
        return new EngineFolder(home, TOPICS);
    }

    /** Asks until the group doesn't wait any more for the instance that has gone. */
    private static Answer reset(EngineFolder engine, String... from) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("reset", "--yes"));
        arguments.addAll(List.of(from));
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        Answer reset = engine.streams(arguments.toArray(String[]::new));
        while (reset.err().contains("are running") && System.nanoTime() < deadlineNanos) {
            reset = engine.streams(arguments.toArray(String[]::new));
        }
        return reset;
    }

    private static Admin admin(KafkaServer kafka) {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()));
    }

    /** What is asked for may be more than the topic holds. */
    private void assertWholeWindowsStay(EngineFolder engine, KafkaServer kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            Map<TopicPartition, RecordsToDelete> cut = new HashMap<>();
            Listing.ends(admin, TOPICS.telemetry())
                    .forEach((partition, end) ->
                            cut.put(partition, RecordsToDelete.beforeOffset(end / 2))); // minutes of their half
            admin.deleteRecords(cut).all().get();
        }
        Answer reset =
                reset(engine, "--from", hours.from().minus(Duration.ofDays(2)).toString());
        assertThat(reset.status()).as(reset.err()).isZero();
        // the first hour that has all readings before it which bound its minutes
        Instant since = hours.from().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(2));
        assertThat(reset.out())
                .contains("what starts at " + since + " or later")
                .contains("hg.telemetry holds all since "
                        + hours.from().toString().substring(0, 13));
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

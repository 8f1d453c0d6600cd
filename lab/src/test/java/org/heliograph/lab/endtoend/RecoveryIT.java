package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.heliograph.lab.endtoend.MeteredHours.Pack;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recovery, on a real broker: instances of the engine are killed at moments drawn from a seed, one joins and dies for
 * good, the broker dies and comes back; what is published in the end is what one undisturbed engine says, bit for bit,
 * and that is what was metered.
 */
class RecoveryIT {
    /** Of another storm: {@code -Dheliograph.seed=...}. */
    private static final long SEED = Long.getLong("heliograph.seed", 20260615);

    /** So many that the engine has something to do with each part of them when it dies. */
    private static final int MINUTES = 360;

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topics CALM = new Topics("calm");
    private static final Topics STORM = new Topics("storm");

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private int struckAtWork;

    @Test
    void killing_any_process_at_any_moment_changes_no_result() throws Exception {
        Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(14));
        MeteredHours hours = new MeteredHours(random, start, MINUTES);
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Feed feed = new Feed(kafka.bootstrap())) {
            try (HeliographProcess _ = engine(kafka, "calm", CALM);
                    Published calm = new Published(kafka.bootstrap(), CALM)) {
                feed.send(CALM.telemetry(), hours.inOrder());
                assertThat(calm.await(PATIENCE, () -> hours.isSaidBy(calm)))
                        .as("seed %d: what is published is what was metered: %s", SEED, calm.windows())
                        .isTrue();
            }
            storm(kafka, feed, hours);
            try (Published calm = new Published(kafka.bootstrap(), CALM);
                    Published storm = new Published(kafka.bootstrap(), STORM)) {
                assertThat(Published.differences(
                                calm.caughtUp().results(), storm.caughtUp().results()))
                        .as("seed " + SEED)
                        .isEmpty();
            }
        }
    }

    private void storm(KafkaServer kafka, Feed feed, MeteredHours hours) throws Exception {
        List<Pack> packs = hours.disordered(random);
        CompletableFuture<HeliographProcess> starting =
                CompletableFuture.supplyAsync(() -> engine(kafka, "storm-a", STORM));
        try (HeliographProcess b = engine(kafka, "storm-b", STORM);
                HeliographProcess a = starting.join();
                Published calm = new Published(kafka.bootstrap(), CALM);
                Published storm = new Published(kafka.bootstrap(), STORM)) {
            feed.send(STORM.telemetry(), part(packs, 0));
            assertThat(storm.await(PATIENCE, () -> storm.statements() > 0))
                    .as("seed %d: they are at work when the first of them is killed", SEED)
                    .isTrue();
            strike(a, storm, () -> feed.send(STORM.telemetry(), part(packs, 1)));
            CompletableFuture<HeliographProcess> joining =
                    CompletableFuture.supplyAsync(() -> engine(kafka, "storm-c", STORM)); // a rebalance, and meanwhile:
            feed.send(STORM.telemetry(), part(packs, 2));
            a.restart();
            try (HeliographProcess c = joining.join()) {
                strike(b, storm, () -> feed.send(STORM.telemetry(), part(packs, 3)));
                b.restart();
                CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> sendAll(feed, part(packs, 4)));
                kafka.kill();
                kafka.restart();
                feeding.join();
                // for good: a rebalance without a farewell
                strike(c, storm, () -> feed.send(STORM.telemetry(), part(packs, 5)));
            }
            strike(a, storm, () -> feed.send(STORM.telemetry(), part(packs, 6)));
            assertThat(struckAtWork)
                    .as("seed %d: of four kills those that left a transaction open or input untaken", SEED)
                    .isPositive();
            b.kill();
            CompletableFuture<Void> back = CompletableFuture.runAsync(a::restart);
            b.restart();
            back.join();
            var expected = calm.caughtUp().results();
            boolean reached = storm.await(
                    PATIENCE,
                    () -> Published.differences(expected, storm.results()).isEmpty());
            assertThat(reached)
                    .as(() -> "seed " + SEED + ": still different: " + Published.differences(expected, storm.results()))
                    .isTrue();
        }
    }

    /** What fills the topic while the victim stands still. */
    private interface Feeding {
        void feed() throws Exception;
    }

    /**
     * Kills it at its work: it stands still while input comes, goes on, and dies in the midst of a transaction, as soon as
     * one is seen (something is written and not committed). Should none be seen, it dies once all is taken.
     */
    private void strike(HeliographProcess victim, Published storm, Feeding feeding) throws Exception {
        signal("STOP", victim);
        try {
            feeding.feed();
        } finally {
            signal("CONT", victim);
        }
        boolean met = storm.await(PATIENCE, () -> storm.isWithheld() || storm.isAllTaken()) && !storm.isAllTaken();
        victim.kill();
        if (met) {
            struckAtWork++;
        }
    }

    private static void signal(String name, HeliographProcess to) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + to.pid()).start().waitFor())
                .isZero();
    }

    private static void sendAll(Feed feed, List<Pack> packs) {
        try {
            feed.send(STORM.telemetry(), packs);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Pack> part(List<Pack> packs, int seventh) {
        return packs.subList(packs.size() * seventh / 7, packs.size() * (seventh + 1) / 7);
    }

    private HeliographProcess engine(KafkaServer kafka, String name, Topics topics) {
        // a named instance takes its work up again; storm-c has no name: it is one more, and then it isn't
        String instance = name.equals("storm-c") ? "" : name;
        return EngineFolder.write(folder.resolve(name), kafka.bootstrap(), topics, instance, MeteredHours.YAML)
                .run();
    }
}

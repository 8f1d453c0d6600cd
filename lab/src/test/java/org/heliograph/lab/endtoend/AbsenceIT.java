package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.utils.Time;
import org.heliograph.lab.endtoend.MeteredHours.Pack;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine is away for days, on a real broker. It was at work then, by a clock that was right then; what came since has
 * waited, and all of it is older than the late horizon by the clock of the one that starts now.
 */
class AbsenceIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topics TOPICS = new Topics("hg");
    private static final int MINUTES = 12 * 60;
    private static final Duration AT_WORK = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final Random random = new Random(20260613);
    private final MeteredHours hours = new MeteredHours(
            random,
            Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(5)).plus(Duration.ofHours(6)),
            MINUTES);

    @Test
    void what_waited_for_an_engine_that_was_away_for_days_is_counted_and_none_of_it_is_late() throws Exception {
        Instant stop = hours.from().plus(AT_WORK);
        List<Pack> inTime = new ArrayList<>(hours.inOrder());
        inTime.removeIf(pack -> pack.time().isAfter(stop));
        List<Pack> waiting = new ArrayList<>(hours.disordered(random));
        waiting.removeIf(pack -> !pack.time().isAfter(stop));
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
                Feed feed = new Feed(kafka.bootstrap())) {
            EngineFolder engine =
                    EngineFolder.write(folder.resolve("engine"), kafka.bootstrap(), TOPICS, "one", MeteredHours.YAML);
            workUntil(stop, engine, feed, inTime);
            feed.send(TOPICS.telemetry(), waiting);
            try (HeliographProcess back = engine.run();
                    Published published = new Published(kafka.bootstrap(), TOPICS)) {
                assertThat(back.log()).content().contains("absence=catching-up");
                back.kill(); // amid the catching up, unless that took no time
                back.restart();
                assertThat(published.await(PATIENCE, () -> hours.isSaidBy(published) || refused(admin) > 0))
                        .as("what is published is what was metered")
                        .isTrue();
                assertThat(refused(admin)).isZero();

                // it is over: what comes now is late by now
                feed.send(TOPICS.telemetry(), List.of(hours.next("pdu-1", 500_000_000)));
                assertThat(published.await(PATIENCE, published::isAllTaken)).isTrue();
                assertThat(refused(admin)).isPositive();
                assertThat(hours.isSaidBy(published.caughtUp())).isTrue();
            }
        }
    }

    /** An engine whose clock shows shortly after the stop takes what came until then, and is gone. */
    private static void workUntil(Instant stop, EngineFolder engine, Feed feed, List<Pack> packs) throws Exception {
        StreamsSettings settings = StreamsSettings.read(engine.home().resolve("streams.yaml"));
        TopicPlan.apply(
                settings.kafka(),
                settings.sites(),
                settings.factors(),
                settings.engine().devicePartitions(),
                settings.engine().sitePartitions());
        feed.send(TOPICS.telemetry(), packs);
        Duration ago = Duration.between(stop.plus(Duration.ofMinutes(1)), Instant.now());
        try (EngineRun _ = EngineRun.start(settings.kafka(), settings.engine(), new Earlier(ago.toMillis()));
                Published published = new Published(settings.kafka().bootstrap(), TOPICS)) {
            assertThat(published.await(
                            PATIENCE,
                            () -> published.isAllTaken() && !published.windows().isEmpty()))
                    .isTrue();
        }
    }

    /** How many packs are in the dead letters. */
    private static long refused(Admin admin) {
        try {
            return Listing.ends(admin, TOPICS.rejects()).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the clock showed so long ago. */
    private record Earlier(long byMillis) implements Time {
        @Override
        public long milliseconds() {
            return SYSTEM.milliseconds() - byMillis;
        }

        @Override
        public long nanoseconds() {
            return SYSTEM.nanoseconds();
        }

        @Override
        public void sleep(long millis) {
            SYSTEM.sleep(millis);
        }

        @Override
        public void waitObject(Object awaited, Supplier<Boolean> condition, long deadlineMillis)
                throws InterruptedException {
            SYSTEM.waitObject(awaited, condition, deadlineMillis + byMillis);
        }
    }
}

package org.heliograph.streams.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that computes a period of one site beside the real one: it takes what that one takes, but has a name, topics and
 * a folder of its own, and leaves nothing of them but what it is told to keep.
 */
final class ShadowEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ShadowEngine.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final KafkaSettings kafka;
    private final KafkaSettings shadow;
    private final EngineSection engine;
    private final boolean keep;

    /** @param keep leaves the topics of its figures */
    ShadowEngine(KafkaSettings kafka, EngineSection real, boolean keep) {
        this.kafka = kafka;
        this.keep = keep;
        String application = application(real.application(), ID.format(Instant.now()));
        // a name of the application's own, so that whoever may run the engine may replay
        Topics topics = new Topics(application);
        shadow = new KafkaSettings(kafka.bootstrap(), topics, kafka.replication(), kafka.properties());
        engine = new EngineSection(
                true,
                application,
                "",
                temporaryFolder(),
                0,
                real.threads(),
                real.devicePartitions(),
                real.sitePartitions(),
                real.grace(),
                real.factorReach(),
                real.cacheBytes());
    }

    /** The application of one's replays, by a name of their own. */
    static String application(String engine, String id) {
        return engine + "-replay-" + id;
    }

    /** Where its figures are. */
    Topics topics() {
        return shadow.topics();
    }

    /**
     * Computes the period, of what there is when it is called.
     *
     * @param factors what the site model may name, beside what {@code hg.factors} holds, which counts more
     */
    void compute(TopicReader reader, SiteText site, Scope.Period period, Factors factors)
            throws MaintenanceException, ExecutionException, InterruptedException {
        Instant now = Instant.now();
        String telemetry = kafka.topics().telemetry();
        Map<TopicPartition, Long> toTake = new HashMap<>(reader.ends(telemetry));
        toTake.putAll(reader.ends(kafka.topics().factors()));
        TopicPlan.applyShadow(shadow, List.of(site), engine.sitePartitions());
        Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
        reader.offsetsAt(telemetry, period.from().minus(EngineSettings.REACH))
                .forEach((partition, offset) -> begin.put(partition, new OffsetAndMetadata(offset)));
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            admin.alterConsumerGroupOffsets(engine.application(), begin).all().get();
            log.info(
                    "replay=started prefix={} site={} from={} to={}",
                    shadow.topics().prefix(),
                    period.site(),
                    period.from(),
                    period.to());
            EngineSettings settings = EngineSettings.of(shadow.topics(), engine)
                    .replaying(kafka.topics(), period, Duration.between(period.from(), now));
            do {
                pass(reader, admin, EngineRun.start(shadow, engine, settings, factors), toTake, period.to());
            } while (!hasTaken(admin, toTake));
        }
    }

    /**
     * Lets it run until it has done its work. A clean stop commits all of it; what the device side had sent and the site side
     * not yet taken is found then, and another pass takes it.
     *
     * @param toTake up to where it has to get, in which all is put that is found on the way
     */
    private void pass(TopicReader reader, Admin admin, EngineRun run, Map<TopicPartition, Long> toTake, Instant before)
            throws MaintenanceException, ExecutionException, InterruptedException {
        boolean isWhole = false;
        try {
            awaitRunning(run);
            awaitDone(run, admin, toTake, before);
            toTake.putAll(internal(reader)); // what was on its way between its sides while both were idle
            awaitDone(run, admin, toTake, before);
            isWhole = true;
        } finally {
            isWhole &= run.closeAndLeave(); // whatever ends it: a group that has members can't be deleted
        }
        if (!isWhole) {
            throw new MaintenanceException("the engine didn't stop in time");
        }
        toTake.putAll(internal(reader));
    }

    private static void awaitRunning(EngineRun run) throws MaintenanceException, InterruptedException {
        try {
            run.running().get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new MaintenanceException("the engine didn't start: " + e);
        }
    }

    private void awaitDone(EngineRun run, Admin admin, Map<TopicPartition, Long> toTake, Instant before)
            throws MaintenanceException, ExecutionException, InterruptedException {
        while (!hasTaken(admin, toTake) || !run.isIdle(before)) {
            if (run.stopped().isDone()) {
                throw new MaintenanceException("the engine stopped; the log says why");
            }
            Thread.sleep(POLL);
        }
    }

    private Map<TopicPartition, Long> internal(TopicReader reader) {
        Map<TopicPartition, Long> ends = new HashMap<>(reader.ends(engine.application() + Engine.SHARES_SUFFIX));
        ends.putAll(reader.ends(engine.application() + Engine.FACTOR_NEWS_SUFFIX));
        return ends;
    }

    private boolean hasTaken(Admin admin, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(engine.application())
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata taken = committed.get(end.getKey());
            return end.getValue() == 0 || (taken != null && taken.offset() >= end.getValue());
        });
    }

    /**
     * Deletes its folder, group and topics, when it is interrupted too; a failure is told, and leaves what is left to the
     * operator.
     */
    @Override
    public void close() {
        try {
            Folders.delete(engine.state());
        } catch (IOException e) {
            log.warn("state=not-deleted folder={}", engine.state(), e);
        }
        boolean interrupted = Thread.interrupted();
        String prefix = shadow.topics().prefix();
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            clean(admin);
        } catch (ExecutionException | KafkaException e) {
            log.warn("replay=not-cleaned prefix={}", prefix, e);
        } catch (InterruptedException _) {
            log.warn("replay=not-cleaned prefix={}", prefix);
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void clean(Admin admin) throws ExecutionException, InterruptedException {
        List<String> topics = admin.listTopics().names().get().stream()
                .filter(topic -> topic.startsWith(engine.application() + "-")
                        || (!keep && topic.startsWith(shadow.topics().prefix() + ".")))
                .toList();
        admin.deleteTopics(topics).all().get();
        if (admin.listGroups().all().get().stream()
                .anyMatch(group -> group.groupId().equals(engine.application()))) {
            admin.deleteConsumerGroups(List.of(engine.application())).all().get();
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("heliograph-replay-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

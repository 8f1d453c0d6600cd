package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.Held;
import org.heliograph.streams.topology.state.v1.ResetNote;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets an engine's state: local stores, internal topics, and where it was. The next run takes the telemetry from a
 * moment on again; a note in {@code hg.resets} tells its instances from when on they know everything, so that what
 * was published of older windows isn't overwritten by a part of it.
 */
public final class Reset {
    private static final Logger LOG = LoggerFactory.getLogger(Reset.class);
    /** The first minutes after a cut lack the readings before it that bound them. */
    private static final Duration BOUNDING = Duration.ofHours(1);
    /** How long instances that start after a reset keep as much as it takes in again. */
    private static final Duration CATCHING_UP = Duration.ofDays(1);

    private Reset() {}

    /**
     * What was done.
     *
     * @param topics how many internal topics were deleted
     * @param since windows that start before it keep what is published of them; the epoch when that is none
     */
    public record Done(int topics, Instant from, Instant since) {}

    /** It can't be done; the message is a sentence. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Resets.
     *
     * @param from the moment from which on telemetry is taken again
     * @throws RefusedException while instances run, or when Kafka doesn't do it
     */
    public static Done run(KafkaSettings kafka, EngineSection engine, Instant from)
            throws RefusedException, InterruptedException {
        String application = engine.application();
        try (Admin admin = Admin.create(kafka.clientProperties());
                TopicReader reader = new TopicReader(kafka)) {
            refuseWhileRunning(admin, application);
            String telemetry = kafka.topics().telemetry();
            if (reader.partitions(telemetry).isEmpty()) {
                throw new RefusedException("there is no topic " + telemetry + ": nothing has run yet");
            }
            Map<TopicPartition, Long> begin = reader.offsetsAt(telemetry, from);
            boolean all = begin.values().stream().allMatch(offset -> offset == 0);
            Instant since = all ? Instant.EPOCH : from.plus(BOUNDING);
            note(kafka, application, reader.ends(telemetry), all ? Instant.EPOCH : from, since);
            List<String> internal = admin.listTopics().names().get().stream()
                    .filter(topic -> isInternal(topic, application))
                    .toList();
            admin.deleteTopics(internal).all().get();
            deleteGroup(admin, application);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            begin.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
            admin.alterConsumerGroupOffsets(application, offsets).all().get();
            Replay.delete(engine.state().resolve(application));
            LOG.info("event=reset application={} from={} topics={}", application, from, internal.size());
            return new Done(internal.size(), from, since);
        } catch (ExecutionException e) {
            throw new RefusedException(String.valueOf(e.getCause()));
        }
    }

    private static boolean isInternal(String topic, String application) {
        return topic.startsWith(application + "-")
                && (topic.endsWith("-changelog") || topic.endsWith("-repartition"))
                && !topic.startsWith(application + "-replay-");
    }

    private static void refuseWhileRunning(Admin admin, String application)
            throws RefusedException, ExecutionException, InterruptedException {
        try {
            List<MemberDescription> members =
                    admin.describeConsumerGroups(List.of(application)).all().get().values().stream()
                            .flatMap(group -> group.members().stream())
                            .toList();
            if (!members.isEmpty()) {
                throw new RefusedException("instances of '" + application + "' are running ("
                        + members.stream()
                                .map(MemberDescription::host)
                                .distinct()
                                .toList()
                        + "): stop them; one that has just stopped counts for 15 s more");
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    private static void deleteGroup(Admin admin, String application) throws ExecutionException, InterruptedException {
        try {
            admin.deleteConsumerGroups(List.of(application)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    private static void note(
            KafkaSettings kafka, String application, Map<TopicPartition, Long> ends, Instant from, Instant since)
            throws ExecutionException, InterruptedException {
        ResetNote.Builder note = ResetNote.newBuilder()
                .setResetMs(System.currentTimeMillis())
                .setFromMs(from.toEpochMilli())
                .setSinceMs(since.toEpochMilli());
        ends.forEach((partition, end) -> note.addHeld(
                Held.newBuilder().setPartition(partition.partition()).setOffset(end)));
        TopicPlan.createResets(kafka);
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            kafka.topics().resets(), application, note.build().toByteArray()))
                    .get();
        }
    }

    /** The settings of an engine that starts now: after a reset it takes again what lay in the topic then. */
    static EngineSettings heeding(KafkaSettings kafka, String application, EngineSettings settings) {
        return noteOf(kafka, application)
                .map(note -> {
                    Instant now = Instant.now();
                    Instant from = Instant.ofEpochMilli(note.getFromMs());
                    Map<Integer, Long> held = new HashMap<>();
                    note.getHeldList().forEach(one -> held.put(one.getPartition(), one.getOffset()));
                    boolean isRecent = Instant.ofEpochMilli(note.getResetMs())
                            .plus(CATCHING_UP)
                            .isAfter(now);
                    Scope.Live scope = new Scope.Live(Instant.ofEpochMilli(note.getSinceMs()), from, held);
                    return settings.after(scope, isRecent ? Duration.between(from, now) : Duration.ZERO);
                })
                .orElse(settings);
    }

    private static Optional<ResetNote> noteOf(KafkaSettings kafka, String application) {
        AtomicReference<ResetNote> newest = new AtomicReference<>();
        try (TopicReader reader = new TopicReader(kafka)) {
            String topic = kafka.topics().resets();
            if (!reader.partitions(topic).isEmpty()) {
                reader.readAll(topic, noted -> {
                    if (application.equals(noted.key()) && noted.value() != null) {
                        newest.set(StateException.read(topic, noted.value(), ResetNote::parseFrom));
                    }
                });
            }
        }
        return Optional.ofNullable(newest.get());
    }
}

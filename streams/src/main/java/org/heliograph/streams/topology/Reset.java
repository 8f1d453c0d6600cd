package org.heliograph.streams.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.v1.Held;
import org.heliograph.streams.topology.state.v1.ResetNote;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets an engine's state: local stores, internal topics, and where it was. The next run takes the telemetry from a
 * moment on again; a note in {@code hg.resets} tells its instances from when on they know everything, so that what
 * was published of older windows isn't overwritten by a part of it.
 */
public final class Reset {
    private static final Logger log = LoggerFactory.getLogger(Reset.class);
    /** The first minutes after where the topic begins lack the readings before it that bound them. */
    private static final Duration BOUNDING = Duration.ofHours(1);

    private Reset() {}

    /**
     * What was done.
     *
     * @param topics how many internal topics were deleted
     * @param since windows that start before it keep what is published of them; the epoch when that is none
     * @param held since when the topic holds all telemetry; the epoch when nothing of it has been deleted
     * @param alike topics that are left and look like this application's: those of another version, or of another
     *     application whose name begins with this one's
     */
    public record Done(int topics, Instant since, Instant held, List<String> alike) {
        public Done {
            alike = List.copyOf(alike);
        }
    }

    /**
     * Resets.
     *
     * @param from the moment from which on windows are computed anew: not before what the topic holds
     * @throws MaintenanceException while instances run, or when Kafka doesn't do it
     * @throws ExecutionException if there is no broker
     */
    public static Done run(KafkaSettings kafka, EngineSection engine, Instant from)
            throws MaintenanceException, ExecutionException, InterruptedException {
        TopicPlan.requireBroker(kafka);
        String application = engine.application();
        try (Admin admin = Admin.create(kafka.clientProperties());
                TopicReader reader = new TopicReader(kafka)) {
            refuseWhileRunning(admin, application);
            String telemetry = kafka.topics().telemetry();
            if (reader.partitions(telemetry).isEmpty()) {
                throw new MaintenanceException("there is no topic " + telemetry + ": nothing has run yet");
            }
            forget(engine.state().resolve(application));
            // a register's step may begin as long before: the readings that bound it are taken, and nothing said of
            // them
            Instant read = from.minus(EngineSettings.REACH);
            Map<TopicPartition, Long> begin = reader.offsetsAt(telemetry, read);
            boolean all = begin.values().stream().allMatch(offset -> offset == 0);
            Instant held = reader.cutAt(telemetry).orElse(Instant.EPOCH);
            Instant since = all ? Instant.EPOCH : wholeSince(from, held);
            Set<String> topics = admin.listTopics().names().get();
            Set<String> internal = Engine.internalTopics(application);
            internal.retainAll(topics);
            Optional<ResetNote> former = AfterReset.note(kafka, application);
            ResetNote note = note(reader.ends(telemetry), all ? Instant.EPOCH : read, since);
            send(kafka, application, note.toByteArray()); // first: who starts on half of the state has to know
            Collection<KafkaFuture<Void>> deleted =
                    admin.deleteTopics(internal).topicNameValues().values();
            awaitDeleted(deleted, () -> takeBack(kafka, application, former));
            deleteGroup(admin, application);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            begin.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
            admin.alterConsumerGroupOffsets(application, offsets).all().get();
            clearDiagnoses(kafka, reader, since);
            log.info("reset=done application={} from={} since={} topics={}", application, from, since, internal.size());
            return new Done(internal.size(), since, held, alike(application, topics));
        } catch (ExecutionException e) {
            throw new MaintenanceException(String.valueOf(e.getCause()));
        }
    }

    /** Before anything else: it is made again from Kafka, and what can't be deleted would be gone on with. */
    private static void forget(Path state) throws MaintenanceException {
        try {
            Folders.delete(state);
        } catch (IOException e) {
            throw new MaintenanceException(
                    "the state in " + state + " can't be deleted: " + e + ". Nothing on Kafka was touched");
        }
    }

    /** Changelogs and repartition topics whose names begin as this application's do, and aren't of this version. */
    static List<String> alike(String application, Set<String> topics) {
        Set<String> own = Engine.internalTopics(application);
        return topics.stream()
                .filter(topic -> topic.startsWith(application + "-") && !own.contains(topic))
                .filter(topic -> topic.endsWith("-changelog") || topic.endsWith("-repartition"))
                .filter(topic -> !topic.startsWith(ShadowEngine.application(application, "")))
                .sorted()
                .toList();
    }

    /** From the hour on of which everything can be computed anew: no hour is said of a part of its minutes. */
    static Instant wholeSince(Instant from, Instant held) {
        Instant whole = held.equals(Instant.EPOCH) ? held : held.plus(BOUNDING);
        Instant since = whole.isAfter(from) ? whole : from;
        Instant hour = since.truncatedTo(ChronoUnit.HOURS);
        return hour.equals(since) ? hour : hour.plus(1, ChronoUnit.HOURS);
    }

    @FunctionalInterface
    interface Undoing {
        void undo() throws ExecutionException, InterruptedException;
    }

    /** Waits for topics to be deleted; when not even one is, what was said of it before is undone. */
    static void awaitDeleted(Collection<KafkaFuture<Void>> deletions, Undoing undoing)
            throws ExecutionException, InterruptedException, MaintenanceException {
        ExecutionException failure = null;
        int deleted = 0;
        for (KafkaFuture<Void> deletion : deletions) {
            try {
                deletion.get();
                deleted++;
            } catch (ExecutionException e) {
                failure = e;
            }
        }
        if (failure != null && deleted > 0) {
            throw new MaintenanceException(
                    failure.getCause() + ". A part is done: run it again before an instance starts");
        }
        if (failure != null) {
            undoing.undo();
            throw failure;
        }
    }

    private static void refuseWhileRunning(Admin admin, String application)
            throws MaintenanceException, ExecutionException, InterruptedException {
        try {
            List<MemberDescription> members =
                    admin.describeConsumerGroups(List.of(application)).all().get().values().stream()
                            .flatMap(group -> group.members().stream())
                            .toList();
            if (!members.isEmpty()) {
                throw new MaintenanceException("instances of '" + application + "' are running ("
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

    private static ResetNote note(Map<TopicPartition, Long> ends, Instant from, Instant since) {
        ResetNote.Builder note = ResetNote.newBuilder()
                .setResetMs(System.currentTimeMillis())
                .setFromMs(from.toEpochMilli())
                .setSinceMs(since.toEpochMilli());
        ends.forEach((partition, end) -> note.addHeld(
                Held.newBuilder().setPartition(partition.partition()).setOffset(end)));
        return note.build();
    }

    private static void takeBack(KafkaSettings kafka, String application, Optional<ResetNote> former)
            throws ExecutionException, InterruptedException {
        send(kafka, application, former.map(ResetNote::toByteArray).orElse(null));
    }

    /**
     * The engine will say again which diagnoses of meters stand. Of those that don't any more, because the model was
     * corrected, say, nobody would know that they did.
     */
    private static void clearDiagnoses(KafkaSettings kafka, TopicReader reader, Instant since)
            throws ExecutionException, InterruptedException {
        String topic = kafka.topics().alerts();
        Map<String, Alert> newest = new TreeMap<>();
        reader.readAll(topic, said -> {
            if (said.value() == null) {
                newest.remove(said.key());
            } else {
                alert(said.key(), said.value()).ifPresent(alert -> newest.put(said.key(), alert));
            }
        });
        for (Map.Entry<String, Alert> alert :
                cleared(newest, since, Instant.now()).entrySet()) {
            send(kafka, topic, alert.getKey(), alert.getValue().toByteArray());
        }
    }

    private static Optional<Alert> alert(String key, byte[] value) {
        try {
            return Optional.of(Alert.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            log.warn("alert=unreadable key={} action=\"passed over\"", key, e);
            return Optional.empty();
        }
    }

    /**
     * Just before what is said anew, which so isn't older. One that was raised later than that is said anew from its
     * beginning: it is cleared at the moment at which it was raised, and what is said of that takes its place.
     */
    static Map<String, Alert> cleared(Map<String, Alert> newest, Instant since, Instant now) {
        long before = (since.isBefore(now) ? since : now).toEpochMilli() - 1;
        Set<String> own =
                Stream.of(Diagnosis.Rule.values()).map(Diagnosis.Rule::label).collect(Collectors.toSet());
        Map<String, Alert> cleared = new TreeMap<>();
        newest.forEach((key, alert) -> {
            if (alert.getState() == AlertState.RAISED && own.contains(alert.getRule())) {
                cleared.put(
                        key,
                        alert.toBuilder()
                                .setState(AlertState.CLEARED)
                                .setMessage("to be judged anew after a reset: " + alert.getMessage())
                                .setValue(0)
                                .setTimeMs(Math.max(alert.getTimeMs(), before))
                                .build());
            }
        });
        return cleared;
    }

    private static void send(KafkaSettings kafka, String application, byte @Nullable [] note)
            throws ExecutionException, InterruptedException {
        TopicPlan.createResets(kafka);
        send(kafka, kafka.topics().resets(), application, note);
    }

    private static void send(KafkaSettings kafka, String topic, String key, byte @Nullable [] value)
            throws ExecutionException, InterruptedException {
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }
}

package org.heliograph.streams.topology;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.Held;
import org.heliograph.streams.topology.state.v1.ResetNote;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an engine that starts heeds of its application's last reset, by the note that this left in {@code hg.resets}. */
final class AfterReset {
    private static final Logger log = LoggerFactory.getLogger(AfterReset.class);

    /** How long instances that start after a reset keep as much as it takes in again, be all of it taken or not. */
    private static final Duration CATCHING_UP = Duration.ofDays(1);

    /** A partition that has a leader says much sooner where it ends. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    /** In the folder of local state: of after which reset it is. */
    private static final String MARK = "heliograph-reset";

    private AfterReset() {}

    /**
     * How far an engine has come in a topic, by partition.
     *
     * @param taken the offset that is next; a partition of which nothing has been taken is missing
     * @param ends the offset after the last record; where it isn't known, the largest of all
     */
    record Progress(Map<Integer, Long> taken, Map<Integer, Long> ends) {
        static final long UNKNOWN = Long.MAX_VALUE;

        /** The ends of those partitions of which something is still to be taken, as far as they are known. */
        Map<Integer, Long> waiting() {
            Map<Integer, Long> waiting = new HashMap<>();
            ends.forEach((partition, end) -> {
                if (end != UNKNOWN && taken.getOrDefault(partition, 0L) < end) {
                    waiting.put(partition, end);
                }
            });
            return waiting;
        }

        /**
         * Whether something that lay before that offset is still to be taken. Where a topic ends before it, it isn't the
         * topic that held it: it was made anew since, and what comes to it now has waited for nobody.
         */
        boolean waits(Held held) {
            int partition = held.getPartition();
            return ends.getOrDefault(partition, 0L) >= held.getOffset()
                    && taken.getOrDefault(partition, 0L) < held.getOffset();
        }
    }

    /**
     * The settings of an engine that starts now. Local state of before the reset is deleted: the reset may have been on
     * another machine.
     *
     * @throws IOException if such state can't be deleted
     */
    static EngineSettings heeded(KafkaSettings kafka, EngineSection engine, EngineSettings settings)
            throws IOException {
        String application = engine.application();
        boolean isSkipping = ForgottenOffsets.heed(kafka, application);
        Optional<ResetNote> note = note(kafka, application);
        if (note.isPresent()) {
            forgetOlder(engine.state().resolve(application), note.get().getResetMs());
        }
        Progress progress = progress(kafka, application);
        Map<Integer, Long> waiting = isSkipping ? Map.of() : progress.waiting();
        return note.map(heeded -> after(heeded, Instant.now(), progress, settings))
                .orElse(settings)
                .catchingUp(waiting);
    }

    /**
     * After a reset the engine takes again what lay in the topic then, and keeps all of it until it has. Of a partition of
     * which it has taken that, what is old is late again.
     */
    static EngineSettings after(ResetNote note, Instant now, Progress progress, EngineSettings settings) {
        Instant reset = Instant.ofEpochMilli(note.getResetMs());
        Instant from = Instant.ofEpochMilli(note.getFromMs());
        Map<Integer, Long> held = new HashMap<>();
        note.getHeldList().stream()
                .filter(progress::waits)
                .forEach(one -> held.put(one.getPartition(), one.getOffset()));
        Scope.Live scope = new Scope.Live(Instant.ofEpochMilli(note.getSinceMs()), from, held, Map.of());
        boolean catchesUp = reset.plus(CATCHING_UP).isAfter(now) || !held.isEmpty();
        log.info("reset=heeded reset={} since={} catches-up={}", reset, scope.since(), catchesUp);
        return settings.after(scope, catchesUp ? Duration.between(from, now) : Duration.ZERO);
    }

    /** Deletes state unless it is of after that reset, and marks what comes to be there as such. */
    static void forgetOlder(Path folder, long resetMillis) throws IOException {
        Path mark = folder.resolve(MARK);
        String ofThis = Long.toString(resetMillis);
        if (ofThis.equals(marked(mark))) {
            return;
        }
        Instant reset = Instant.ofEpochMilli(resetMillis);
        try {
            if (Folders.delete(folder)) {
                log.warn(
                        "state=forgotten folder={} reset={} why=\"it isn't known to be of after the reset\"",
                        folder,
                        reset);
            }
        } catch (IOException e) {
            throw new IOException(
                    "the state in " + folder + " may be of before the reset of " + reset + " and can't be deleted: "
                            + e,
                    e);
        }
        Files.createDirectories(folder);
        Files.writeString(mark, ofThis, StandardCharsets.UTF_8);
    }

    private static @Nullable String marked(Path mark) {
        try {
            return Files.readString(mark, StandardCharsets.UTF_8).strip();
        } catch (IOException _) {
            return null; // what can't be read isn't known to be of after it either
        }
    }

    /** What the last reset of an application left. */
    static Optional<ResetNote> note(KafkaSettings kafka, String application) {
        AtomicReference<@Nullable ResetNote> newest = new AtomicReference<>();
        try (TopicReader reader = new TopicReader(kafka)) {
            String topic = kafka.topics().resets();
            if (!reader.partitions(topic).isEmpty()) {
                reader.readAll(topic, noted -> {
                    if (application.equals(noted.key())) {
                        newest.set(
                                noted.value() == null
                                        ? null
                                        : StateException.read(topic, noted.value(), ResetNote::parseFrom));
                    }
                });
            }
        }
        return Optional.ofNullable(newest.get());
    }

    private static Progress progress(KafkaSettings kafka, String application) {
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, application);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false); // it asks, and joins nothing
        String telemetry = kafka.topics().telemetry();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = CommittedRecords.partitions(consumer, telemetry);
            Map<Integer, Long> taken = new HashMap<>();
            consumer.committed(new HashSet<>(partitions)).forEach((partition, committed) -> {
                if (committed != null) {
                    taken.put(partition.partition(), committed.offset());
                }
            });
            Map<Integer, Long> ends = new HashMap<>();
            partitions.forEach(partition -> ends.put(partition.partition(), end(consumer, partition)));
            return new Progress(taken, ends);
        }
    }

    /** A partition without a leader holds up no other. */
    static long end(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        try {
            return consumer.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L);
        } catch (TimeoutException e) {
            log.warn(
                    "end=unknown partition={} action=\"what is late by now is refused\" remedy=\"streams reset --from\" why=\"{}\"",
                    partition,
                    e.getMessage());
            return Progress.UNKNOWN;
        }
    }
}

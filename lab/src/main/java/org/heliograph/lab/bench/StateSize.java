package org.heliograph.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.utils.Bytes;

/**
 * What an engine keeps.
 *
 * @param rocksDb bytes of the state folder
 * @param changelog bytes of the changelog topics as they are, before the broker has compacted them
 * @param kept by changelog topic, the bytes of the newest value of each key, with its key: what compaction leaves, before
 *     the broker compresses it
 */
record StateSize(long rocksDb, long changelog, Map<String, Long> kept) {
    private static final Duration POLL = Duration.ofMillis(100);

    static StateSize of(Broker broker, Contestant.Task task) throws IOException, InterruptedException {
        Map<String, Long> changelogs = new HashMap<>(broker.logBytes());
        changelogs
                .keySet()
                .removeIf(topic -> !topic.startsWith(task.application() + "-") || !topic.endsWith("-changelog"));
        Map<String, Long> kept = new HashMap<>();
        for (String topic : changelogs.keySet()) {
            kept.put(topic, kept(broker, topic));
        }
        return new StateSize(
                bytes(task.state()),
                changelogs.values().stream().mapToLong(Long::longValue).sum(),
                Map.copyOf(kept));
    }

    long keptBytes() {
        return kept.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static long kept(Broker broker, String topic) throws InterruptedException {
        Map<TopicPartition, Long> ends = broker.ends(topic);
        Map<Bytes, Long> sizes = new HashMap<>();
        try (KafkaConsumer<Bytes, Bytes> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
                new BytesDeserializer(),
                new BytesDeserializer())) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(List.copyOf(ends.keySet()));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<Bytes, Bytes> change : consumer.poll(POLL)) {
                    if (change.value() == null) {
                        sizes.remove(change.key());
                    } else {
                        sizes.put(
                                change.key(),
                                (long) change.key().get().length
                                        + change.value().get().length);
                    }
                }
            }
        }
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
}

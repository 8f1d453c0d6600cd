package org.heliograph.streams.alert;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;

/** The topics that the alerts read and write, in memory, with the offsets that outlive a consumer; and time. */
final class AlertTopics {
    static final Topics TOPICS = Topics.DEFAULT;

    final Map<TopicPartition, List<byte[]>> records = new HashMap<>();
    final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    /** How often something was committed. */
    int commits;

    long nanos;
    Instant now = Instant.parse("2026-06-01T12:00:00Z");
    /** Whether this client has the right to write. */
    volatile boolean mayWrite = true;
    /** Whether it has the right to note how far it has got. */
    volatile boolean mayCommit = true;
    /** Runs at each poll of what is open now, by how many there were. */
    IntConsumer atPoll = _ -> {};
    /** How many records a poll gives at most. */
    int atOnce = Integer.MAX_VALUE;

    AlertTopics() {
        for (String topic : List.of(TOPICS.sites(), TOPICS.energy(), TOPICS.kpi(), TOPICS.live(), TOPICS.alerts())) {
            records.put(new TopicPartition(topic, 0), new ArrayList<>());
        }
    }

    AlertClients clients() {
        return new AlertClients(() -> now, () -> nanos, _ -> new Reader(), this::producer);
    }

    void add(String topic, byte[] value) {
        values(new TopicPartition(topic, 0)).add(value);
    }

    /** Also of a partition that is added by that. */
    List<byte[]> values(TopicPartition partition) {
        return records.computeIfAbsent(partition, _ -> new ArrayList<>());
    }

    long committed(TopicPartition partition) {
        OffsetAndMetadata at = committed.get(partition);
        return at == null ? -1 : at.offset();
    }

    List<Alert> alerts() throws Exception {
        List<Alert> alerts = new ArrayList<>();
        for (byte[] value : values(new TopicPartition(TOPICS.alerts(), 0))) {
            alerts.add(Alert.parseFrom(value));
        }
        return alerts;
    }

    private Producer<byte[], byte[]> producer() {
        return new MockProducer<>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
                if (!mayWrite) {
                    return CompletableFuture.failedFuture(new TopicAuthorizationException(Set.of(record.topic())));
                }
                add(record.topic(), record.value());
                return super.send(record);
            }
        };
    }

    /** Gives what the topics hold, from where it is; what is committed is everybody's. */
    private final class Reader extends MockConsumer<byte[], byte[]> {
        private final Map<TopicPartition, Integer> given = new HashMap<>();
        private int polls;

        Reader() {
            super("earliest");
            setMaxPollRecords(atOnce);
            refresh();
        }

        private void refresh() {
            Node[] nobody = {};
            Map<String, List<PartitionInfo>> infos = new HashMap<>();
            records.forEach((partition, values) -> {
                infos.computeIfAbsent(partition.topic(), _ -> new ArrayList<>())
                        .add(new PartitionInfo(
                                partition.topic(), partition.partition(), Node.noNode(), nobody, nobody));
                updateBeginningOffsets(Map.of(partition, 0L));
                updateEndOffsets(Map.of(partition, (long) values.size()));
            });
            infos.forEach(this::updatePartitions);
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            atPoll.accept(++polls);
            refresh();
            for (TopicPartition partition : assignment()) {
                List<byte[]> values = values(partition);
                for (int offset = given.getOrDefault(partition, 0); offset < values.size(); offset++) {
                    addRecord(new ConsumerRecord<>(
                            partition.topic(),
                            partition.partition(),
                            offset,
                            "casa1".getBytes(StandardCharsets.UTF_8),
                            values.get(offset)));
                }
                given.put(partition, values.size());
            }
            return super.poll(timeout);
        }

        /** They are given again. */
        @Override
        public synchronized void seekToBeginning(Collection<TopicPartition> partitions) {
            given.keySet().removeAll(partitions);
            super.seekToBeginning(partitions);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>(committed);
            found.keySet().retainAll(partitions);
            return found;
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (!mayCommit) {
                throw GroupAuthorizationException.forGroupId("a group");
            }
            committed.putAll(offsets);
            commits++;
        }

        /** All records are of now. */
        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> first = new HashMap<>();
            times.keySet().forEach(partition -> first.put(partition, new OffsetAndTimestamp(0, now.toEpochMilli())));
            return first;
        }
    }
}

package org.heliograph.lab.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.wire.Topics;

/** The run's Kafka broker, and what the benchmark asks of it. */
final class Broker implements AutoCloseable {
    private final KafkaServer server;
    private final Admin admin;

    private Broker(KafkaServer server, Admin admin) {
        this.server = server;
        this.admin = admin;
    }

    static Broker start(Path folder) {
        KafkaServer server = KafkaServer.start(folder);
        return new Broker(server, Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, server.bootstrap())));
    }

    String bootstrap() {
        return server.bootstrap();
    }

    /** Makes the topics of a scenario, publishes its site models and writes all that its fleet says. */
    Fleet.Told fill(String prefix, Fleet fleet, int devicePartitions, int sitePartitions) throws InterruptedException {
        plan(prefix, fleet, devicePartitions, sitePartitions);
        String topic = new Topics(prefix).telemetry();
        try (KafkaProducer<String, byte[]> producer = producer(Map.of("linger.ms", 20, "batch.size", 256 << 10))) {
            return fleet.tell((readings, value) -> send(
                    producer,
                    new ProducerRecord<>(
                            topic,
                            null,
                            readings.latest().toEpochMilli(),
                            readings.device().key(),
                            value)));
        }
    }

    /** Makes the topics of these names alone. */
    void topics(Topics topics) throws InterruptedException {
        TopicPlan.apply(new KafkaSettings(bootstrap(), topics, 1, Map.of()), List.of(), Factors.SHIPPED, 4, 1);
    }

    void plan(String prefix, Fleet fleet, int devicePartitions, int sitePartitions) throws InterruptedException {
        KafkaSettings kafka = new KafkaSettings(bootstrap(), new Topics(prefix), 1, Map.of());
        TopicPlan.apply(kafka, fleet.sites(), Factors.SHIPPED, devicePartitions, sitePartitions);
    }

    void create(String topic, int partitions) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topic can't be made", e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closing the producer waits for all; the run's figures show a loss
    static void send(KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> message) {
        producer.send(message);
    }

    KafkaProducer<String, byte[]> producer(Map<String, Object> further) {
        Map<String, Object> settings = new HashMap<>(further);
        settings.put("bootstrap.servers", bootstrap());
        settings.put("compression.type", "lz4");
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** Reads what is committed, from the beginning. */
    static KafkaConsumer<String, byte[]> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        1_000),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** How many records of a topic a group has consumed and committed; a gap that a transaction leaves counts too. */
    long consumed(String group, String topic) throws InterruptedException {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return offsets.entrySet().stream()
                    .filter(entry -> entry.getKey().topic().equals(topic) && entry.getValue() != null)
                    .mapToLong(entry -> entry.getValue().offset())
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker doesn't answer", e);
        }
    }

    /** The bytes of each topic's log. */
    Map<String, Long> logBytes() throws InterruptedException {
        try {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .collect(Collectors.groupingBy(
                            replica -> replica.getKey().topic(),
                            Collectors.summingLong(replica -> replica.getValue().size())));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker doesn't answer", e);
        }
    }

    /** Where a topic's partitions end. */
    Map<TopicPartition, Long> ends(String topic) throws InterruptedException {
        try {
            Map<TopicPartition, OffsetSpec> latest =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                            .flatMap(description -> description.partitions().stream())
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topic, partition.partition()),
                                    _ -> OffsetSpec.latest()));
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker doesn't answer", e);
        }
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }
}

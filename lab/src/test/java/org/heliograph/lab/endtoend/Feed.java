package org.heliograph.lab.endtoend;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes packs as an agent's uplink does: stamped with their event time, acknowledged, and again until they are. */
final class Feed implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;

    Feed(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "delivery.timeout.ms", 180_000),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Returns when Kafka has them all. */
    void send(String topic, List<MeteredHours.Pack> packs) throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = packs.stream()
                .map(pack -> producer.send(
                        new ProducerRecord<>(topic, null, pack.time().toEpochMilli(), pack.key(), pack.value())))
                .collect(Collectors.toList());
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}

package org.heliograph.streams.influx;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.heliograph.telemetry.kafka.DeadLetterHeaders;
import org.jspecify.annotations.Nullable;

/** The dead-letter topic; its producer exists from the first reject on. */
final class Rejects implements AutoCloseable {
    private static final String STAGE = "sink";

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private @Nullable Producer<byte[], byte[]> producer;
    /** What Kafka hasn't confirmed yet, by where the refused record stood. */
    private final Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();

    Rejects(String topic, Supplier<Producer<byte[], byte[]>> producers) {
        this.topic = topic;
        this.producers = producers;
    }

    /** Kafka has it once {@link #await} has returned. */
    void send(ConsumerRecord<byte[], byte[]> refused, String reason) {
        if (producer == null) {
            producer = producers.get();
        }
        String source = DeadLetterHeaders.source(refused.topic(), refused.partition(), refused.offset());
        Headers headers = DeadLetterHeaders.of(reason, STAGE, source);
        byte[] value = DeadLetterHeaders.value(refused.value(), headers);
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topic, null, DeadLetterHeaders.key(refused.key()), value, headers);
        Future<RecordMetadata> taken = producer.send(letter);
        sent.put(source, taken);
        if (taken.isDone()) { // refused, after a minute of trying: to find that out of each one would take hours
            await();
        }
    }

    /** Returns when Kafka has all that was sent. */
    void await() {
        String source = "";
        try {
            for (var letter : sent.entrySet()) {
                source = letter.getKey();
                letter.getValue().get();
            }
        } catch (ExecutionException e) {
            throw new KafkaException("can't dead-letter " + source, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } finally {
            sent.clear();
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close();
        }
    }
}

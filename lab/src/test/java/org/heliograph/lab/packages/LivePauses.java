package org.heliograph.lab.packages;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** How long nothing new could be read from {@code hg.live}, at most. */
final class LivePauses implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final AtomicLong longestNanos = new AtomicLong();
    private final Thread reader;

    LivePauses(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = consumer.partitionsFor("hg.live").stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        reader = Thread.ofPlatform().name("live-pauses").start(this::read);
    }

    private void read() {
        long last = 0;
        try {
            while (true) {
                if (!consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
                    long now = System.nanoTime();
                    if (last != 0) {
                        longestNanos.accumulateAndGet(now - last, Math::max);
                    }
                    last = now;
                }
            }
        } catch (WakeupException _) {
            consumer.close();
        }
    }

    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

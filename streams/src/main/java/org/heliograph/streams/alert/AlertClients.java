package org.heliograph.streams.alert;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * What the alerts have of the world: time, and clients of Kafka.
 *
 * @param nanos a clock that nobody sets
 * @param consumers one that commits what it is told to under a group's name, without being a member
 */
record AlertClients(
        InstantSource clock,
        LongSupplier nanos,
        Function<String, Consumer<byte[], byte[]>> consumers,
        Supplier<Producer<byte[], byte[]>> producers) {
    static final Duration POLL = Duration.ofMillis(200);
    /** How often a topic is asked for partitions that were added, and old offsets are committed. */
    static final Duration CHECK = Duration.ofSeconds(10);
}

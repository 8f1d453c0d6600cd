package org.heliograph.lab.bench;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;

/** Polls and decodes all records, again and again: the later passes are warm. */
final class RawLoop {
    static final int PASSES = 4;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final double MILLIS_PER_SECOND = 1e3;

    private RawLoop() {}

    static void run(Contestant.Task task) throws MalformedPackException {
        try (KafkaConsumer<String, byte[]> consumer = Broker.consumer(task.bootstrap())) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(task.topics().telemetry())
                    .stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            long records = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            Contestant.ready();
            for (int pass = 0; pass < PASSES; pass++) {
                consumer.seekToBeginning(partitions);
                long start = System.nanoTime();
                long readings = pass(consumer, records);
                System.out.println("pass readings=" + readings + " millis=" + (System.nanoTime() - start) / 1e6);
            }
        }
    }

    private static long pass(KafkaConsumer<String, byte[]> consumer, long records) throws MalformedPackException {
        long seen = 0;
        long readings = 0;
        while (seen < records) {
            for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
                readings +=
                        PackCodec.decode(one.value()).readings().orElseThrow().size();
                seen++;
            }
        }
        return readings;
    }

    /** Readings a second, of the best pass in its output. */
    static double best(List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith("pass "))
                .mapToDouble(line -> number(line, "readings=") / number(line, "millis=") * MILLIS_PER_SECOND)
                .max()
                .orElseThrow();
    }

    static boolean isOver(List<String> output) {
        return output.stream().filter(line -> line.startsWith("pass ")).count() == PASSES;
    }

    private static double number(String line, String name) {
        int from = line.indexOf(name) + name.length();
        int to = line.indexOf(' ', from);
        return Double.parseDouble(to < 0 ? line.substring(from) : line.substring(from, to));
    }
}

package org.heliograph.lab.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;

/**
 * Polls and decodes all records, again and again. Set against the others is the second half of the first pass, which is
 * what is measured of them, too; the later passes are warm.
 */
final class RawLoop {
    static final int PASSES = 4;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final double MILLIS_PER_SECOND = 1e3;

    private RawLoop() {}

    /**
     * Readings a second.
     *
     * @param first of the second half of the first pass
     * @param warm of the best pass
     */
    record Rates(double first, double warm) {}

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
                print("pass", readings, start);
            }
        }
    }

    private static long pass(KafkaConsumer<String, byte[]> consumer, long records) throws MalformedPackException {
        long seen = 0;
        long readings = 0;
        long halfReadings = 0;
        long halfNanos = System.nanoTime(); // of so few records that one poll has all of them: the whole
        while (seen < records) {
            if (halfReadings == 0 && seen >= records / 2) {
                halfReadings = readings;
                halfNanos = System.nanoTime();
            }
            for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
                readings +=
                        PackCodec.decode(one.value()).readings().orElseThrow().size();
                seen++;
            }
        }
        print("half", readings - halfReadings, halfNanos);
        return readings;
    }

    private static void print(String part, long readings, long startNanos) {
        System.out.println(part + " readings=" + readings + " millis=" + (System.nanoTime() - startNanos) / 1e6);
    }

    /** As its output has them. */
    static Rates rates(List<String> output) {
        return new Rates(
                perSecond(output, "half ").findFirst().orElseThrow(),
                perSecond(output, "pass ").max().orElseThrow());
    }

    private static DoubleStream perSecond(List<String> output, String part) {
        return output.stream()
                .filter(line -> line.startsWith(part))
                .mapToDouble(line -> number(line, "readings=") / number(line, "millis=") * MILLIS_PER_SECOND);
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

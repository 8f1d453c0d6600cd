package org.heliograph.lab.influx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** Publishes figures as the engine does, in transactions, on topics of its own. */
final class Engine implements AutoCloseable {
    static final long START_MILLIS = 1_750_000_020_000L;
    static final long MINUTE_MILLIS = 60_000;
    private static final int PARTITIONS = 2;

    final Topics topics;
    private final String bootstrap;
    private final KafkaProducer<byte[], byte[]> producer;

    Engine(String bootstrap, String prefix) throws Exception {
        this.bootstrap = bootstrap;
        this.topics = new Topics(prefix);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(
                            new NewTopic(topics.energy(), PARTITIONS, (short) 1),
                            new NewTopic(topics.kpi(), PARTITIONS, (short) 1),
                            new NewTopic(topics.live(), 1, (short) 1),
                            new NewTopic(topics.alerts(), 1, (short) 1),
                            new NewTopic(topics.rejects(), 1, (short) 1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", prefix, "linger.ms", 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /** A minute of each of so many devices, for so many minutes from the given one on. */
    void publishMinutes(int devices, int firstMinute, int minutes, double watts) {
        producer.beginTransaction();
        for (int minute = firstMinute; minute < firstMinute + minutes; minute++) {
            for (int device = 0; device < devices; device++) {
                send(topics.energy(), "casa1/pdu-" + device, minute("pdu-" + device, minute, watts));
            }
        }
        producer.commitTransaction();
    }

    void publish(SiteWindow... windows) {
        producer.beginTransaction();
        for (SiteWindow window : windows) {
            send(topics.kpi(), "casa1/" + window.getWindow() + "/" + window.getStartMs(), window);
        }
        producer.commitTransaction();
    }

    /** What an engine that crashed had sent: never committed. */
    void publishAndAbort(SiteWindow window) {
        producer.beginTransaction();
        send(topics.kpi(), "casa1/" + window.getWindow() + "/" + window.getStartMs(), window);
        producer.flush();
        producer.abortTransaction();
    }

    /** The dead letters so far, when there are as many as expected or time is up. */
    List<ConsumerRecord<byte[], byte[]>> deadLetters(int expected) {
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topics.rejects(), 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (letters.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
            }
        }
        return letters;
    }

    static SiteWindow.Builder window(int minute) {
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("1m")
                .setStartMs(START_MILLIS + minute * MINUTE_MILLIS)
                .setEndMs(START_MILLIS + (minute + 1) * MINUTE_MILLIS)
                .setCoverage(1)
                .setState(WindowState.FINAL);
    }

    private static DeviceMinute minute(String device, int minute, double watts) {
        DeviceMinute.Builder figure = DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setDeviceClass("rack-pdu")
                .setRole("it")
                .setArea("hall-1/row-a")
                .setStartMs(START_MILLIS + minute * MINUTE_MILLIS)
                .setEnergyMj(Math.round(watts * MINUTE_MILLIS))
                .setCoverage(1);
        for (int point : new int[] {1, 7, 8}) {
            figure.addPoints(PointStatistics.newBuilder()
                    .setPoint(point)
                    .setMean(watts)
                    .setMin(watts - 0.5)
                    .setMax(watts + 0.5)
                    .setLast(watts + 1e-7)
                    .setCount(6));
        }
        return figure.build();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // committing the transaction fails when a record did
    private void send(String topic, String key, Message figure) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), figure.toByteArray()));
    }

    @Override
    public void close() {
        producer.close();
    }
}

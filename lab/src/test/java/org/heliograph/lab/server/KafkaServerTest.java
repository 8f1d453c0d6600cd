package org.heliograph.lab.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerTest {
    private static final long AN_OLD_EVENT_TIME = 1_000_000_000_000L;

    @TempDir
    Path folder;

    @Test
    void it_keeps_old_and_future_records_over_a_kill_and_a_restart_and_leaves_no_process() throws Exception {
        KafkaServer kafka = KafkaServer.start(folder);
        try (kafka) {
            String bootstrap = kafka.bootstrap();
            createTopic(bootstrap);
            send(bootstrap, AN_OLD_EVENT_TIME, "old");
            kafka.kill();
            assertThat(kafka.isAlive()).isFalse();
            kafka.restart();
            assertThat(kafka.bootstrap()).isEqualTo(bootstrap);
            send(bootstrap, System.currentTimeMillis() + Duration.ofDays(1).toMillis(), "future");
            assertThat(readAll(bootstrap, 2)).containsExactly("old", "future");
        }
        assertThat(ProcessHandle.of(kafka.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void two_brokers_run_side_by_side_and_one_that_cannot_start_says_why() throws Exception {
        try (KafkaServer first = KafkaServer.start(folder.resolve("1"));
                KafkaServer second = KafkaServer.start(folder.resolve("2"))) {
            assertThat(first.bootstrap()).isNotEqualTo(second.bootstrap());
            // the storage of the first is locked by it
            assertThat(catchThrowable(() -> KafkaServer.start(folder.resolve("1"))))
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("ended with status 1 while starting")
                    .hasMessageContaining("server.log")
                    .hasMessageContaining("lock");
            createTopic(first.bootstrap());
            send(first.bootstrap(), AN_OLD_EVENT_TIME, "as before");
            assertThat(readAll(first.bootstrap(), 1)).containsExactly("as before");
        }
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
        }
    }

    private static void send(String bootstrap, long timestamp, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("t", 0, timestamp, "k", value)).get();
        }
    }

    private static List<String> readAll(String bootstrap, int expected) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition("t", 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (values.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}

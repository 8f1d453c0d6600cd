package org.heliograph.telemetry.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class BrokerContactTest {
    private static final Instant START = Instant.parse("2026-06-01T13:24:00Z");

    private final List<String> told = new ArrayList<>();
    private Instant now = START;
    private double bytes;
    private final Consumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<MetricName, ? extends Metric> metrics() {
            return Map.of(
                    name("consumer-node-metrics"), new Figure(name("consumer-node-metrics"), now.toEpochMilli()),
                    name("consumer-metrics"), new Figure(name("consumer-metrics"), bytes));
        }
    };
    private final BrokerContact contact = new BrokerContact(() -> now, told::add);

    private record Figure(MetricName metricName, Object metricValue) implements Metric {
        Figure(MetricName metricName, double value) {
            this(metricName, Double.valueOf(value));
        }
    }

    private static MetricName name(String group) {
        return new MetricName("incoming-byte-total", group, "", Map.of());
    }

    @Test
    void brokers_that_send_nothing_for_half_a_minute_are_away_since_they_last_did() {
        answer(20);
        poll(30);
        assertThat(contact.problem()).as("one is started again in that time").isEmpty();
        poll(1);
        assertThat(contact.problem())
                .isEqualTo("Kafka can't be reached: nothing has come from it since 2026-06-01T13:24:20Z");
        poll(600);
        assertThat(contact.problem()).endsWith("13:24:20Z");
        assertThat(told).as("once").containsExactly(contact.problem());
    }

    @Test
    void brokers_that_answer_without_a_record_are_there() {
        for (int i = 0; i < 100; i++) {
            poll(9);
            answer(1);
        }
        assertThat(contact.problem()).isEmpty();
    }

    @Test
    void brokers_that_were_away_are_there_again_with_their_first_answer() {
        poll(40);
        assertThat(contact.problem()).isNotEmpty();
        answer(1);
        assertThat(contact.problem()).isEmpty();
        assertThat(told).hasSize(2).last().isEqualTo("");
        poll(30);
        assertThat(contact.problem()).as("the patience begins anew").isEmpty();
    }

    @Test
    void brokers_that_were_never_there_are_away() {
        poll(31);
        assertThat(contact.problem()).endsWith("since 2026-06-01T13:24:00Z");
    }

    @Test
    void a_consumer_that_is_made_anew_is_no_answer() {
        answer(1);
        poll(20);
        bytes = 0;
        poll(11);
        assertThat(contact.problem()).isNotEmpty();
    }

    @Test
    void records_that_had_come_before_they_were_taken_keep_the_brokers_there() {
        for (int i = 0; i < 100; i++) {
            now = now.plusSeconds(1);
            contact.listened(consumer, true);
        }
        assertThat(contact.problem()).isEmpty();
    }

    /** Nor does a clock that is set. */
    @Test
    void a_thread_that_was_held_up_for_long_does_not_take_the_brokers_for_away() {
        answer(1);
        now = now.plus(Duration.ofHours(1));
        contact.listened(consumer, false);
        poll(20);
        assertThat(contact.problem()).isEmpty();
        poll(1);
        assertThat(contact.problem()).isNotEmpty();
    }

    @Test
    void of_a_consumer_that_does_not_count_nothing_is_said() {
        try (Consumer<byte[], byte[]> silent = new MockConsumer<>("earliest")) {
            for (int i = 0; i < 100; i++) {
                now = now.plusSeconds(1);
                contact.listened(silent, false);
            }
        }
        assertThat(contact.problem()).isEmpty();
    }

    /** The name is Kafka's: another one's would let all consumers seem well. */
    @Test
    void a_consumer_of_kafka_counts_what_it_receives() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        try (Consumer<byte[], byte[]> real =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int i = 0; i < 31; i++) {
                now = now.plusSeconds(1);
                contact.listened(real, false);
            }
        }
        assertThat(contact.problem()).isNotEmpty();
    }

    private void answer(int seconds) {
        now = now.plusSeconds(seconds);
        bytes += 100;
        contact.listened(consumer, false);
    }

    private void poll(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            contact.listened(consumer, false);
        }
    }
}

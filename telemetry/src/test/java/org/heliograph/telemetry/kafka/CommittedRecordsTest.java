package org.heliograph.telemetry.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;

class CommittedRecordsTest {
    @Test
    void what_is_not_committed_is_not_read_whatever_an_operator_says() {
        Map<String, Object> settings =
                CommittedRecords.settings(Map.of("bootstrap.servers", "k:1", "isolation.level", "read_uncommitted"));
        assertThat(settings)
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .containsEntry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false)
                .containsEntry("bootstrap.servers", "k:1");
    }

    @Test
    void the_partition_furthest_behind_says_how_far_and_nothing_does_before_it_is_read() {
        assertThat(CommittedRecords.lag(metrics(Double.NaN))).isEmpty();
        assertThat(CommittedRecords.lag(metrics(Double.NaN, 3, 7))).hasValue(7);
    }

    private static Map<MetricName, Metric> metrics(double... lags) {
        Map<MetricName, Metric> metrics = new HashMap<>();
        for (int i = 0; i < lags.length; i++) {
            double lag = lags[i];
            add(metrics, "records-lag-max", i, lag);
            add(metrics, "records-lag-avg", i, 99);
        }
        return metrics;
    }

    private static void add(Map<MetricName, Metric> metrics, String name, int client, double value) {
        MetricName named = new MetricName(name, "consumer", "", Map.of("client-id", "c" + client));
        Measurable measurable = (_, _) -> value;
        metrics.put(named, new KafkaMetric(new Object(), named, measurable, new MetricConfig(), Time.SYSTEM));
    }
}

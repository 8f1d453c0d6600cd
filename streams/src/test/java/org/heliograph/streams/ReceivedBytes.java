package org.heliograph.streams;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** What a consumer counts of brokers' answers; they are away where it doesn't grow. */
public final class ReceivedBytes implements Metric {
    private final AtomicLong bytes = new AtomicLong();

    public void answer() {
        bytes.addAndGet(100);
    }

    /** Those of a consumer. */
    public Map<MetricName, Metric> metrics() {
        return Map.of(metricName(), this);
    }

    @Override
    public MetricName metricName() {
        return new MetricName("incoming-byte-total", "consumer-metrics", "", Map.of());
    }

    @Override
    public Object metricValue() {
        return bytes.doubleValue();
    }
}

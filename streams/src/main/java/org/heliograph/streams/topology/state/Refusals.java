package org.heliograph.streams.topology.state;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.heliograph.streams.ingest.Rejection.Cause;

/** How many records of {@code hg.telemetry} went to the dead letters: metrics of Kafka Streams, one for each thread and cause. */
public final class Refusals {
    private static final String SCOPE = "refusals";
    private static final String OPERATION = "refused";
    private static final String CAUSE_TAG = SCOPE + "-id";
    private static final String TOTAL = OPERATION + "-total";

    private final Map<Cause, Sensor> sensors = new EnumMap<>(Cause.class);

    public Refusals(StreamsMetrics metrics) {
        for (Cause cause : Cause.values()) {
            sensors.put(cause, metrics.addRateTotalSensor(SCOPE, cause.label(), OPERATION, Sensor.RecordingLevel.INFO));
        }
    }

    public void count(Cause cause) {
        Sensor sensor = sensors.get(cause);
        if (sensor != null) {
            sensor.record();
        }
    }

    /** Over all threads, since they began; every cause is there. */
    public static Map<Cause, Double> totals(Map<MetricName, ? extends Metric> metrics) {
        Map<Cause, Double> totals = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            totals.put(
                    cause,
                    metrics.values().stream()
                            .filter(metric -> metric.metricName().name().equals(TOTAL)
                                    && cause.label()
                                            .equals(metric.metricName().tags().get(CAUSE_TAG))
                                    && metric.metricValue() instanceof Double)
                            .mapToDouble(metric -> (Double) metric.metricValue())
                            .sum());
        }
        return totals;
    }
}

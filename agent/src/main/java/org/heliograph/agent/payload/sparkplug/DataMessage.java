package org.heliograph.agent.payload.sparkplug;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;

/** The values in a message, each beside what the birth said of its metric. A birth is one too. */
final class DataMessage {
    private final Payload payload;
    private final List<BornMetric> born;

    private DataMessage(Payload payload, List<BornMetric> born) {
        this.payload = payload;
        this.born = born;
    }

    /** All of it, before anything is judged: a doubt is more than a refusal. */
    static DataMessage resolve(EdgeNode node, SparkplugTopic topic, Payload payload) throws Doubt {
        List<BornMetric> born = new ArrayList<>(payload.getMetricsCount());
        for (Metric metric : payload.getMetricsList()) {
            born.add(resolve(node, topic, metric));
        }
        return new DataMessage(payload, born);
    }

    private static BornMetric resolve(EdgeNode node, SparkplugTopic topic, Metric metric) throws Doubt {
        if (metric.getName().isEmpty() && !metric.hasAlias()) {
            throw new Doubt("a metric with neither name nor alias");
        }
        BornMetric born = metric.getName().isEmpty()
                ? node.aliased(topic.device(), metric.getAlias())
                : node.named(topic.device(), metric.getName());
        if (born == null) {
            throw new Doubt((metric.getName().isEmpty()
                            ? "alias " + Long.toUnsignedString(metric.getAlias())
                            : Refusal.quoted(metric.getName()))
                    + " is in no birth of " + topic.speaker());
        }
        return born;
    }

    /** Whether it says something of a point. */
    boolean hasPoints() {
        return born.stream().anyMatch(metric -> metric.meaning() != null);
    }

    /** @param serial null where the device's birth told none */
    Decoded.Accepted readings(DeviceId device, @Nullable String serial, Instant arrival) throws Refusal {
        List<Metric> metrics = payload.getMetricsList();
        Samples samples = new Samples(device);
        int ofArrival = 0;
        for (int i = 0; i < metrics.size(); i++) {
            add(samples, born.get(i), metrics.get(i), arrival);
            ofArrival += MetricTime.isTold(metrics.get(i), payload) ? 0 : 1;
        }
        if (serial != null) {
            samples.serial(serial);
        }
        return new Decoded.Accepted(
                samples.readings().stream().toList(),
                ofArrival == 0 ? Stamp.DEVICE : ofArrival == metrics.size() ? Stamp.ARRIVAL : Stamp.MIXED);
    }

    private void add(Samples samples, BornMetric born, Metric metric, Instant arrival) throws Refusal {
        SparkplugNames.Metric meaning = born.meaning();
        if (meaning == null) {
            return;
        }
        int dataType = metric.hasDatatype() ? metric.getDatatype() : born.dataType();
        try {
            Optional<BigDecimal> number = MetricValue.number(metric, dataType);
            if (number.isEmpty()) {
                samples.absent();
                return;
            }
            long timeMillis = MetricTime.millis(metric, payload, arrival);
            if (MetricValue.isFlag(metric, dataType)) {
                samples.flag(meaning.point(), timeMillis, metric.getBooleanValue());
            } else {
                samples.number(meaning.point(), timeMillis, number.get(), born.unit());
            }
        } catch (Refusal refusal) {
            boolean isOfBirth = meaning.unit().isEmpty()
                    && meaning.point().unit().from(born.unit()).isEmpty();
            throw new Refusal(Refusal.quoted(born.name()) + ": " + refusal.reason()
                    + (isOfBirth ? ", as its birth says; name its unit under 'points' of sparkplug" : ""));
        }
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.util.List;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;

/**
 * What a birth says of a node's or a device's metrics. What is counted has to be of a length, too: a body has room for names
 * of a hundred thousand characters.
 */
record BirthCertificate(String device, List<Metric> metrics) {
    static final int METRIC_CHARACTERS_MAX = 256;
    static final int UNIT_CHARACTERS_MAX = 64;

    private static final String SERIAL = "serial";

    BirthCertificate {
        metrics = List.copyOf(metrics);
    }

    static BirthCertificate of(SparkplugTopic topic, Payload payload) {
        return new BirthCertificate(topic.device(), payload.getMetricsList());
    }

    /** Lets the node know. */
    void register(EdgeNode node, SparkplugNames names) throws Refusal {
        for (Metric metric : metrics) {
            node.define(device, born(metric, names), metric.hasAlias() ? metric.getAlias() : null);
            if (metric.getName().equals(SERIAL) && metric.hasStringValue()) {
                String serial = metric.getStringValue();
                // one that is too long stays so
                node.serial(device, serial.substring(0, Math.min(serial.length(), Samples.SERIAL_LENGTH_MAX + 1)));
            }
        }
    }

    private static BornMetric born(Metric metric, SparkplugNames names) throws Refusal {
        String name = metric.getName();
        if (name.isEmpty()) {
            throw new Refusal("a metric without a name in a birth");
        }
        if (name.length() > METRIC_CHARACTERS_MAX) {
            throw new Refusal(Refusal.quoted(name) + ": a name of more than " + METRIC_CHARACTERS_MAX + " characters");
        }
        SparkplugNames.Metric meaning = names.metric(name).orElse(null);
        String unit = meaning == null ? "" : meaning.unit().isEmpty() ? MetricValue.unit(metric) : meaning.unit();
        if (unit.length() > UNIT_CHARACTERS_MAX) {
            throw new Refusal(Refusal.quoted(name) + ": a unit of more than " + UNIT_CHARACTERS_MAX + " characters");
        }
        return new BornMetric(name, metric.getDatatype(), meaning, unit);
    }
}

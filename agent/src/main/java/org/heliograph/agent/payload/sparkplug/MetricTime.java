package org.heliograph.agent.payload.sparkplug;

import java.time.Instant;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.Series;

/** When a metric had its value, and when a message was sent. */
final class MetricTime {
    private MetricTime() {}

    /** As the metric or else its message says; the moment of its arrival where neither does. */
    static long millis(Metric metric, Payload payload, Instant arrival) throws Refusal {
        long told = told(metric, payload);
        if (!isTold(metric, payload)) {
            if (metric.getIsHistorical()) {
                throw new Refusal("historical, and without a time");
            }
            return arrival.toEpochMilli();
        }
        if (!Series.isTime(told)) {
            throw new Refusal("a time of " + told + " ms is out of range");
        }
        return told;
    }

    static boolean isTold(Metric metric, Payload payload) {
        long told = told(metric, payload);
        // a negative one is beyond any year: it is unsigned
        return told < 0 || Samples.isSet(Instant.ofEpochMilli(told));
    }

    private static long told(Metric metric, Payload payload) {
        return metric.hasTimestamp() ? metric.getTimestamp() : payload.getTimestamp();
    }

    /** As the message says, if it isn't ahead. */
    static Instant sent(Payload payload, Instant arrival) {
        Instant told = Instant.ofEpochMilli(payload.getTimestamp());
        return Samples.isSet(told) && !told.isAfter(arrival) ? told : arrival;
    }
}

package org.heliograph.agent.payload.sparkplug;

import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;

/**
 * Our names for theirs.
 *
 * @param devices by {@code group/node/device}, or {@code group/node} for what a node says of itself. One that isn't listed
 *     keeps the last part of its name
 * @param points by the metric's name. A metric that isn't listed is a point if it is named as one, and of no concern else
 */
public record SparkplugNames(Map<String, String> devices, Map<String, Metric> points) {
    /** Everything as it is called. */
    public static final SparkplugNames OURS = new SparkplugNames(Map.of(), Map.of());

    public SparkplugNames {
        devices = Map.copyOf(devices);
        points = Map.copyOf(points);
    }

    /** @param unit as SenML writes it; empty for the one that the birth tells, or the point's own */
    public record Metric(Point point, String unit) {}

    /** Empty when it can be no device's name. */
    Optional<String> device(SparkplugTopic topic) {
        String listed = devices.get(topic.speaker());
        String name = listed != null ? listed : topic.device().isEmpty() ? topic.node() : topic.device();
        return DeviceId.isName(name) ? Optional.of(name) : Optional.empty();
    }

    /** Whether the configuration names this very speaker. */
    boolean isListed(SparkplugTopic topic) {
        return devices.containsKey(topic.speaker());
    }

    Optional<Metric> metric(String name) {
        Metric listed = points.get(name);
        return listed != null ? Optional.of(listed) : Point.labelled(name).map(point -> new Metric(point, ""));
    }
}

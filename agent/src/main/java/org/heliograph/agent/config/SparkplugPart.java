package org.heliograph.agent.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code sparkplug} of a broker. */
final class SparkplugPart {
    private static final Duration REBIRTH_EVERY = Duration.ofSeconds(10);
    private static final Duration REBIRTH_EVERY_MIN = Duration.ofSeconds(1);

    private SparkplugPart() {}

    static AgentConfig.@Nullable Sparkplug read(Section broker) {
        if (!broker.has("sparkplug")) {
            return null;
        }
        Section section = broker.section("sparkplug");
        List<String> groups = section.list("groups", SparkplugPart::level);
        String host = section.optional("host", SparkplugPart::level).orElse(null);
        Duration rebirthEvery = section.duration("rebirthEvery", REBIRTH_EVERY);
        if (rebirthEvery.compareTo(REBIRTH_EVERY_MIN) < 0) {
            section.flaw("rebirthEvery", "is below " + REBIRTH_EVERY_MIN + ": a birth is a node's largest message");
        }
        SparkplugNames names = new SparkplugNames(devices(section), points(section));
        section.finish();
        return new AgentConfig.Sparkplug(groups, host, rebirthEvery, names);
    }

    private static Map<String, String> devices(Section section) {
        Map<String, String> devices = new HashMap<>();
        Section names = section.section("devices");
        for (String speaker : names.keys()) {
            int levels = speaker.split("/", -1).length;
            if (levels < 2 || levels > 3) {
                names.flaw(speaker, "is neither group/node nor group/node/device");
            }
            names.optional(speaker, MappingList::deviceName).ifPresent(ours -> {
                if (devices.containsValue(ours)) {
                    names.flaw(speaker, "'" + ours + "' is another device's name already");
                }
                devices.put(speaker, ours);
            });
        }
        names.finish();
        return devices;
    }

    private static Map<String, SparkplugNames.Metric> points(Section section) {
        Map<String, SparkplugNames.Metric> points = new HashMap<>();
        Section names = section.section("points");
        for (String metric : names.keys()) {
            Section field = names.section(metric);
            Point point = field.parsed("point", SparkplugPart::point, Point.POWER);
            String unit = field.text("unit", "");
            if (field.has("unit") && point.unit().from(unit).isEmpty()) {
                field.flaw("unit", "'" + unit + "' is no unit of " + point.label());
            }
            field.finish();
            points.put(metric, new SparkplugNames.Metric(point, unit));
        }
        names.finish();
        return points;
    }

    private static Point point(String label) {
        return Point.labelled(label).orElseThrow(() -> new IllegalArgumentException("'" + label + "' is not a point"));
    }

    private static String level(String text) {
        if (text.isEmpty() || text.contains("/") || text.contains("+") || text.contains("#")) {
            throw new IllegalArgumentException("'" + text + "' is not one level of a topic");
        }
        return text;
    }
}

package org.heliograph.agent.config;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.heliograph.agent.payload.json.Factor;
import org.heliograph.agent.payload.json.NameTemplate;
import org.heliograph.agent.payload.json.Pointer;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.agent.payload.json.TimeField;
import org.heliograph.agent.payload.json.TopicPattern;
import org.heliograph.telemetry.quantity.Scale;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code mappings} of a broker: rules of one's own, and the names of those that ship with the agent. */
final class MappingList {
    private static final String READY = "/heliograph/mappings.yaml";
    private static final TopicPattern NO_TOPIC = new TopicPattern("none");
    private static final NameTemplate DEVICE = new NameTemplate("{device}");
    private static final Pointer ALL = new Pointer("");

    private MappingList() {}

    static List<Rule> read(Section broker) {
        List<Rule> rules = new ArrayList<>();
        List<Section> sections = broker.sections("mappings");
        if (!sections.isEmpty()) {
            Map<String, List<Rule>> ready = ready();
            for (Section section : sections) {
                rules.addAll(section.has("use") ? used(section, ready) : own(section));
                section.finish();
            }
        }
        return rules;
    }

    /** The mappings that ship with the agent, by name. */
    static Map<String, List<Rule>> ready() {
        Flaws flaws = new Flaws();
        Map<String, List<Rule>> ready = new LinkedHashMap<>();
        Section top = Section.ofResource(MappingList.class, READY, flaws);
        for (Section mapping : top.sections("mappings")) {
            List<Rule> rules = new ArrayList<>();
            for (Section rule : mapping.sections("rules")) {
                rules.addAll(own(rule));
                rule.finish();
            }
            ready.put(mapping.text("mapping"), rules);
            mapping.finish();
        }
        top.finish();
        try {
            flaws.throwIfAny();
        } catch (ConfigurationException e) {
            throw new IllegalStateException("the agent's own mappings are wrong", e);
        }
        return ready;
    }

    private static List<Rule> used(Section section, Map<String, List<Rule>> ready) {
        List<Rule> rules = section.parsed(
                "use",
                name -> {
                    List<Rule> found = ready.get(name);
                    if (found == null) {
                        throw new IllegalArgumentException("'" + name + "' is no mapping that ships with the agent: "
                                + String.join(" ", ready.keySet()));
                    }
                    return found;
                },
                List.of());
        Map<String, String> devices = devices(section);
        ZoneId zone = zone(section);
        if (zone != null && rules.stream().noneMatch(MappingList::hasLocalTime) && !rules.isEmpty()) {
            section.flaw("zone", "is of no use: this mapping has no local times");
        }
        return rules.stream().map(rule -> with(rule, devices, zone)).toList();
    }

    private static boolean hasLocalTime(Rule rule) {
        TimeField time = rule.time();
        return time != null && time.form() == TimeField.Form.LOCAL;
    }

    static Rule with(Rule rule, Map<String, String> devices, @Nullable ZoneId zone) {
        TimeField time = rule.time();
        return new Rule(
                rule.topic(),
                rule.device(),
                devices,
                rule.points(),
                time == null ? null : new TimeField(time.at(), time.form(), zone),
                rule.condition(),
                rule.serial(),
                rule.optional());
    }

    /** One rule for the points that share a topic, one more for each that has a topic of its own below it. */
    private static List<Rule> own(Section section) {
        TopicPattern topic = section.parsed("topic", TopicPattern::new, NO_TOPIC);
        NameTemplate device = section.optional("device", NameTemplate::new).orElse(DEVICE);
        if (!topic.equals(NO_TOPIC)) {
            for (String name : device.names()) {
                if (!topic.names().contains(name)) {
                    section.flaw(
                            section.has("device") ? "device" : "topic",
                            "the topic has no level {" + name + "}"
                                    + (section.has("device") ? "" : ", which is the device's name; or say 'device'"));
                }
            }
        }
        Map<String, String> devices = devices(section);
        requireName(section, device, devices);
        TimeField time = time(section);
        Rule.Condition condition = condition(section);
        Pointer serial = section.optional("serial", Pointer::new).orElse(null);
        boolean optional = section.flag("optional", false);
        Map<TopicPattern, List<Rule.MappedPoint>> byTopic = new LinkedHashMap<>();
        Section points = section.section("points");
        if (points.keys().isEmpty()) {
            section.flaw("points", section.has("points") ? "needs at least one point" : "is missing");
        }
        for (String label : points.keys()) {
            Section field = points.section(label);
            Point point = Point.labelled(label).orElse(null);
            if (point == null) {
                points.flaw(label, "is not a point");
                continue;
            }
            TopicPattern below = field.optional("topic", text -> new TopicPattern(topic.text() + "/" + text))
                    .orElse(topic);
            byTopic.computeIfAbsent(below, _ -> new ArrayList<>()).add(point(field, point));
            field.finish();
        }
        points.finish();
        List<Rule> rules = new ArrayList<>();
        byTopic.forEach((below, mapped) ->
                rules.add(new Rule(below, device, devices, mapped, time, condition, serial, optional)));
        return rules;
    }

    /** What makes no device's name may only be one that {@code devices} translates. */
    private static void requireName(Section section, NameTemplate device, Map<String, String> devices) {
        if (section.keys().contains("devices")) {
            if (device.names().isEmpty() && !devices.isEmpty() && !devices.containsKey(device.text())) {
                section.flaw("devices", "lists no '" + device.text() + "', which is what 'device' says");
            }
        } else {
            device.fault().ifPresent(message -> section.flaw("device", message));
        }
    }

    private static Rule.MappedPoint point(Section field, Point point) {
        Pointer at = field.optional("at", Pointer::new).orElse(ALL);
        Factor factor = field.optional("factor", Factor::parse).orElse(Factor.ONE);
        Scale scale = field.optional(
                        "unit",
                        unit -> point.unit()
                                .from(unit)
                                .orElseThrow(() -> new IllegalArgumentException("'" + unit + "' is no unit of "
                                        + point.label() + ", which is in "
                                        + (point.unit().symbol().isEmpty()
                                                ? "none"
                                                : point.unit().symbol()))))
                .orElse(Scale.ONE);
        Map<String, Integer> words = new HashMap<>();
        Section named = field.section("words");
        for (String word : named.keys()) {
            int number = named.integer(word, 0, -1_000_000, 1_000_000);
            Integer other = words.put(word.toLowerCase(Locale.ROOT), number);
            if (other != null && other != number) {
                named.flaw(word, "is there with another number, and its case doesn't matter");
            }
        }
        named.finish();
        if (!words.isEmpty() && point.isRegister()) {
            field.flaw("words", "a register is a number");
        }
        boolean sum = field.flag("sum", false);
        if (sum && !words.isEmpty()) {
            field.flaw("sum", "words have none");
        }
        return new Rule.MappedPoint(point, at, factor.times(scale), words, sum);
    }

    private static Map<String, String> devices(Section section) {
        Map<String, String> devices = new HashMap<>();
        Section names = section.section("devices");
        for (String theirs : names.keys()) {
            names.optional(theirs, MappingList::deviceName).ifPresent(ours -> {
                if (devices.containsValue(ours)) {
                    names.flaw(theirs, "'" + ours + "' is another device's name already");
                }
                devices.put(theirs, ours);
            });
        }
        names.finish();
        return devices;
    }

    static String deviceName(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a device's name");
        }
        return text;
    }

    private static @Nullable TimeField time(Section section) {
        ZoneId zone = zone(section);
        if (!section.has("time")) {
            if (zone != null) {
                section.flaw("zone", "is of no use without a time");
            }
            return null;
        }
        Section time = section.section("time");
        Pointer at = time.parsed("at", Pointer::new, ALL);
        TimeField.Form form = time.parsed("form", MappingList::form, TimeField.Form.ISO);
        time.finish();
        if (zone != null && form != TimeField.Form.LOCAL) {
            section.flaw("zone", "is of no use: only local times have one");
        }
        return new TimeField(at, form, zone);
    }

    private static TimeField.Form form(String text) {
        for (TimeField.Form form : TimeField.Form.values()) {
            if (form.name().toLowerCase(Locale.ROOT).equals(text)) {
                return form;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is none of seconds, milliseconds, iso, local");
    }

    private static @Nullable ZoneId zone(Section section) {
        return section.optional("zone", text -> {
                    try {
                        return ZoneId.of(text);
                    } catch (DateTimeException _) {
                        throw new IllegalArgumentException(
                                "'" + text + "' is not a time zone such as Africa/Casablanca");
                    }
                })
                .orElse(null);
    }

    private static Rule.@Nullable Condition condition(Section section) {
        if (!section.has("when")) {
            return null;
        }
        Section when = section.section("when");
        Pointer at = when.parsed("at", Pointer::new, ALL);
        String equals = when.text("equals");
        when.finish();
        return new Rule.Condition(at, equals);
    }
}

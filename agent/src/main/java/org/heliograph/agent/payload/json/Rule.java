package org.heliograph.agent.payload.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of message becomes readings of one device. Several rules may apply to one message: each to a device of
 * its own, or each to a part of the points.
 *
 * @param device its name, by what the topic says
 * @param devices our names for theirs; empty when theirs are ours
 * @param time where the time is; null when a message has none, and so is of the moment of its arrival
 * @param condition what else must hold for the rule to apply; null for nothing
 * @param serial where the serial number is; null when it isn't told
 * @param optional whether a message without any of the points is in order
 */
public record Rule(
        TopicPattern topic,
        NameTemplate device,
        Map<String, String> devices,
        List<MappedPoint> points,
        @Nullable TimeField time,
        @Nullable Condition condition,
        @Nullable Pointer serial,
        boolean optional) {
    public Rule {
        devices = Map.copyOf(devices);
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a rule without points");
        }
    }

    /** Holds when the document has that text, that number or {@code true} there. */
    public record Condition(Pointer at, String equals) {}

    /**
     * A point's place.
     *
     * @param words numbers for what the device says in words, in lower case; empty for a point that is a number. Where one of
     *     them is a number, or {@code true} or {@code false}, what the device says in such isn't taken as it is either
     * @param sum whether an array of numbers is their sum, as of a meter's phases; else it is none of the point's values
     */
    public record MappedPoint(Point point, Pointer at, Factor factor, Map<String, Integer> words, boolean sum) {
        private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

        public MappedPoint {
            words = Map.copyOf(words);
        }

        public MappedPoint(Point point, Pointer at, Factor factor, Map<String, Integer> words) {
            this(point, at, factor, words, false);
        }

        boolean listsNumbers() {
            return words.keySet().stream().anyMatch(word -> NUMBER.matcher(word).matches());
        }

        boolean listsFlags() {
            return words.containsKey("true") || words.containsKey("false");
        }
    }

    /** Our name for the device that a topic names; empty when the configuration lists devices, and not this one. */
    Optional<String> deviceOf(Map<String, String> names) {
        String theirs = device.fill(names);
        return devices.isEmpty() ? Optional.of(theirs) : Optional.ofNullable(devices.get(theirs));
    }

    /** Whether the times that its messages tell are local, of nobody knows where. */
    public boolean lacksZone() {
        return time != null && time.form() == TimeField.Form.LOCAL && time.zone() == null;
    }

    Set<String> pointers() {
        return Stream.of(
                        points.stream().map(MappedPoint::at),
                        Stream.ofNullable(time).map(TimeField::at),
                        Stream.ofNullable(condition).map(Condition::at),
                        Stream.ofNullable(serial))
                .flatMap(s -> s)
                .map(Pointer::text)
                .collect(Collectors.toSet());
    }
}

package org.heliograph.agent.payload.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Topics, with names for what differs between them: {@code solar/{serial}/0/power}. A name stands for one level.
 *
 * @param text as it was written
 */
public record TopicPattern(String text) {
    private static final Pattern NAME = Pattern.compile("\\{[a-zA-Z][a-zA-Z0-9]*}");

    /** @throws IllegalArgumentException with a sentence, if the text is no pattern */
    public TopicPattern {
        Set<String> names = new HashSet<>();
        if (text.isEmpty() || text.indexOf(0) >= 0) {
            throw new IllegalArgumentException("'" + text + "' is not a topic");
        }
        if (text.startsWith("$share/")) {
            throw new IllegalArgumentException("'" + text + "' is a shared subscription, which no message's topic is");
        }
        for (String level : levels(text)) {
            if (isName(level)) {
                if (!names.add(level)) {
                    throw new IllegalArgumentException("'" + text + "' has " + level + " twice");
                }
            } else if (level.contains("+") || level.contains("#")) {
                throw new IllegalArgumentException(
                        "'" + text + "' has a wildcard; give the level a name, such as {device}");
            } else if (level.contains("{") || level.contains("}")) {
                throw new IllegalArgumentException("'" + text + "': a name such as {device} is a level of its own");
            }
        }
    }

    /** What to subscribe to. */
    public String filter() {
        List<String> levels = new ArrayList<>();
        for (String level : levels(text)) {
            levels.add(isName(level) ? "+" : level);
        }
        return String.join("/", levels);
    }

    /** The names, without their braces. */
    public Set<String> names() {
        Set<String> names = new HashSet<>();
        for (String level : levels(text)) {
            if (isName(level)) {
                names.add(bare(level));
            }
        }
        return names;
    }

    /** What the names stand for in a topic; empty when it is another topic. */
    public Optional<Map<String, String>> match(String topic) {
        String[] expected = levels(text);
        String[] found = levels(topic);
        if (expected.length != found.length) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < expected.length; i++) {
            if (isName(expected[i])) {
                values.put(bare(expected[i]), found[i]);
            } else if (!expected[i].equals(found[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static String[] levels(String topic) {
        return topic.split("/", -1);
    }

    private static boolean isName(String level) {
        return NAME.matcher(level).matches();
    }

    private static String bare(String level) {
        return level.substring(1, level.length() - 1);
    }
}

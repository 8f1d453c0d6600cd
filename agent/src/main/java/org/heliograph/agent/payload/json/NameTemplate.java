package org.heliograph.agent.payload.json;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.telemetry.reading.DeviceId;

/** A device's name made of what a topic says: {@code {device}-0}. */
public record NameTemplate(String text) {
    private static final Pattern NAME = Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9]*)}");

    public Set<String> names() {
        Set<String> names = new HashSet<>();
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** Why it makes no device's name, whatever the topic says; empty where it may. */
    public Optional<String> fault() {
        Matcher matcher = NAME.matcher(text);
        if (matcher.replaceAll("").matches("(?s).*[{}].*")) {
            return Optional.of("'" + text + "': a name of the topic is written {like} this");
        }
        String made = matcher.replaceAll("x"); // the shortest that it can make
        return DeviceId.isName(made) ? Optional.empty() : Optional.of("'" + text + "' makes no device's name");
    }

    String fill(Map<String, String> values) {
        return NAME.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
    }
}

package org.heliograph.agent.source.mqtt;

import java.util.List;
import org.heliograph.agent.config.TopicFilter;

/** A filter that was subscribed to. */
final class Filter {
    private final List<String> levels;

    Filter(String text) {
        levels = List.of(TopicFilter.unshared(text).split("/", -1));
    }

    /** As a broker sees it (MQTT 5, 4.7 and 4.8.2). */
    boolean matches(String topic) {
        if (topic.startsWith("$") && isWildcard(levels.getFirst())) {
            return false;
        }
        int start = 0;
        for (String level : levels) {
            if (level.equals("#")) {
                return true;
            }
            if (start > topic.length()) {
                return false;
            }
            int slash = topic.indexOf('/', start);
            int end = slash < 0 ? topic.length() : slash;
            if (!level.equals("+") && !(level.length() == end - start && topic.startsWith(level, start))) {
                return false;
            }
            start = end + 1;
        }
        return start > topic.length();
    }

    private static boolean isWildcard(String level) {
        return level.equals("+") || level.equals("#");
    }
}

package org.heliograph.agent.config;

import java.nio.charset.StandardCharsets;

/** What MQTT lets one subscribe to (MQTT 5, 4.7): a broker answers another one by closing the connection. */
public final class TopicFilter {
    private static final int BYTES_MAX = 65_535;
    private static final String SHARED = "$share/";

    private TopicFilter() {}

    /** The same topics, whoever shares them. */
    public static String unshared(String text) {
        return text.startsWith(SHARED) ? text.substring(text.indexOf('/', SHARED.length()) + 1) : text;
    }

    /** @throws IllegalArgumentException with a sentence, if it is none */
    static String require(String text) {
        String filter = text;
        if (text.startsWith(SHARED)) {
            int end = text.indexOf('/', SHARED.length());
            String group = end < 0 ? "" : text.substring(SHARED.length(), end);
            if (group.isEmpty() || group.contains("+") || group.contains("#")) {
                throw new IllegalArgumentException("'" + text + "' is not $share/group/filter");
            }
            filter = text.substring(end + 1);
        }
        if (filter.isEmpty() || text.indexOf(0) >= 0 || text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new IllegalArgumentException("'" + text + "' is not a topic filter");
        }
        String[] levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            if (levels[i].contains("#") && (levels[i].length() > 1 || i < levels.length - 1)) {
                throw new IllegalArgumentException("'" + text + "': # is a level of its own, and the last one");
            }
            if (levels[i].contains("+") && levels[i].length() > 1) {
                throw new IllegalArgumentException("'" + text + "': + is a level of its own");
            }
        }
        return text;
    }
}

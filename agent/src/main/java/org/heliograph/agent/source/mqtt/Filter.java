package org.heliograph.agent.source.mqtt;

/** A filter that was subscribed to. */
record Filter(String text) {
    private static final String SHARED = "$share/";

    /** As a broker sees it (MQTT 5, 4.7 and 4.8.2). */
    boolean matches(String topic) {
        String[] levels = bare().split("/", -1);
        String[] found = topic.split("/", -1);
        if (topic.startsWith("$") && isWildcard(levels[0])) {
            return false;
        }
        for (int i = 0; i < levels.length; i++) {
            if (levels[i].equals("#")) {
                return true;
            }
            if (i >= found.length || (!levels[i].equals("+") && !levels[i].equals(found[i]))) {
                return false;
            }
        }
        return levels.length == found.length;
    }

    private String bare() {
        return text.startsWith(SHARED) ? text.substring(text.indexOf('/', SHARED.length()) + 1) : text;
    }

    private static boolean isWildcard(String level) {
        return level.equals("+") || level.equals("#");
    }
}

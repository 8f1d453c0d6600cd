package org.heliograph.agent.health;

import java.util.HashSet;
import java.util.Set;

/** Metrics as Prometheus reads them (text format 0.0.4). All samples of a name are to be added together. */
public final class Exposition {
    /** What the answer says of itself. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4_096);
    private final Set<String> described = new HashSet<>();

    /** @param labels names and values in turn */
    public Exposition counter(String name, String help, long value, String... labels) {
        return sample("counter", name, help, Long.toString(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition counter(String name, String help, double value, String... labels) {
        return sample("counter", name, help, Double.toString(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition gauge(String name, String help, long value, String... labels) {
        return sample("gauge", name, help, Long.toString(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition gauge(String name, String help, double value, String... labels) {
        return sample("gauge", name, help, Double.toString(value), labels);
    }

    private Exposition sample(String type, String name, String help, String value, String... labels) {
        if (described.add(name)) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            text.append('"');
        }
        if (labels.length > 0) {
            text.append('}');
        }
        text.append(' ').append(value).append('\n');
        return this;
    }

    private void escape(String label) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

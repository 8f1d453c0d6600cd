package org.heliograph.telemetry;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics as Prometheus reads them (text format 0.0.4). It takes the samples of a name together only, in whatever order
 * they are given here, and refuses all of them where a label isn't quoted.
 */
public final class Exposition {
    /** What the answer says of itself. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Beyond it a whole number isn't exact, and is written as what it is. */
    private static final double WHOLE_MAX = 1e15;

    private static final double MILLIS_PER_SECOND = 1_000;

    private final Map<String, StringBuilder> families = new LinkedHashMap<>();

    /** @param labels names and values in turn */
    public Exposition counter(String name, String help, long value, String... labels) {
        return sample("counter", name, help, Long.toString(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition counter(String name, String help, double value, String... labels) {
        return sample("counter", name, help, number(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition gauge(String name, String help, long value, String... labels) {
        return sample("gauge", name, help, Long.toString(value), labels);
    }

    /** @param labels names and values in turn */
    public Exposition gauge(String name, String help, double value, String... labels) {
        return sample("gauge", name, help, number(value), labels);
    }

    /** What there is to say of any process under the names that all use: one that starts again and again is seen by them. */
    public Exposition process() {
        gauge(
                "process_start_time_seconds",
                "When the process started, since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu -> counter(
                        "process_cpu_seconds_total", "Processor time used.", cpu.toMillis() / MILLIS_PER_SECOND));
        Runtime runtime = Runtime.getRuntime();
        gauge("jvm_memory_used_bytes", "Heap in use.", runtime.totalMemory() - runtime.freeMemory());
        return gauge("jvm_memory_max_bytes", "Heap at most.", runtime.maxMemory());
    }

    private Exposition sample(String type, String name, String help, String value, String... labels) {
        StringBuilder family = families.computeIfAbsent(
                name, _ -> new StringBuilder("# HELP " + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n'));
        family.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            family.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1], family);
            family.append('"');
        }
        if (labels.length > 0) {
            family.append('}');
        }
        family.append(' ').append(value).append('\n');
        return this;
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < WHOLE_MAX
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static void escape(String label, StringBuilder to) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            switch (c) {
                case '\\' -> to.append("\\\\");
                case '"' -> to.append("\\\"");
                case '\n' -> to.append("\\n");
                default -> to.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return String.join("", families.values());
    }
}

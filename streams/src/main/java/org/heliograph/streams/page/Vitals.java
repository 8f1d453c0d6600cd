package org.heliograph.streams.page;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the process is: for {@code /health} and, in Prometheus' text format, {@code /metrics}.
 *
 * @param parts what runs here and how it is, one word or sentence each; "ok" when well
 * @param gauges numbers of the moment
 */
public record Vitals(Map<String, String> parts, List<Gauge> gauges) {
    public static final String OK = "ok";

    public Vitals {
        parts = Map.copyOf(parts);
        gauges = List.copyOf(gauges);
    }

    /** @param name with its unit last, as Prometheus wants it */
    public record Gauge(String name, String help, Kind kind, double value) {}

    /** Prometheus' own kinds. */
    public enum Kind {
        GAUGE,
        COUNTER
    }

    boolean isWell() {
        return parts.values().stream().allMatch(OK::equals);
    }

    String metrics() {
        StringBuilder text = new StringBuilder();
        for (Gauge gauge : gauges) {
            text.append("# HELP ").append(gauge.name()).append(' ').append(gauge.help());
            text.append("\n# TYPE ").append(gauge.name()).append(' ');
            text.append(gauge.kind().name().toLowerCase(Locale.ROOT)).append('\n');
            text.append(gauge.name()).append(' ').append(number(gauge.value())).append('\n');
        }
        return text.toString();
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}

package org.heliograph.streams.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the process is: for {@code /health} and, in Prometheus' text format, {@code /metrics}.
 *
 * @param parts what runs here and how it is, one word or sentence each; "ok" when well
 * @param gauges numbers of the moment
 */
public record Vitals(Map<String, String> parts, List<Gauge> gauges) {
    public static final String OK = "ok";

    /** The media type of the metrics. */
    public static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final JsonFactory JSON = new JsonFactory();

    public Vitals {
        parts = Map.copyOf(parts);
        gauges = List.copyOf(gauges);
    }

    /**
     * One number. Those of one name stand together.
     *
     * @param name with its unit last, as Prometheus wants it
     * @param labels words that need no quoting
     */
    public record Gauge(String name, String help, Kind kind, Map<String, String> labels, double value) {
        public Gauge {
            labels = Map.copyOf(labels);
        }

        public Gauge(String name, String help, Kind kind, double value) {
            this(name, help, kind, Map.of(), value);
        }

        private String series() {
            return labels.isEmpty()
                    ? name
                    : new TreeMap<>(labels)
                            .entrySet().stream()
                                    .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
                                    .collect(Collectors.joining(",", name + '{', "}"));
        }
    }

    /** Prometheus' own kinds. */
    public enum Kind {
        GAUGE,
        COUNTER
    }

    public boolean isWell() {
        return parts.values().stream().allMatch(OK::equals);
    }

    /** @param inDetail whether the parts are told too: what is wrong with them is for those who may know */
    public String json(boolean inDetail) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isWell() ? "up" : "down");
            if (inDetail) {
                json.writeObjectFieldStart("parts");
                for (Map.Entry<String, String> part : new TreeMap<>(parts).entrySet()) {
                    json.writeStringField(part.getKey(), part.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    public String metrics() {
        StringBuilder text = new StringBuilder();
        String told = "";
        for (Gauge gauge : gauges) {
            if (!gauge.name().equals(told)) {
                told = gauge.name();
                text.append("# HELP ").append(told).append(' ').append(gauge.help());
                text.append("\n# TYPE ").append(told).append(' ');
                text.append(gauge.kind().name().toLowerCase(Locale.ROOT)).append('\n');
            }
            text.append(gauge.series())
                    .append(' ')
                    .append(number(gauge.value()))
                    .append('\n');
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

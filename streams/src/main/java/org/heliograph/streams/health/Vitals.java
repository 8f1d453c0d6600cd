package org.heliograph.streams.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.heliograph.telemetry.Exposition;

/**
 * How the process is: for {@code /health} and, in Prometheus' text format, {@code /metrics}.
 *
 * @param parts what runs here and how it is, one word or sentence each; "ok" when well
 * @param gauges numbers of the moment
 */
public record Vitals(Map<String, String> parts, List<Gauge> gauges) {
    public static final String OK = "ok";

    /** The media type of the metrics. */
    public static final String PROMETHEUS = Exposition.CONTENT_TYPE;

    private static final JsonFactory JSON = new JsonFactory();

    public Vitals {
        parts = Map.copyOf(parts);
        gauges = List.copyOf(gauges);
    }

    /**
     * One number.
     *
     * @param name with its unit last, as Prometheus wants it
     */
    public record Gauge(String name, String help, Kind kind, Map<String, String> labels, double value) {
        public Gauge {
            labels = Map.copyOf(labels);
        }

        public Gauge(String name, String help, Kind kind, double value) {
            this(name, help, kind, Map.of(), value);
        }

        private String[] inTurn() {
            return new TreeMap<>(labels)
                    .entrySet().stream()
                            .flatMap(label -> Stream.of(label.getKey(), label.getValue()))
                            .toArray(String[]::new);
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
        Exposition to = new Exposition();
        for (Gauge gauge : gauges) {
            String[] labels = gauge.inTurn();
            switch (gauge.kind()) {
                case GAUGE -> to.gauge(gauge.name(), gauge.help(), gauge.value(), labels);
                case COUNTER -> to.counter(gauge.name(), gauge.help(), gauge.value(), labels);
            }
        }
        return to.process().toString();
    }
}

package org.heliograph.streams.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the process is: for {@code /health} and {@code /metrics}.
 *
 * @param parts what runs here and how it is, one word or sentence each; "ok" when well
 * @param metrics numbers of the moment, as {@link org.heliograph.telemetry.Exposition} writes them
 */
public record Vitals(Map<String, String> parts, String metrics) {
    public static final String OK = "ok";

    private static final JsonFactory JSON = new JsonFactory();

    public Vitals {
        parts = Map.copyOf(parts);
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
}

package org.heliograph.streams.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;

/** Alerts as JSON. */
final class AlertJson {
    private static final JsonFactory JSON = new JsonFactory();

    private AlertJson() {}

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** One, under the names that InfluxDB has. */
    static String of(Alert alert) {
        return text(json -> {
            json.writeStartObject();
            json.writeStringField("site", alert.getSite());
            json.writeStringField("device", alert.getDevice());
            json.writeStringField("rule", alert.getRule());
            json.writeStringField("severity", alert.getSeverity());
            json.writeStringField("state", alert.getState().name().toLowerCase(Locale.ROOT));
            json.writeStringField("message", alert.getMessage());
            if (Double.isFinite(alert.getValue())) {
                json.writeNumberField("value", alert.getValue());
            }
            json.writeNumberField("time_ms", alert.getTimeMs());
            json.writeEndObject();
        });
    }

    /**
     * As an Alertmanager takes them ({@code POST /api/v2/alerts}): one that is raised ends ahead, unless it is said again;
     * without that it would end by the Alertmanager's own patience, as resolved.
     *
     * @param begun when each was raised, by its key, where that is known
     * @param end when they end
     */
    static String forAlertmanager(List<Alert> alerts, Map<String, Long> begun, ToLongFunction<Alert> end) {
        return text(json -> {
            json.writeStartArray();
            for (Alert alert : alerts) {
                boolean raised = alert.getState() == AlertState.RAISED;
                Long since = begun.get(Relay.key(alert));
                json.writeStartObject();
                json.writeObjectFieldStart("labels");
                json.writeStringField("alertname", alert.getRule());
                json.writeStringField("site", alert.getSite());
                if (!alert.getDevice().isEmpty()) {
                    json.writeStringField("device", alert.getDevice());
                }
                json.writeStringField("severity", alert.getSeverity());
                json.writeEndObject();
                json.writeObjectFieldStart("annotations");
                json.writeStringField("summary", alert.getMessage());
                json.writeStringField("value", Double.toString(alert.getValue()));
                json.writeEndObject();
                if (raised || since != null) {
                    long startMillis = since == null ? alert.getTimeMs() : since;
                    json.writeStringField(
                            "startsAt", Instant.ofEpochMilli(startMillis).toString());
                }
                json.writeStringField(
                        "endsAt", Instant.ofEpochMilli(end.applyAsLong(alert)).toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static String text(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}

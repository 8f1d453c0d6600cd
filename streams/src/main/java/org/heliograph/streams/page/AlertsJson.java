package org.heliograph.streams.page;

import java.time.Instant;
import java.util.List;
import org.heliograph.telemetry.wire.v1.Alert;

/** The alerts that stand at a site as JSON. */
final class AlertsJson {
    private AlertsJson() {}

    /**
     * @param standing how many there are, told or not
     * @param judged whether there would be any where something is wrong
     */
    static String of(String site, Instant now, List<Alert> alerts, int standing, Judged judged) {
        return FigureJson.object(json -> {
            json.writeStringField("site", site);
            json.writeNumberField("server_ms", now.toEpochMilli());
            json.writeNumberField("standing", standing);
            json.writeStringField("judged", judged.label());
            json.writeArrayFieldStart("alerts");
            for (Alert alert : alerts) {
                FigureJson.message(json, alert);
            }
            json.writeEndArray();
        });
    }
}

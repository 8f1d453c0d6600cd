package org.heliograph.streams.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.heliograph.telemetry.quantity.Micrograms;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * The figures as JSON, under the names that InfluxDB has for them: energies in kWh, masses in kg, powers in W, times in
 * epoch milliseconds. An absent figure is an absent field.
 */
final class FigureJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** What the page doesn't draw: dozens of meters in each of a day's windows. */
    private static final int LEFT_OUT = SiteWindow.BRANCHES_FIELD_NUMBER;

    private static final Duration ZONE_BEHIND = Duration.ofDays(400);
    private static final Duration ZONE_AHEAD = Duration.ofDays(400);

    private FigureJson() {}

    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    static String sites(List<String> sites) {
        return object(json -> {
            json.writeArrayFieldStart("sites");
            for (String site : sites) {
                json.writeString(site);
            }
            json.writeEndArray();
        });
    }

    /** @param zone the site's, once its model is known */
    static String now(
            String site,
            Instant now,
            Optional<ZoneId> zone,
            Optional<SiteLive> live,
            Optional<SiteWindow> quarter,
            Optional<SiteWindow> day) {
        return object(json -> {
            json.writeStringField("site", site);
            json.writeNumberField("server_ms", now.toEpochMilli());
            if (zone.isPresent()) {
                json.writeFieldName("zone");
                zone(json, zone.get(), now);
            }
            if (live.isPresent()) {
                json.writeFieldName("live");
                message(json, live.get());
            }
            if (quarter.isPresent()) {
                json.writeFieldName("quarter");
                message(json, quarter.get());
            }
            if (day.isPresent()) {
                json.writeFieldName("day");
                message(json, day.get());
            }
        });
    }

    /** A browser's own rules may be years old: it is told what the clocks on site show, and from when. */
    private static void zone(JsonGenerator json, ZoneId zone, Instant now) throws IOException {
        ZoneRules rules = zone.getRules();
        Instant from = now.minus(ZONE_BEHIND);
        json.writeStartObject();
        json.writeStringField("name", zone.getId());
        json.writeArrayFieldStart("offsets");
        while (true) {
            json.writeStartObject();
            json.writeNumberField("from_ms", from.toEpochMilli());
            json.writeNumberField("offset_s", rules.getOffset(from).getTotalSeconds());
            json.writeEndObject();
            ZoneOffsetTransition next = rules.nextTransition(from);
            if (next == null || next.getInstant().isAfter(now.plus(ZONE_AHEAD))) {
                break;
            }
            from = next.getInstant();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static String history(String site, String length, Instant now, List<SiteWindow> windows) {
        return object(json -> {
            json.writeStringField("site", site);
            json.writeStringField("window", length);
            json.writeNumberField("server_ms", now.toEpochMilli());
            json.writeArrayFieldStart("windows");
            for (SiteWindow window : windows) {
                message(json, window);
            }
            json.writeEndArray();
        });
    }

    /** One message beside the server's time, under a name. */
    static String event(String name, Message message, Instant now) {
        return object(json -> {
            json.writeNumberField("server_ms", now.toEpochMilli());
            json.writeFieldName(name);
            message(json, message);
        });
    }

    static String beat(Instant now) {
        return object(json -> json.writeNumberField("server_ms", now.toEpochMilli()));
    }

    static String object(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static void message(JsonGenerator json, Message message) throws IOException {
        json.writeStartObject();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (message instanceof SiteWindow && field.getNumber() == LEFT_OUT) {
                continue;
            }
            if (field.isRepeated()) {
                json.writeArrayFieldStart(field.getName());
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    message(json, (Message) message.getRepeatedField(field, i));
                }
                json.writeEndArray();
            } else if (!field.hasPresence() || message.hasField(field)) {
                figure(json, field.getName(), message.getField(field));
            }
        }
        json.writeEndObject();
    }

    private static void figure(JsonGenerator json, String name, Object value) throws IOException {
        switch (value) {
            case Long millijoules
            when name.endsWith("_mj") ->
                json.writeNumberField(unit(name, "_mj", "_kwh"), new Millijoules(millijoules).kilowattHours());
            case Long micrograms
            when name.endsWith("_ug") ->
                json.writeNumberField(unit(name, "_ug", "_kg"), new Micrograms(micrograms).kilograms());
            case Long number -> json.writeNumberField(name, number);
            case Integer number -> json.writeNumberField(name, number);
            case Double number when Double.isFinite(number) -> json.writeNumberField(name, number);
            case Boolean flag -> json.writeBooleanField(name, flag);
            case String text when !text.isEmpty() -> json.writeStringField(name, text);
            case EnumValueDescriptor word
            when word.getNumber() != 0 ->
                json.writeStringField(name, word.getName().toLowerCase(Locale.ROOT));
            default -> {} // not a number, not said: absent
        }
    }

    private static String unit(String name, String wire, String edge) {
        return name.substring(0, name.length() - wire.length()) + edge;
    }
}

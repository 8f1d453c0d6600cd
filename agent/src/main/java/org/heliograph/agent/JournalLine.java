package org.heliograph.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.intake.time.Restamping;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.PackCodec;

/** An entry of a journal as a line of JSON, for people and scripts. */
final class JournalLine {
    private static final JsonFactory JSON = new JsonFactory();

    private JournalLine() {}

    static String kind(Entry entry) {
        return entry.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a pack says; empty for a dead letter, and for what can't be read. */
    static Optional<Dispatch> dispatch(Entry entry) {
        return entry.kind() == Entry.Kind.DEAD_LETTER ? Optional.empty() : PackCodec.read(entry.value());
    }

    static String of(Stored stored) {
        StringWriter line = new StringWriter();
        Entry entry = stored.entry();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("offset", stored.offset());
            json.writeStringField("kind", kind(entry));
            json.writeStringField("key", entry.key());
            boolean isHeld = entry.kind() == Entry.Kind.HELD;
            json.writeFieldName(isHeld ? "up" : "time");
            writeTime(entry.timestampMillis(), isHeld, json);
            for (Map.Entry<String, String> header : entry.headers().entrySet()) {
                json.writeStringField(header.getKey(), header.getValue());
            }
            Optional<Dispatch> dispatch = dispatch(entry);
            if (dispatch.isPresent()) {
                write(dispatch.get(), isHeld, json);
            } else {
                json.writeBinaryField("bytes", entry.value());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    /** All that is known of an entry that is held is how long its machine had been up, in milliseconds. */
    private static void writeTime(long millis, boolean isHeld, JsonGenerator json) throws IOException {
        if (isHeld) {
            json.writeNumber(millis - Restamping.ORIGIN_MILLIS);
        } else {
            json.writeString(Instant.ofEpochMilli(millis).toString());
        }
    }

    private static void write(Dispatch dispatch, boolean isHeld, JsonGenerator json) throws IOException {
        json.writeStringField("agent", dispatch.origin().agent());
        json.writeStringField("boot", Long.toUnsignedString(dispatch.origin().boot()));
        json.writeNumberField("sequence", dispatch.origin().sequence());
        json.writeStringField("clock", dispatch.clock().name().toLowerCase(Locale.ROOT));
        if (dispatch.readings().isPresent()) {
            json.writeStringField("serial", dispatch.readings().get().serial());
            json.writeObjectFieldStart("readings");
            for (Series series : dispatch.readings().get().series()) {
                json.writeArrayFieldStart(series.point().label());
                for (int i = 0; i < series.size(); i++) {
                    json.writeStartArray();
                    writeTime(series.timeMillis(i), isHeld, json);
                    switch (series) {
                        case Series.Register register -> json.writeNumber(register.millijoules(i));
                        case Series.Gauge gauge -> json.writeNumber(gauge.value(i));
                    }
                    json.writeEndArray();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        if (!dispatch.losses().isEmpty()) {
            json.writeArrayFieldStart("losses");
            for (Loss loss : dispatch.losses()) {
                json.writeStartObject();
                json.writeStringField("reason", loss.reason());
                json.writeNumberField("packs", loss.packs());
                json.writeNumberField("readings", loss.readings());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (dispatch.presence().isPresent()) {
            json.writeBooleanField("online", dispatch.presence().get().online());
        }
    }
}

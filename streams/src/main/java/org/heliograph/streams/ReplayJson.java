package org.heliograph.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.topology.Comparison;
import org.heliograph.streams.topology.FigureDifference;
import org.heliograph.streams.topology.Replay;

/** A replay's result for programs. */
final class ReplayJson {
    private ReplayJson() {}

    static String of(Replay.Result result) {
        Comparison comparison = result.comparison();
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("site", result.site());
            json.writeStringField("from", result.from().toString());
            json.writeStringField("to", result.to().toString());
            json.writeArrayFieldStart("differences");
            for (FigureDifference difference : comparison.differences()) {
                json.writeStartObject();
                json.writeStringField("window", difference.window());
                json.writeStringField("start", difference.start().toString());
                json.writeStringField("figure", difference.figure());
                json.writeStringField("before", difference.before());
                json.writeStringField("after", difference.after());
                json.writeEndObject();
            }
            json.writeEndArray();
            totals(json, "before", comparison.before());
            totals(json, "after", comparison.after());
            json.writeObjectFieldStart("windows");
            for (Map.Entry<String, Integer> compared : comparison.compared().entrySet()) {
                json.writeObjectFieldStart(compared.getKey());
                json.writeNumberField("compared", compared.getValue());
                json.writeNumberField("different", comparison.different().getOrDefault(compared.getKey(), 0));
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeNumberField("refused", result.refused());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out + "\n";
    }

    private static void totals(JsonGenerator json, String name, Map<String, Double> totals) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Double> total : new TreeMap<>(totals).entrySet()) {
            json.writeNumberField(total.getKey(), total.getValue());
        }
        json.writeEndObject();
    }
}

package org.heliograph.agent.payload.senml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import org.heliograph.agent.payload.JsonFault;
import org.heliograph.agent.payload.Refusal;

/** SenML JSON (RFC 8428 section 5). */
final class JsonRecords implements Records {
    private static final int NESTING_MAX = 16;
    private static final int DIGITS_MAX = 200;

    private static final JsonFactory JSON = JsonFactory.builder()
            // NaN and Infinity aren't JSON, but devices write them for what they have no value of
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNumberLength(DIGITS_MAX)
                    .maxStringLength(SenmlDecoder.BODY_BYTES_MAX)
                    .build())
            .build();

    private final JsonParser parser;
    private int number;

    /** Holds nothing that needs to be closed: the body is in memory. */
    JsonRecords(byte[] body) throws Malformed {
        try {
            parser = JSON.createParser(body);
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new Malformed("not SenML JSON: not an array of records");
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    @Override
    public boolean next(SenmlRecord into) throws Malformed, Refusal {
        try {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                number++;
                into.clear();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    field(into);
                }
                return true;
            }
            if (token != JsonToken.END_ARRAY) {
                throw new Malformed("not SenML JSON: record " + (number + 1) + " is not an object");
            }
            if (parser.nextToken() != null) {
                throw new Malformed("not SenML JSON: something follows the array");
            }
            return false;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private void field(SenmlRecord into) throws IOException, Refusal {
        String name = parser.currentName();
        Label label = Label.named(name);
        JsonToken token = parser.nextToken();
        if (label == null) {
            SenmlRecord.passOver(name);
            parser.skipChildren();
            return;
        }
        into.take(
                label,
                switch (token) {
                    case VALUE_STRING -> new Field.Text(parser.getText());
                    case VALUE_TRUE -> new Field.Flag(true);
                    case VALUE_FALSE -> new Field.Flag(false);
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(label);
                    case VALUE_NULL -> new Field.NoNumber("null");
                    case null, default -> {
                        parser.skipChildren();
                        yield new Field.Other();
                    }
                });
    }

    private Field number(Label label) throws IOException, Refusal {
        if (parser.isNaN()) {
            return new Field.NoNumber(parser.getText());
        }
        try {
            return new Field.Numeric(parser.getDecimalValue());
        } catch (NumberFormatException _) {
            throw new Refusal("'" + label + "' has an exponent out of range");
        }
    }

    private static Malformed malformed(IOException e) {
        return new Malformed(JsonFault.of(e));
    }
}

package org.heliograph.agent.payload.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.heliograph.agent.payload.JsonFault;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.jspecify.annotations.Nullable;

/** What a document holds at the pointers that somebody asks for; the rest is read over, and not kept. */
final class Document {
    /** A payload longer than this is refused unread. */
    static final int BODY_BYTES_MAX = 64 << 10;

    private static final int NESTING_MAX = 32;
    private static final int DIGITS_MAX = 200;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // what many libraries write by themselves for a value that there is not
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNumberLength(DIGITS_MAX)
                    .maxStringLength(BODY_BYTES_MAX)
                    .build())
            .build();

    sealed interface Value {
        record Decimal(BigDecimal number) implements Value {}

        record Text(String text) implements Value {}

        record Flag(boolean flag) implements Value {}

        /** {@code null}: the device has no value now. */
        record Nothing() implements Value {}

        /**
         * An array of numbers, as of a meter's phases.
         *
         * @param sum null where one of them has no value now
         */
        record Numbers(@Nullable BigDecimal sum) implements Value {}

        record Structure() implements Value {}
    }

    private final Map<String, Value> values = new HashMap<>();
    private final Set<String> wanted;

    private Document(Set<String> wanted) {
        this.wanted = wanted;
    }

    static Document read(byte[] body, Set<String> wanted) throws Refusal {
        if (body.length > BODY_BYTES_MAX) {
            throw new Refusal("a body of " + body.length + " bytes exceeds " + BODY_BYTES_MAX);
        }
        Document document = new Document(wanted);
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() == null) {
                throw new Refusal("not JSON: empty");
            }
            document.read(parser, "");
            if (parser.nextToken() != null) {
                throw new Refusal("not JSON: something follows the document");
            }
            return document;
        } catch (IOException e) {
            throw new Refusal(JsonFault.of(e));
        }
    }

    @Nullable
    Value at(Pointer pointer) {
        return values.get(pointer.text());
    }

    private void read(JsonParser parser, String path) throws IOException, Refusal {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                keep(path, new Value.Structure());
                if (!leadsOn(path)) {
                    parser.skipChildren();
                    return;
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String key = parser.currentName();
                    parser.nextToken();
                    read(parser, path + "/" + Pointer.escaped(key));
                }
            }
            case START_ARRAY -> readArray(parser, path);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                if (parser.isNaN()) {
                    keep(path, new Value.Text(parser.getText()));
                } else if (wanted.contains(path)) {
                    keep(path, new Value.Decimal(Samples.bounded(path, number(parser, path))));
                }
            }
            case VALUE_STRING -> keep(path, new Value.Text(parser.getText()));
            case VALUE_TRUE -> keep(path, new Value.Flag(true));
            case VALUE_FALSE -> keep(path, new Value.Flag(false));
            case VALUE_NULL -> keep(path, new Value.Nothing());
            default -> throw new Refusal("not JSON: " + parser.currentToken());
        }
    }

    private void readArray(JsonParser parser, String path) throws IOException, Refusal {
        boolean itself = wanted.contains(path);
        boolean below = leadsOn(path);
        if (!itself && !below) {
            parser.skipChildren();
            return;
        }
        BigDecimal sum = BigDecimal.ZERO;
        boolean numbers = true;
        boolean whole = true;
        int i = 0;
        for (; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            boolean absent = parser.currentToken() == JsonToken.VALUE_NULL || parser.isNaN();
            whole &= !absent;
            numbers &= absent || parser.currentToken().isNumeric();
            if (itself && numbers && whole) {
                sum = sum.add(Samples.bounded(path, number(parser, path)));
            }
            if (below) {
                read(parser, path + "/" + i);
            } else {
                parser.skipChildren();
            }
        }
        if (i == 0) {
            keep(path, new Value.Nothing());
        } else if (numbers) {
            keep(path, new Value.Numbers(whole ? Samples.bounded(path, sum) : null));
        } else {
            keep(path, new Value.Structure());
        }
    }

    /** Whether anything below is asked for; else a path for each value there would cost far more than the body is long. */
    private boolean leadsOn(String path) {
        String below = path + "/";
        return wanted.stream().anyMatch(pointer -> pointer.startsWith(below));
    }

    private static BigDecimal number(JsonParser parser, String path) throws IOException, Refusal {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException _) {
            // JSON's grammar sets an exponent no limit, decimals have one
            throw new Refusal("'" + path + "' has an exponent out of range");
        }
    }

    private void keep(String path, Value value) {
        if (wanted.contains(path)) {
            values.put(path, value);
        }
    }
}

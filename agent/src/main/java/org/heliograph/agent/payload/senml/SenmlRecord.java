package org.heliograph.agent.payload.senml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.jspecify.annotations.Nullable;

/** The fields of one record as they stand in the pack, before the base fields are applied. Reused for each record. */
final class SenmlRecord {
    private static final int VERSION_MAX = 10;

    @Nullable
    String baseName;

    @Nullable
    BigDecimal baseTime;

    @Nullable
    String baseUnit;

    @Nullable
    BigDecimal baseValue;

    @Nullable
    String name;

    @Nullable
    String unit;

    @Nullable
    BigDecimal time;

    @Nullable
    BigDecimal number;

    @Nullable
    String text;

    @Nullable
    Boolean flag;

    boolean hasData;
    boolean hasSum;
    private int seen;

    /** Reads an object whose start is the parser's current token. */
    void read(JsonParser parser) throws IOException, Refusal {
        clear();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String label = parser.currentName();
            parser.nextToken();
            switch (label) {
                case "bn" -> baseName = string(label, parser, 0);
                case "bt" -> baseTime = number(label, parser, 1);
                case "bu" -> baseUnit = string(label, parser, 2);
                case "bv" -> baseValue = number(label, parser, 3);
                case "bs" -> number(label, parser, 4);
                case "bver" -> version(number(label, parser, 5));
                case "n" -> name = string(label, parser, 6);
                case "u" -> unit = string(label, parser, 7);
                case "t" -> time = number(label, parser, 8);
                case "ut" -> number(label, parser, 9);
                case "v" -> number = number(label, parser, 10);
                case "vs" -> text = string(label, parser, 11);
                case "vb" -> flag = bool(label, parser);
                case "vd" -> {
                    string(label, parser, 13);
                    hasData = true;
                }
                case "s" -> {
                    number(label, parser, 14);
                    hasSum = true;
                }
                default -> {
                    if (label.endsWith("_")) {
                        throw new Refusal("the pack demands '" + label + "', which this agent doesn't understand");
                    }
                    parser.skipChildren();
                }
            }
        }
    }

    int values() {
        return (number != null ? 1 : 0) + (text != null ? 1 : 0) + (flag != null ? 1 : 0) + (hasData ? 1 : 0);
    }

    private void clear() {
        baseName = null;
        baseTime = null;
        baseUnit = null;
        baseValue = null;
        name = null;
        unit = null;
        time = null;
        number = null;
        text = null;
        flag = null;
        hasData = false;
        hasSum = false;
        seen = 0;
    }

    private void once(String label, int bit) throws Refusal {
        if ((seen & (1 << bit)) != 0) {
            throw new Refusal("'" + label + "' appears twice in a record");
        }
        seen |= 1 << bit;
    }

    private String string(String label, JsonParser parser, int bit) throws IOException, Refusal {
        once(label, bit);
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new Refusal("'" + label + "' is not a string");
        }
        return parser.getText();
    }

    private boolean bool(String label, JsonParser parser) throws IOException, Refusal {
        once(label, 12);
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new Refusal("'" + label + "' is neither true nor false");
        };
    }

    private BigDecimal number(String label, JsonParser parser, int bit) throws IOException, Refusal {
        once(label, bit);
        if (!parser.currentToken().isNumeric()) {
            throw new Refusal("'" + label + "' is not a number");
        }
        if (parser.isNaN()) {
            throw new Refusal("'" + label + "' is " + parser.getText() + ", which is no value");
        }
        try {
            return Samples.bounded(label, parser.getDecimalValue());
        } catch (NumberFormatException _) {
            throw new Refusal("'" + label + "' has an exponent out of range");
        }
    }

    private static void version(BigDecimal version) throws Refusal {
        if (version.compareTo(BigDecimal.valueOf(VERSION_MAX)) > 0) {
            throw new Refusal("SenML version " + version + " is newer than " + VERSION_MAX);
        }
    }
}

package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Set;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.jspecify.annotations.Nullable;

/** The fields of one record as they stand in the pack, before the base fields are applied. Reused for each record. */
final class SenmlRecord {
    @Nullable
    BigDecimal version;

    @Nullable
    String baseName;

    @Nullable
    BigDecimal baseTime;

    @Nullable
    String baseUnit;

    @Nullable
    BigDecimal baseValue;

    @Nullable
    BigDecimal baseSum;

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

    @Nullable
    BigDecimal sum;

    boolean hasData;

    /** Whether its value is NaN or an infinity: it has none. */
    boolean isAbsent;

    private final Set<Label> seen = EnumSet.noneOf(Label.class);

    void clear() {
        version = null;
        baseName = null;
        baseTime = null;
        baseUnit = null;
        baseValue = null;
        baseSum = null;
        name = null;
        unit = null;
        time = null;
        number = null;
        text = null;
        flag = null;
        sum = null;
        hasData = false;
        isAbsent = false;
        seen.clear();
    }

    /** How many value fields there are. */
    int values() {
        return (number != null || isAbsent ? 1 : 0)
                + (text != null ? 1 : 0)
                + (flag != null ? 1 : 0)
                + (hasData ? 1 : 0);
    }

    /** Whether it only sets base fields for the records that follow. */
    boolean isBaseOnly() {
        return !seen.isEmpty() && Label.BASE.containsAll(seen);
    }

    /** Takes a field, as whatever its label wants. */
    void take(Label label, Field field) throws Refusal {
        if (!seen.add(label)) {
            throw new Refusal("'" + label + "' appears twice in a record");
        }
        switch (label) {
            case BASE_VERSION -> version = number(label, field);
            case BASE_NAME -> baseName = text(label, field);
            case BASE_TIME -> baseTime = number(label, field);
            case BASE_UNIT -> baseUnit = text(label, field);
            case BASE_VALUE -> baseValue = number(label, field);
            case BASE_SUM -> baseSum = number(label, field);
            case NAME -> name = text(label, field);
            case UNIT -> unit = text(label, field);
            case VALUE -> {
                isAbsent = field instanceof Field.NoNumber;
                number = isAbsent ? null : number(label, field);
            }
            case STRING -> text = text(label, field);
            case BOOLEAN -> {
                if (!(field instanceof Field.Flag(boolean value))) {
                    throw new Refusal("'" + label + "' is neither true nor false");
                }
                flag = value;
            }
            case SUM -> sum = number(label, field);
            case TIME -> time = number(label, field);
            case UPDATE_TIME -> number(label, field);
            case DATA -> hasData = true;
        }
    }

    /** A field that the standard doesn't know, and that may demand to be understood. */
    static void passOver(String label) throws Refusal {
        if (label.endsWith("_")) {
            throw new Refusal("the pack demands " + Refusal.quoted(label) + ", which this agent doesn't understand");
        }
    }

    private static String text(Label label, Field field) throws Refusal {
        if (!(field instanceof Field.Text(String value))) {
            throw new Refusal("'" + label + "' is not a string");
        }
        return value;
    }

    private static BigDecimal number(Label label, Field field) throws Refusal {
        return switch (field) {
            case Field.Numeric(BigDecimal value) -> Samples.bounded(label.toString(), value);
            case Field.NoNumber(String name) -> throw new Refusal("'" + label + "' is " + name + ", which is no value");
            case Field.Text _, Field.Flag _, Field.Other _ -> throw new Refusal("'" + label + "' is not a number");
        };
    }
}

package org.heliograph.telemetry.quantity;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Power. Ratings are whole watts. */
public record Watts(long value) {
    private static final Pattern QUANTITY = Pattern.compile("\\s*(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)\\s*");

    /**
     * Reads a quantity as people write it: {@code 2.1 MW}, {@code 50 kW}, {@code 800 W}.
     *
     * @throws IllegalArgumentException with a sentence for the author of the file, if it is no power
     */
    public static Watts parse(String text) {
        Matcher quantity = QUANTITY.matcher(text);
        if (!quantity.matches() || quantity.group(2).isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is not a power such as 50 kW or 2.1 MW");
        }
        Scale scale = Unit.WATT
                .from(quantity.group(2))
                .orElseThrow(() ->
                        new IllegalArgumentException("'" + quantity.group(2) + "' is not a unit of power (W, kW, MW)"));
        try {
            return new Watts(scale.apply(new BigDecimal(quantity.group(1))).longValueExact());
        } catch (ArithmeticException _) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number of watts that fits");
        }
    }

    @Override
    public String toString() {
        return value + " W";
    }
}

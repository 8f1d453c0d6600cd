package org.heliograph.agent.payload.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.telemetry.quantity.Scale;

/**
 * What a device's number is multiplied with to be in a point's own unit: a fraction, so that a register that counts in
 * watt-minutes or tenths keeps every millijoule.
 */
public record Factor(BigDecimal multiplier, BigDecimal divisor) {
    public static final Factor ONE = new Factor(BigDecimal.ONE, BigDecimal.ONE);

    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,12}(?:\\.\\d{1,12})?)(?:\\s*/\\s*(\\d{1,12}))?");

    public Factor {
        if (multiplier.signum() == 0 || divisor.signum() <= 0) {
            throw new IllegalArgumentException("a factor is not 0");
        }
    }

    /** @throws IllegalArgumentException with a sentence, if the text is neither a decimal nor a fraction of them */
    public static Factor parse(String text) {
        Matcher matcher = TEXT.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a factor such as 0.1, -1 or 1/60");
        }
        String divisor = matcher.group(2);
        return new Factor(new BigDecimal(matcher.group(1)), divisor == null ? BigDecimal.ONE : new BigDecimal(divisor));
    }

    public Factor times(Scale scale) {
        return new Factor(multiplier.multiply(scale.multiplier()), divisor.multiply(scale.divisor()));
    }

    /** Exact, but for a division, which is to 34 digits. */
    BigDecimal apply(BigDecimal number) {
        BigDecimal product = number.multiply(multiplier);
        return divisor.compareTo(BigDecimal.ONE) == 0 ? product : product.divide(divisor, MathContext.DECIMAL128);
    }
}

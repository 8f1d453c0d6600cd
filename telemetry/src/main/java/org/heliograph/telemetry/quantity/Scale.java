package org.heliograph.telemetry.quantity;

import java.math.BigDecimal;
import java.math.MathContext;

/** An exact factor between two units of one quantity: {@code value * multiplier / divisor}. */
public record Scale(BigDecimal multiplier, BigDecimal divisor) {
    public static final Scale ONE = new Scale(BigDecimal.ONE, BigDecimal.ONE);

    static Scale of(String multiplier) {
        return new Scale(new BigDecimal(multiplier), BigDecimal.ONE);
    }

    static Scale dividedBy(String divisor) {
        return new Scale(BigDecimal.ONE, new BigDecimal(divisor));
    }

    /** Exact where the quotient is finite, else to 34 digits (more than a millijoule of any energy that fits). */
    public BigDecimal apply(BigDecimal value) {
        BigDecimal product = value.multiply(multiplier);
        return divisor.compareTo(BigDecimal.ONE) == 0 ? product : product.divide(divisor, MathContext.DECIMAL128);
    }
}

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

    /**
     * The value in the other unit: exact, but for a division, which is to 34 digits (any whole number of millijoules
     * survives that).
     *
     * @throws ArithmeticException if an exponent leaves the range of BigDecimal
     */
    public BigDecimal apply(BigDecimal value) {
        BigDecimal product = value.multiply(multiplier);
        return divisor.compareTo(BigDecimal.ONE) == 0 ? product : product.divide(divisor, MathContext.DECIMAL128);
    }
}

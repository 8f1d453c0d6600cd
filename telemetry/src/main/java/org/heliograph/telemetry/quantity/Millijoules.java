package org.heliograph.telemetry.quantity;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Energy as an integer number of millijoules, so that sums are exact and independent of their order. The range of a
 * {@code long} is 2.56 TWh.
 */
public record Millijoules(long value) implements Comparable<Millijoules> {
    public static final Millijoules ZERO = new Millijoules(0);

    /** 1 Wh = 3,600 J, exactly (SI Brochure, table 8). */
    public static final long PER_WATT_HOUR = 3_600_000L;

    public static final long PER_KILOWATT_HOUR = 1_000 * PER_WATT_HOUR;

    private static final BigDecimal BIG_PER_WATT_HOUR = BigDecimal.valueOf(PER_WATT_HOUR);

    /** A long holds 2.56e12 Wh, a number of 13 digits. */
    private static final int MAX_INTEGER_DIGITS = 13;

    /** Below 1e-7 Wh is below half a millijoule. */
    private static final int MIN_INTEGER_DIGITS = -6;

    /**
     * Converts a decimal number of watt-hours, rounding half to even at the millijoule.
     *
     * @throws ArithmeticException if the energy exceeds the range of a long
     */
    public static Millijoules ofWattHours(BigDecimal wattHours) {
        // Judged before any arithmetic: a device's 1e999999999 would be written out in full.
        long integerDigits = (long) wattHours.precision() - wattHours.scale();
        if (wattHours.signum() == 0 || integerDigits < MIN_INTEGER_DIGITS) {
            return ZERO;
        }
        if (integerDigits > MAX_INTEGER_DIGITS) {
            throw new ArithmeticException("energy out of range: " + wattHours.round(new MathContext(3)) + " Wh");
        }
        return new Millijoules(wattHours
                .multiply(BIG_PER_WATT_HOUR)
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact());
    }

    /** The same energy in watt-hours, to the nearest double. */
    public double wattHours() {
        return value / (double) PER_WATT_HOUR;
    }

    /** The same energy in kilowatt-hours, to the nearest double. */
    public double kilowattHours() {
        return value / (double) PER_KILOWATT_HOUR;
    }

    @Override
    public int compareTo(Millijoules other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value + " mJ";
    }
}

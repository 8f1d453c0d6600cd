package org.heliograph.streams.energy;

import java.math.BigInteger;

/** Exact proportions of longs. */
public final class Proportion {
    private Proportion() {}

    /**
     * {@code value * part / whole}, rounded down.
     *
     * @param whole positive
     * @throws ArithmeticException if the result exceeds a long
     */
    public static long of(long value, long part, long whole) {
        long high = Math.multiplyHigh(value, part);
        long low = value * part;
        if ((high == 0 && low >= 0) || (high == -1 && low < 0)) {
            return Math.floorDiv(low, whole);
        }
        BigInteger[] quotient = BigInteger.valueOf(value)
                .multiply(BigInteger.valueOf(part))
                .divideAndRemainder(BigInteger.valueOf(whole));
        BigInteger floor = quotient[1].signum() < 0 ? quotient[0].subtract(BigInteger.ONE) : quotient[0];
        return floor.longValueExact();
    }
}

package org.heliograph.streams.indicator;

import java.math.BigInteger;

/**
 * Mass of CO2 equivalent for each energy taken from the grid, or given by a generator.
 *
 * @param milligramsPerKilowattHour g/kWh times 1,000, so that published factors are exact
 */
public record EmissionFactor(String id, String version, String source, long milligramsPerKilowattHour) {
    /** mJ per kWh, over the micrograms in a milligram. */
    private static final long DIVISOR = 3_600_000;

    /** Micrograms of CO2 equivalent for an energy, rounded half up. */
    public long micrograms(long millijoules) {
        long high = Math.multiplyHigh(millijoules, milligramsPerKilowattHour);
        long low = millijoules * milligramsPerKilowattHour;
        if ((high == 0 && low >= 0 && low <= Long.MAX_VALUE - DIVISOR / 2) || (high == -1 && low < 0)) {
            return Math.floorDiv(low + DIVISOR / 2, DIVISOR);
        }
        return BigInteger.valueOf(millijoules)
                .multiply(BigInteger.valueOf(milligramsPerKilowattHour))
                .add(BigInteger.valueOf(DIVISOR / 2))
                .divide(BigInteger.valueOf(DIVISOR))
                .longValueExact();
    }

    /** What the figures name it by: {@code id@version}. */
    public String provenance() {
        return id + "@" + version;
    }
}

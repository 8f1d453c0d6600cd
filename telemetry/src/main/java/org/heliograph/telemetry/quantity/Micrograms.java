package org.heliograph.telemetry.quantity;

/** A mass of CO2e as an integer number of micrograms, so that sums are exact and independent of their order. */
public record Micrograms(long value) {
    public static final long PER_KILOGRAM = 1_000_000_000L;

    /** The same mass in kilograms, to the nearest double. */
    public double kilograms() {
        return value / (double) PER_KILOGRAM;
    }
}

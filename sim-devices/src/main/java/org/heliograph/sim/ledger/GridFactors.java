package org.heliograph.sim.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.heliograph.telemetry.quantity.Millijoules;

/**
 * What energy from the grid emits, as published. Whoever makes figures has to arrive at the same microgram by code of its
 * own.
 *
 * @param averageGrams per kWh
 * @param marginalGrams per kWh
 */
public record GridFactors(BigDecimal averageGrams, BigDecimal marginalGrams) {
    private static final BigDecimal MICROGRAMS_PER_GRAM = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MILLIJOULES_PER_KILOWATT_HOUR = BigDecimal.valueOf(Millijoules.PER_KILOWATT_HOUR);

    public long averageMicrograms(long millijoules) {
        return micrograms(averageGrams, millijoules);
    }

    public long marginalMicrograms(long millijoules) {
        return micrograms(marginalGrams, millijoules);
    }

    private static long micrograms(BigDecimal grams, long millijoules) {
        return grams.multiply(MICROGRAMS_PER_GRAM)
                .multiply(BigDecimal.valueOf(millijoules))
                .divide(MILLIJOULES_PER_KILOWATT_HOUR, 0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}

package org.heliograph.sim;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.heliograph.telemetry.quantity.Millijoules;

/** In which unit {@code sim ledger} prints energies. */
enum EnergyUnit {
    /** Down to nano-kilowatt-hours. */
    KILOWATT_HOURS("_kwh") {
        @Override
        String text(long millijoules) {
            return BigDecimal.valueOf(millijoules)
                    .divide(BigDecimal.valueOf(Millijoules.PER_KILOWATT_HOUR), DIGITS, RoundingMode.HALF_EVEN)
                    .toPlainString();
        }
    },
    /** Exactly. */
    MILLIJOULES("_mj") {
        @Override
        String text(long millijoules) {
            return Long.toString(millijoules);
        }
    };

    private static final int DIGITS = 9;

    private final String suffix;

    EnergyUnit(String suffix) {
        this.suffix = suffix;
    }

    /** Of the names of energies. */
    String suffix() {
        return suffix;
    }

    abstract String text(long millijoules);
}

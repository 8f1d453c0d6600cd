package org.heliograph.sim.device;

import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;

/** How instruments write numbers: as whole numbers of a small unit, so that nothing is lost between them and the text. */
final class Decimal {
    /** A millijoule is 2.8e-7 Wh: with seven digits every millijoule has a text of its own. */
    private static final int REGISTER_DIGITS = 7;

    private static final long[] POWERS_OF_TEN = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000};

    private Decimal() {}

    /** A gauge's value in its smallest step. */
    static long steps(Point gauge, double value) {
        return Math.round(value * POWERS_OF_TEN[digits(gauge)]);
    }

    /** The text of a register's millijoules, in watt-hours, or of a gauge's steps. */
    static void append(StringBuilder text, Point point, long amount) {
        if (!point.isRegister()) {
            append(text, amount, digits(point));
            return;
        }
        long wattHours = amount / Millijoules.PER_WATT_HOUR;
        long rest = amount % Millijoules.PER_WATT_HOUR;
        long unit = POWERS_OF_TEN[REGISTER_DIGITS];
        long fraction = (rest * unit + Millijoules.PER_WATT_HOUR / 2) / Millijoules.PER_WATT_HOUR;
        append(text, wattHours * unit + fraction, REGISTER_DIGITS);
    }

    private static void append(StringBuilder text, long amount, int digits) {
        if (amount < 0) {
            text.append('-');
        }
        long unit = POWERS_OF_TEN[digits];
        text.append(Math.abs(amount / unit));
        long fraction = Math.abs(amount % unit);
        if (fraction > 0) {
            text.append('.');
            for (long place = unit / 10; fraction > 0; place /= 10) {
                text.append((char) ('0' + fraction / place));
                fraction %= place;
            }
        }
    }

    private static int digits(Point gauge) {
        return switch (gauge) {
            case FREQUENCY, POWER_FACTOR -> 3;
            case CURRENT, SUPPLY_TEMP, RETURN_TEMP, INLET_TEMP -> 2;
            case POWER, APPARENT_POWER, VOLTAGE, SUPPLY_HUMIDITY, FAN_SPEED, COOLING_DEMAND, COMPRESSOR, LOAD -> 1;
            case STATE, EVENTS, LEAK, DOOR, BREAKER -> 0;
            case ENERGY, ENERGY_IMPORT, ENERGY_EXPORT, ENERGY_CHARGE, ENERGY_DISCHARGE -> REGISTER_DIGITS;
        };
    }
}

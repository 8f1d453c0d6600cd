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

    /** A gauge's value; the nearest double to its text. */
    static double value(Point gauge, long steps) {
        return (double) steps / POWERS_OF_TEN[digits(gauge)];
    }

    /** The text of a register's millijoules, in watt-hours, or of a gauge's steps. */
    static void append(StringBuilder text, Point point, long amount) {
        long unit = POWERS_OF_TEN[digits(point)];
        if (point.isRegister()) {
            long rest = amount % Millijoules.PER_WATT_HOUR;
            text.append(amount / Millijoules.PER_WATT_HOUR);
            appendFraction(text, (rest * unit + Millijoules.PER_WATT_HOUR / 2) / Millijoules.PER_WATT_HOUR, unit);
        } else {
            if (amount < 0) {
                text.append('-');
            }
            text.append(Math.abs(amount / unit));
            appendFraction(text, Math.abs(amount % unit), unit);
        }
    }

    private static void appendFraction(StringBuilder text, long fraction, long unit) {
        if (fraction > 0) {
            text.append('.');
        }
        long rest = fraction;
        for (long place = unit / 10; rest > 0; place /= 10) {
            text.append((char) ('0' + rest / place));
            rest %= place;
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

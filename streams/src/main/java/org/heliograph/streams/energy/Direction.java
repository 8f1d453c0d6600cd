package org.heliograph.streams.energy;

import org.heliograph.telemetry.reading.Point;

/** Which part of a signed power a register counts. */
enum Direction {
    /** Positive power: import, production, consumption, discharge. */
    FORWARD(1),
    /** Negative power: export, charge. */
    REVERSE(-1);

    private final int sign;

    Direction(int sign) {
        this.sign = sign;
    }

    static Direction of(Point register) {
        return register == Point.ENERGY_EXPORT || register == Point.ENERGY_CHARGE ? REVERSE : FORWARD;
    }

    /** The power in this direction; negative when it flows in the other. */
    double along(double watts) {
        return sign * watts;
    }
}

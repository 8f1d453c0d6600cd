package org.heliograph.agent.source.board.chip;

import java.io.IOException;
import org.heliograph.telemetry.reading.Point;

/**
 * Texas Instruments INA219 and INA226: voltage of a direct-current feed, the current through a shunt, and their product.
 * The two differ in what a bit is worth and where the flags are.
 */
public final class Ina implements Chip {
    private static final int CONFIGURATION = 0x00;
    private static final int SHUNT_VOLTAGE = 0x01;
    private static final int BUS_VOLTAGE = 0x02;
    private static final int POWER = 0x03;
    private static final int CURRENT = 0x04;
    private static final int CALIBRATION = 0x05;

    /** The current is told in so many steps to each side. */
    private static final int STEPS = 1 << 15;

    /** A measurement of either chip is due within 75 ms of the one before. */
    private static final int READY_WITHIN_MILLIS = 300;

    private static final int LOOK_EVERY_MILLIS = 15;

    private final Variant variant;
    private final double amperesPerBit;
    private final int calibration;

    private Ina(Variant variant, double shuntOhms, double maxAmperes) {
        this.variant = variant;
        this.amperesPerBit = maxAmperes / STEPS;
        this.calibration = (int) (variant.calibrationScale / (amperesPerBit * shuntOhms)) & variant.calibrationMask;
        if (calibration == 0 || variant.calibrationScale / (amperesPerBit * shuntOhms) > 0xFFFF) {
            throw new IllegalArgumentException("no calibration for " + shuntOhms + " ohm and " + maxAmperes + " A");
        }
    }

    public static Ina ina219(double shuntOhms, double maxAmperes) {
        return new Ina(Variant.INA219, shuntOhms, maxAmperes);
    }

    public static Ina ina226(double shuntOhms, double maxAmperes) {
        return new Ina(Variant.INA226, shuntOhms, maxAmperes);
    }

    private enum Variant {
        /**
         * 32 V, 320 mV at the shunt, 64 samples of the one and then of the other, 34 ms each, again and again. Flags are with
         * the bus voltage, and reading the power clears them.
         */
        INA219(0x3F77, 0.04096, 0xFFFE, 20, 32_000, 32) {
            private static final int READY = 0b10;
            private static final int OVERFLOW = 0b01;

            @Override
            void recognise(Wire wire) {
                // it has no register that says what it is
            }

            @Override
            void clear(Wire wire) throws IOException {
                wire.readWord(POWER);
            }

            @Override
            Flags flags(Wire wire, int bus) {
                return new Flags((bus & READY) != 0, (bus & OVERFLOW) != 0);
            }

            @Override
            double volts(int bus) {
                return (bus >> 3) * 0.004;
            }
        },
        /** 16 samples of 1.1 ms, of the one and then of the other, again and again. Flags have a register of their own, and reading it clears them. */
        INA226(0x4527, 0.00512, 0x7FFF, 25, STEPS - 1, 36) {
            private static final int MANUFACTURER = 0xFE;
            private static final int TEXAS_INSTRUMENTS = 0x5449;
            private static final int DIE = 0xFF;
            private static final int DIE_226 = 0x226;
            private static final int MASK = 0x06;
            private static final int READY = 1 << 3;
            private static final int OVERFLOW = 1 << 2;

            @Override
            void recognise(Wire wire) throws IOException {
                int manufacturer = wire.readWord(MANUFACTURER);
                int die = wire.readWord(DIE);
                // the last four bits are the revision
                if (manufacturer != TEXAS_INSTRUMENTS || die >> 4 != DIE_226) {
                    throw new IOException(
                            "it is no INA226: manufacturer 0x%04x, die 0x%04x".formatted(manufacturer, die));
                }
            }

            @Override
            void clear(Wire wire) throws IOException {
                wire.readWord(MASK);
            }

            @Override
            Flags flags(Wire wire, int bus) throws IOException {
                int mask = wire.readWord(MASK);
                return new Flags((mask & READY) != 0, (mask & OVERFLOW) != 0);
            }

            @Override
            double volts(int bus) {
                return bus * 0.00125;
            }
        };

        private final int configuration;
        private final double calibrationScale;
        /** The bits of that register that the chip keeps. */
        private final int calibrationMask;

        private final int powerSteps;
        private final int shuntMax;
        private final double voltsMax;

        Variant(
                int configuration,
                double calibrationScale,
                int calibrationMask,
                int powerSteps,
                int shuntMax,
                double voltsMax) {
            this.configuration = configuration;
            this.calibrationScale = calibrationScale;
            this.calibrationMask = calibrationMask;
            this.powerSteps = powerSteps;
            this.shuntMax = shuntMax;
            this.voltsMax = voltsMax;
        }

        abstract void recognise(Wire wire) throws IOException;

        /** Has it forget that it has measured. */
        abstract void clear(Wire wire) throws IOException;

        abstract Flags flags(Wire wire, int bus) throws IOException;

        abstract double volts(int bus);
    }

    private record Flags(boolean ready, boolean overflow) {}

    int calibration() {
        return calibration;
    }

    @Override
    public void begin(Wire wire) throws IOException {
        variant.recognise(wire);
        wire.writeWord(CONFIGURATION, variant.configuration);
        wire.writeWord(CALIBRATION, calibration);
        // what it measured before that knew no calibration, and would be no current
        variant.clear(wire);
    }

    @Override
    public Measurement measure(Wire wire) throws IOException {
        int kept = wire.readWord(CALIBRATION);
        if (kept != calibration) {
            // it was without power in between; with a calibration of 0 it would say that no current flows
            throw new IOException("it has lost its calibration (0x%04x, not 0x%04x)".formatted(kept, calibration));
        }
        int bus = wire.readWord(BUS_VOLTAGE);
        Flags flags = variant.flags(wire, bus);
        for (int waited = 0; !flags.ready(); waited += LOOK_EVERY_MILLIS) {
            if (waited >= READY_WITHIN_MILLIS) {
                throw new IOException("it has measured nothing for " + READY_WITHIN_MILLIS + " ms");
            }
            wire.pause(LOOK_EVERY_MILLIS);
            bus = wire.readWord(BUS_VOLTAGE);
            flags = variant.flags(wire, bus);
        }
        int shunt = (short) wire.readWord(SHUNT_VOLTAGE);
        int current = (short) wire.readWord(CURRENT);
        int power = wire.readWord(POWER);
        return decode(bus, flags.overflow(), shunt, current, power);
    }

    private Measurement decode(int bus, boolean overflow, int shunt, int current, int power) {
        Measurement.Gathering gathering = new Measurement.Gathering();
        gathering.value(Point.VOLTAGE, variant.volts(bus), 0, variant.voltsMax);
        if (overflow || Math.abs(shunt) >= variant.shuntMax) {
            gathering.absent(Point.CURRENT, "beyond the range");
            gathering.absent(Point.POWER, "beyond the range");
            return gathering.measurement();
        }
        double amperesMax = amperesPerBit * STEPS;
        gathering.value(Point.CURRENT, current * amperesPerBit, -amperesMax, amperesMax);
        // the chip tells the power without its direction
        double watts = Math.copySign(power * variant.powerSteps * amperesPerBit, current);
        double wattsMax = amperesMax * variant.voltsMax;
        gathering.value(Point.POWER, watts, -wattsMax, wattsMax);
        return gathering.measurement();
    }
}

package org.heliograph.agent.source.board.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.assertj.core.data.Offset;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;

/** With the examples of the datasheets: 2 mOhm, 1 mA a bit, 10 A at 11.98 V. */
class InaTest {
    private static final double OHMS = 0.002;
    private static final double AMPERES = 32.768;
    private static final Offset<Double> EXACTLY = within(1e-9);

    private final Ina ina219 = Ina.ina219(OHMS, AMPERES);
    private final Ina ina226 = Ina.ina226(OHMS, AMPERES);

    @Test
    void calibrations_are_the_datasheets() {
        assertThat(ina219.calibration()).isEqualTo(0x5000);
        assertThat(ina226.calibration()).isEqualTo(0x0A00);
    }

    @Test
    void an_ina219_is_configured_and_read() throws IOException {
        ScriptedWire wire = wire219();
        ina219.begin(wire);
        Measurement measured = ina219.measure(wire);

        assertThat(wire.written()).containsExactly("00:3f77", "05:5000");
        assertThat(measured.values().get(Point.VOLTAGE)).isCloseTo(11.98, EXACTLY);
        assertThat(measured.values().get(Point.CURRENT)).isCloseTo(10.0, EXACTLY);
        assertThat(measured.values().get(Point.POWER)).isCloseTo(119.8, EXACTLY);
        assertThat(measured.absences()).isEmpty();
    }

    @Test
    void an_ina226_is_recognised_configured_and_read() throws IOException {
        ScriptedWire wire = wire226();
        ina226.begin(wire);
        Measurement measured = ina226.measure(wire);

        assertThat(wire.written()).containsExactly("00:4527", "05:0a00");
        assertThat(measured.values().get(Point.VOLTAGE)).isCloseTo(11.98, EXACTLY);
        assertThat(measured.values().get(Point.CURRENT)).isCloseTo(10.0, EXACTLY);
        assertThat(measured.values().get(Point.POWER)).isCloseTo(119.8, EXACTLY);
    }

    @Test
    void current_that_flows_back_is_negative_and_so_is_its_power() throws IOException {
        ScriptedWire wire = wire226().holds(0x04, 0x10000 - 10_000).holds(0x01, 0x10000 - 8_000);
        ina226.begin(wire);
        Measurement measured = ina226.measure(wire);

        assertThat(measured.values().get(Point.CURRENT)).isCloseTo(-10.0, EXACTLY);
        assertThat(measured.values().get(Point.POWER)).isCloseTo(-119.8, EXACTLY);
    }

    @Test
    void an_overflow_leaves_the_voltage() throws IOException {
        ScriptedWire wire = wire219().holds(0x02, 0x5D98 | 0b11);
        ina219.begin(wire);
        Measurement measured = ina219.measure(wire);

        assertThat(measured.values()).containsOnlyKeys(Point.VOLTAGE);
        assertThat(measured.absences()).containsExactly("current: beyond the range", "power: beyond the range");

        ScriptedWire other = wire226().holds(0x06, 0b1100);
        ina226.begin(other);
        assertThat(ina226.measure(other).values()).containsOnlyKeys(Point.VOLTAGE);
    }

    @Test
    void a_shunt_at_the_end_of_its_scale_says_nothing_of_the_current() throws IOException {
        for (int shunt : new int[] {32_000, 0x10000 - 32_000}) {
            ScriptedWire wire = wire219().holds(0x01, shunt);
            ina219.begin(wire);
            assertThat(ina219.measure(wire).values()).containsOnlyKeys(Point.VOLTAGE);
        }
    }

    @Test
    void a_chip_that_was_without_power_does_not_say_that_no_current_flows() throws IOException {
        ScriptedWire wire = wire219();
        ina219.begin(wire);
        wire.holds(0x05, 0).holds(0x04, 0).holds(0x03, 0);

        assertThatThrownBy(() -> ina219.measure(wire))
                .isInstanceOf(IOException.class)
                .hasMessage("it has lost its calibration (0x0000, not 0x5000)");
    }

    @Test
    void an_old_measurement_is_not_a_new_one() throws IOException {
        ScriptedWire wire = wire226().holds(0x06, 0);
        ina226.begin(wire);

        assertThatThrownBy(() -> ina226.measure(wire)).hasMessage("it has measured nothing for 300 ms");
    }

    @Test
    void the_first_measurement_is_one_that_knows_the_calibration_however_soon_it_is_asked_for() throws IOException {
        for (boolean clearsAtConfiguration : new boolean[] {true, false}) {
            Running219 wire = new Running219(clearsAtConfiguration);
            wire.pause(500); // it has power, and measures as it is made
            ina219.begin(wire);

            assertThat(ina219.measure(wire).values().get(Point.CURRENT)).isCloseTo(10.0, EXACTLY);
            assertThat(wire.millis).isBetween(568L, 650L);
        }
    }

    @Test
    void a_chip_that_is_asked_ten_times_a_second_has_something_new_each_time() throws IOException {
        Running219 wire = new Running219(true);
        ina219.begin(wire);
        for (int i = 0; i < 100; i++) {
            assertThat(ina219.measure(wire).values().get(Point.POWER)).isCloseTo(119.8, EXACTLY);
            wire.pause(100);
        }
    }

    @Test
    void another_chip_at_the_address_is_not_read() {
        assertThatThrownBy(() -> ina226.begin(wire226().holds(0xFF, 0x2300)))
                .isInstanceOf(IOException.class)
                .hasMessage("it is no INA226: manufacturer 0x5449, die 0x2300");
        assertThatThrownBy(() -> ina226.begin(wire226().holds(0xFE, 0xFFFF))).isInstanceOf(IOException.class);
    }

    @Test
    void a_voltage_that_the_chip_cannot_have_is_absent() throws IOException {
        ScriptedWire wire = wire226().holds(0x02, 0x7FFF);
        ina226.begin(wire);

        assertThat(ina226.measure(wire).values()).doesNotContainKey(Point.VOLTAGE);
    }

    @Test
    void a_shunt_without_a_calibration_is_a_programming_error() {
        assertThatThrownBy(() -> Ina.ina219(0.0001, 0.001)).isInstanceOf(IllegalArgumentException.class);
    }

    /** An INA219 that takes its time: 532 us a sample, of the shunt and then of the bus. */
    private static final class Running219 implements Wire {
        private final boolean clearsAtConfiguration;
        private int configuration = 0x399F;
        private int calibration;
        private long millis;
        private double cycleBeganMillis;
        private boolean ready;
        private boolean calibrated;

        Running219(boolean clearsAtConfiguration) {
            this.clearsAtConfiguration = clearsAtConfiguration;
        }

        private double cycleMillis() {
            return (samples(configuration >> 7) + samples(configuration >> 3)) * 0.532;
        }

        private static int samples(int bits) {
            return (bits & 0b1000) == 0 ? 1 : 1 << (bits & 0b111);
        }

        @Override
        public void pause(int pauseMillis) {
            millis += pauseMillis;
            while (millis - cycleBeganMillis >= cycleMillis()) {
                cycleBeganMillis += cycleMillis();
                ready = true;
                calibrated = calibration != 0;
            }
        }

        @Override
        public int readWord(int register) {
            return switch (register) {
                case 0x01 -> 0x07D0;
                case 0x02 -> 0x5D98 | (ready ? 0b10 : 0);
                case 0x03 -> {
                    ready = false;
                    yield calibrated ? 0x1766 : 0;
                }
                case 0x04 -> calibrated ? 0x2710 : 0;
                default -> calibration;
            };
        }

        @Override
        public void writeWord(int register, int value) {
            if (register == 0) {
                configuration = value;
                cycleBeganMillis = millis;
                ready &= !clearsAtConfiguration;
            } else {
                calibration = value;
            }
        }

        @Override
        public void write(byte... bytes) {
            throw new AssertionError("it has registers");
        }

        @Override
        public byte[] read(int length) {
            throw new AssertionError("it has registers");
        }
    }

    private static ScriptedWire wire219() {
        // 20 mV in steps of 10 uV; 11.98 V above the flags, ready; 119.8 W in steps of 20 mW; 10 A in steps of 1 mA
        return new ScriptedWire()
                .holds(0x01, 0x07D0)
                .holds(0x02, 0x5D98 | 0b10)
                .holds(0x03, 0x1766)
                .holds(0x04, 0x2710);
    }

    private static ScriptedWire wire226() {
        // 20 mV in steps of 2.5 uV; 11.98 V in steps of 1.25 mV; 119.8 W in steps of 25 mW; 10 A in steps of 1 mA
        return new ScriptedWire()
                .holds(0xFE, 0x5449)
                .holds(0xFF, 0x2260)
                .holds(0x06, 0b1000)
                .holds(0x01, 0x1F40)
                .holds(0x02, 0x2570)
                .holds(0x03, 0x12B8)
                .holds(0x04, 0x2710);
    }
}

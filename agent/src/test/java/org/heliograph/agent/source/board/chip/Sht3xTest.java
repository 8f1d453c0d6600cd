package org.heliograph.agent.source.board.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;

class Sht3xTest {
    @Test
    void the_checksum_is_the_datasheets() {
        assertThat(Sht3x.crc(new byte[] {(byte) 0xBE, (byte) 0xEF}, 0, 2)).isEqualTo(0x92);
    }

    @Test
    void words_become_celsius_and_humidity() throws IOException {
        ScriptedWire wire = new ScriptedWire().answers(word(0x6666), word(0x8000));
        Sht3x chip = new Sht3x();

        chip.begin(wire);
        Measurement measured = chip.measure(wire);

        // 0.4 of the scale: -45 + 175 * 0.4
        assertThat(measured.values().get(Point.INLET_TEMP)).isCloseTo(25.0, within(1e-9));
        assertThat(measured.values().get(Point.SUPPLY_HUMIDITY)).isCloseTo(50.0, within(1e-3));
        assertThat(measured.absences()).isEmpty();
        // soft reset, then a single shot of high repeatability that doesn't stretch the clock
        assertThat(wire.written()).containsExactly("30a2", "2400");
    }

    @Test
    void a_word_with_a_wrong_checksum_is_absent_and_the_other_is_not() throws IOException {
        byte[] broken = word(0x6666);
        broken[1] ^= 1;
        Measurement measured = new Sht3x().measure(new ScriptedWire().answers(broken, word(0x8000)));

        assertThat(measured.values()).containsOnlyKeys(Point.SUPPLY_HUMIDITY);
        assertThat(measured.absences()).containsExactly("inlet_temp: checksum");
    }

    @Test
    void each_single_wrong_bit_is_found() throws IOException {
        for (int bit = 0; bit < 24; bit++) {
            byte[] broken = word(0x6666);
            broken[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(new Sht3x()
                            .measure(new ScriptedWire().answers(broken, word(0x8000)))
                            .values())
                    .doesNotContainKey(Point.INLET_TEMP);
        }
    }

    @Test
    void what_a_dead_line_reads_as_is_no_value() {
        assertThat(Sht3x.decode(new byte[6]).values()).isEmpty();
        byte[] high = {-1, -1, -1, -1, -1, -1};
        assertThat(Sht3x.decode(high).values()).isEmpty();
    }

    @Test
    void a_temperature_beyond_the_chips_range_is_absent() throws IOException {
        Measurement measured = new Sht3x().measure(new ScriptedWire().answers(word(0xFFFF), word(0x8000)));

        assertThat(measured.absences()).containsExactly("inlet_temp: 130.0 Cel is not between -40.0 and 125.0");
        assertThat(measured.values()).containsOnlyKeys(Point.SUPPLY_HUMIDITY);
    }

    private static byte[] word(int value) {
        byte[] word = {(byte) (value >> 8), (byte) value, 0};
        word[2] = (byte) Sht3x.crc(word, 0, 2);
        return word;
    }
}

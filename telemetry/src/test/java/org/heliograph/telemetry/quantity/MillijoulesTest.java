package org.heliograph.telemetry.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MillijoulesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 3600000",
        "0.1, 360000",
        "1234.567, 4444441200",
        "-1.5, -5400000",
        "1e3, 3600000000",
        "2562047788015.215, 9223372036854774000",
        "0.000000000000000000000000000000000001, 0",
    })
    void decimal_watt_hours_are_exact(String wattHours, long millijoules) {
        assertThat(Millijoules.ofWattHours(new BigDecimal(wattHours))).isEqualTo(new Millijoules(millijoules));
    }

    /** 1 mJ is 1/3,600,000 Wh, so only multiples of 2^-7 Wh times some power of ten tie: 0.00000125 Wh is 4.5 mJ. */
    @ParameterizedTest
    @CsvSource({
        "0.00000125, 4",
        "0.00000375, 14",
        "0.00000625, 22",
        "-0.00000125, -4",
        "0.0000012500000000001, 5",
        "0.0000012499999999999, 4",
        "0.00000013888888, 0",
        "0.00000013888889, 1",
        "0.0000000999, 0",
    })
    void a_tie_at_the_millijoule_goes_to_the_even_one(String wattHours, long millijoules) {
        assertThat(Millijoules.ofWattHours(new BigDecimal(wattHours))).isEqualTo(new Millijoules(millijoules));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999999", "-1e999999999", "1e2147483647", "9e13", "2562047788015.216", "-2562047788016"})
    @Timeout(300)
    void an_energy_beyond_a_long_is_refused_whatever_its_exponent(String wattHours) {
        assertThatThrownBy(() -> Millijoules.ofWattHours(new BigDecimal(wattHours)))
                .isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-999999999", "1e-2147483647", "0e999999999", "0e2147483647", "0e-2147483647"})
    @Timeout(300)
    void an_energy_too_small_to_count_is_zero_whatever_its_exponent(String wattHours) {
        assertThat(Millijoules.ofWattHours(new BigDecimal(wattHours))).isEqualTo(Millijoules.ZERO);
    }

    @Test
    void many_decimals_are_no_reason_to_refuse() {
        assertThat(Millijoules.ofWattHours(new BigDecimal("1." + "0".repeat(5_000) + "1")))
                .isEqualTo(new Millijoules(3_600_000));
    }

    @Test
    void kilowatt_hours_are_a_thousandth_of_watt_hours() {
        Millijoules energy = new Millijoules(5_400_000_000L);
        assertThat(energy.wattHours()).isEqualTo(1_500.0);
        assertThat(energy.kilowattHours()).isEqualTo(1.5);
        assertThat(energy).isGreaterThan(Millijoules.ZERO).hasToString("5400000000 mJ");
    }
}

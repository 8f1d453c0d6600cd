package org.heliograph.telemetry.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UnitTest {
    @ParameterizedTest
    @CsvSource({
        "WATT, kW, 1.5, 1500",
        "WATT, MW, 2.1, 2100000",
        "WATT_HOUR, kWh, 0.1, 100",
        "WATT_HOUR, MWh, 3, 3000000",
        "WATT_HOUR, J, 7200, 2",
        "VOLT, mV, 400000, 400",
        "VOLT, kV, 22, 22000",
        "AMPERE, mA, 250, 0.25",
        "VOLT_AMPERE, kVA, 2, 2000",
        "RATIO, %, 95, 0.95",
        "PERCENT, /, 0.95, 95",
        "RELATIVE_HUMIDITY, %, 45, 45",
    })
    void a_known_unit_of_the_same_quantity_is_converted_exactly(Unit unit, String symbol, String value, String is) {
        assertThat(unit.from(symbol).orElseThrow().apply(new BigDecimal(value))).isEqualByComparingTo(is);
    }

    @ParameterizedTest
    @CsvSource({"WATT, Wh", "WATT, kw", "WATT_HOUR, W", "WATT_HOUR, kJ", "CELSIUS, K", "HERTZ, 1/min", "NONE, W"})
    void another_quantity_or_an_unknown_symbol_is_refused(Unit unit, String symbol) {
        assertThat(unit.from(symbol)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void no_symbol_and_the_own_symbol_change_nothing(Unit unit) {
        assertThat(unit.from("")).contains(Scale.ONE);
        assertThat(unit.from(unit.symbol())).contains(Scale.ONE);
    }

    @Test
    void every_whole_millijoule_survives_the_way_through_joules() {
        Scale fromJoules = Unit.WATT_HOUR.from("J").orElseThrow();
        Random random = new Random(20260701);
        for (int i = 0; i < 10_000; i++) {
            long millijoules = random.nextLong() >>> (1 + random.nextInt(62));
            BigDecimal joules = BigDecimal.valueOf(millijoules, 3);
            assertThat(Millijoules.ofWattHours(fromJoules.apply(joules)).value())
                    .isEqualTo(millijoules);
        }
    }

    @Test
    @Timeout(300)
    void a_huge_exponent_is_an_arithmetic_exception_at_worst() {
        Scale milli = Unit.VOLT.from("mV").orElseThrow();
        assertThatThrownBy(() -> milli.apply(new BigDecimal("1e-2147483647"))).isInstanceOf(ArithmeticException.class);
        assertThat(Unit.WATT_HOUR.from("J").orElseThrow().apply(new BigDecimal("36e999999999")))
                .isEqualByComparingTo("1e999999997");
    }
}

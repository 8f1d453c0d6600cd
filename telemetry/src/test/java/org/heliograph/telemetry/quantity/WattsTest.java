package org.heliograph.telemetry.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WattsTest {
    @ParameterizedTest
    @CsvSource({"2.1 MW, 2100000", "50 kW, 50000", "800 W, 800", "50kW, 50000", "'  7   W ', 7", "0.001 kW, 1", "0 W, 0"
    })
    void a_power_is_read_as_people_write_it(String text, long watts) {
        assertThat(Watts.parse(text)).isEqualTo(new Watts(watts));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "50",
                "kW",
                "50 kWh",
                "50 kw",
                "50 hp",
                "-5 W",
                "1,5 kW",
                "1.5 W",
                "0.0001 kW",
                ".5 kW",
                "5. kW",
                "1e3 W",
                "NaN W",
                "50 kW 3",
                "9223372036854775808 W",
                "٥٠ kW",
                "50\u00a0kW"
            })
    void anything_else_is_refused_with_the_text_quoted(String text) {
        assertThatThrownBy(() -> Watts.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'");
    }

    @Test
    void it_shows_as_watts() {
        assertThat(Watts.parse("1 kW")).hasToString("1000 W");
    }
}

package org.heliograph.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RawLoopTest {
    @Test
    void others_are_set_against_the_second_half_of_the_first_pass_and_not_against_the_best() {
        List<String> output = List.of(
                "ready at=1",
                "half readings=1000 millis=500.0",
                "pass readings=2000 millis=2000.0",
                "half readings=1000 millis=100.0",
                "pass readings=2000 millis=250.0");

        assertThat(RawLoop.rates(output)).isEqualTo(new RawLoop.Rates(2_000, 8_000));
    }
}

package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    private static final List<OptionalDouble> FIELD = of(0.5, 0.52, 0.3, 0.5);

    @Test
    void an_inverter_is_set_beside_the_middle_of_its_field() {
        assertThat(ratio(OptionalDouble.of(0.3), FIELD)).hasValue(0.6);
        assertThat(ratio(OptionalDouble.of(0.5), of(0.4, 0.5, 0.6))).hasValue(1);
    }

    @Test
    void two_say_nothing_of_what_is_usual() {
        assertThat(ratio(OptionalDouble.of(0.3), of(0.3, 0.5))).isEmpty();
    }

    @Test
    void in_a_low_sun_nobody_is_judged() {
        assertThat(ratio(OptionalDouble.of(0), of(0, 0.04, 0.04))).isEmpty();
    }

    @Test
    void what_is_not_known_is_not_judged() {
        assertThat(ratio(OptionalDouble.empty(), FIELD)).isEmpty();
    }

    private static OptionalDouble ratio(OptionalDouble own, List<OptionalDouble> all) {
        return Neighbours.ratio(own, Neighbours.usual(all));
    }

    private static List<OptionalDouble> of(double... values) {
        return java.util.Arrays.stream(values).mapToObj(OptionalDouble::of).toList();
    }
}

package org.heliograph.telemetry.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SamplingTest {
    @Test
    void samples_in_any_order_become_series_oldest_first() {
        Sampling sampling = new Sampling()
                .gauge(Point.POWER, 30, 3)
                .register(Point.ENERGY, 20, 200)
                .gauge(Point.POWER, 10, 1)
                .gauge(Point.POWER, 20, 2)
                .register(Point.ENERGY, 10, 100);
        assertThat(sampling.series())
                .containsExactly(
                        new Series.Gauge(Point.POWER, new long[] {10, 20, 30}, new double[] {1, 2, 3}),
                        new Series.Register(Point.ENERGY, new long[] {10, 20}, new long[] {100, 200}));
    }

    @Test
    void a_second_value_for_a_point_and_instant_replaces_the_first() {
        Sampling sampling = new Sampling().gauge(Point.POWER, 10, 1).gauge(Point.POWER, 10, 2);
        assertThat(sampling.series()).containsExactly(new Series.Gauge(Point.POWER, new long[] {10}, new double[] {2}));
    }

    @Test
    void a_register_keeps_every_bit_of_its_energy() {
        Sampling sampling = new Sampling().register(Point.ENERGY, 10, Long.MAX_VALUE - 1);
        assertThat(sampling.series())
                .containsExactly(new Series.Register(Point.ENERGY, new long[] {10}, new long[] {Long.MAX_VALUE - 1}));
    }

    @Test
    void a_sample_that_breaks_a_rule_is_refused_at_once_and_leaves_no_trace() {
        Sampling sampling = new Sampling();
        assertThatThrownBy(() -> sampling.gauge(Point.ENERGY, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sampling.register(Point.POWER, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sampling.gauge(Point.POWER, 1, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sampling.register(Point.ENERGY, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sampling.gauge(Point.POWER, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sampling.register(Point.ENERGY, Long.MAX_VALUE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sampling.isEmpty()).isTrue();
        assertThat(sampling.series()).isEmpty();
    }
}

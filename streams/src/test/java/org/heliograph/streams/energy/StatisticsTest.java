package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void a_minute_has_the_mean_least_most_and_last_of_each_gauge() {
        Samples all = Samples.of(
                "",
                new Sampling()
                        .gauge(Point.POWER, 0, 5)
                        .gauge(Point.POWER, 20_000, -1)
                        .gauge(Point.POWER, 59_999, 2)
                        .gauge(Point.POWER, 60_000, 99)
                        .gauge(Point.VOLTAGE, 1_000, 230)
                        .series());

        assertThat(Statistics.of(all.between(0, 60_000)))
                .containsExactlyInAnyOrder(
                        new Statistics(Point.POWER, 2, -1, 5, 2, 3),
                        new Statistics(Point.VOLTAGE, 230, 230, 230, 230, 1));
    }

    @Test
    void a_register_has_no_statistics() {
        Samples all = Samples.of("", new Sampling().register(Point.ENERGY, 0, 5).series());

        assertThat(Statistics.of(all)).isEmpty();
    }
}

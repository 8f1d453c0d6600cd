package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;

class RepetitionTest {
    private static final DeviceId CRAC = new DeviceId("casa1", "crac-01");

    private final Repetition repetition = new Repetition();

    @Test
    void only_what_was_kept_before_is_left_out() {
        Readings first = readings(
                "A",
                new Sampling()
                        .gauge(Point.POWER, 1, 10)
                        .register(Point.ENERGY, 1, 7)
                        .gauge(Point.POWER, 2, 20));
        assertThat(repetition.fresh(first)).contains(first);
        // not on disk yet: everything is still new
        assertThat(repetition.fresh(first)).contains(first);
        repetition.keep(first);

        Readings next = readings(
                "A",
                new Sampling()
                        .register(Point.ENERGY, 1, 7)
                        .gauge(Point.POWER, 2, 20)
                        .gauge(Point.POWER, 3, 30));
        assertThat(repetition.fresh(next)).contains(readings("A", new Sampling().gauge(Point.POWER, 3, 30)));
        repetition.keep(next);
        assertThat(repetition.fresh(next)).isEmpty();
    }

    @Test
    void another_value_or_serial_number_at_the_same_instant_is_new() {
        Readings first = readings("A", new Sampling().gauge(Point.POWER, 1, 10));
        repetition.keep(first);

        Readings corrected = readings("A", new Sampling().gauge(Point.POWER, 1, 11));
        Readings swapped = readings("B", new Sampling().gauge(Point.POWER, 1, 10));
        assertThat(repetition.fresh(corrected)).contains(corrected);
        assertThat(repetition.fresh(swapped)).contains(swapped);
    }

    private static Readings readings(String serial, Sampling sampling) {
        return new Readings(CRAC, serial, sampling.series());
    }
}

package org.heliograph.telemetry.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesTest {
    private static final long[] NO_TIMES = {};

    @Test
    void a_series_has_a_time_for_each_value() {
        assertThatThrownBy(() -> new Series.Register(Point.ENERGY, new long[] {1, 2}, new long[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 times for 1 values");
        assertThatThrownBy(() -> new Series.Gauge(Point.POWER, new long[] {1}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_series_is_never_empty() {
        assertThatThrownBy(() -> new Series.Register(Point.ENERGY, NO_TIMES, new long[] {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Series.Gauge(Point.POWER, NO_TIMES, new double[] {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void times_ascend_strictly() {
        assertThatThrownBy(() -> gauge(1, 1)).hasMessage("times do not ascend at sample 1");
        assertThatThrownBy(() -> gauge(1, 3, 2)).hasMessage("times do not ascend at sample 2");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 253_402_300_800_000L})
    void times_lie_between_1970_and_9999(long timeMillis) {
        assertThat(Series.isTime(timeMillis)).isFalse();
        assertThatThrownBy(() -> gauge(timeMillis)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_first_and_the_last_moment_are_times() {
        assertThat(gauge(0, Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli())
                        .size())
                .isEqualTo(2);
    }

    @Test
    void a_register_is_never_negative_so_that_no_difference_overflows() {
        assertThatThrownBy(() -> new Series.Register(Point.ENERGY, new long[] {1, 2}, new long[] {0, -1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("energy is negative: -1 mJ");
        assertThat(new Series.Register(Point.ENERGY, new long[] {1, 2}, new long[] {Long.MAX_VALUE, 0}).millijoules(0))
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void a_gauge_is_finite(double value) {
        assertThatThrownBy(() -> new Series.Gauge(Point.POWER, new long[] {1}, new double[] {value}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_register_series_takes_only_registers_and_a_gauge_series_only_gauges() {
        assertThatThrownBy(() -> new Series.Register(Point.POWER, new long[] {1}, new long[] {1}))
                .hasMessage("power is not a register");
        assertThatThrownBy(() -> new Series.Gauge(Point.ENERGY, new long[] {1}, new double[] {1}))
                .hasMessage("energy is a register");
    }

    @Test
    void a_series_keeps_what_it_was_given_when_the_arrays_change_later() {
        long[] times = {1, 2};
        long[] millijoules = {10, 20};
        Series.Register series = new Series.Register(Point.ENERGY, times, millijoules);
        times[0] = 99;
        millijoules[1] = 99;
        assertThat(series).isEqualTo(new Series.Register(Point.ENERGY, new long[] {1, 2}, new long[] {10, 20}));
    }

    @Test
    void series_are_equal_when_point_times_and_values_are() {
        Series series = gauge(1, 2);
        assertThat(series).isEqualTo(gauge(1, 2)).hasSameHashCodeAs(gauge(1, 2));
        assertThat(series).isNotEqualTo(gauge(1, 3));
        assertThat(series).isNotEqualTo(new Series.Gauge(Point.CURRENT, new long[] {1, 2}, new double[] {0, 0}));
    }

    @Test
    void readings_span_from_the_first_sample_of_any_point_to_the_last() {
        Readings readings = new Readings(
                new DeviceId("casa1", "inv-01"),
                "",
                List.of(gauge(20, 40), new Series.Register(Point.ENERGY, new long[] {10, 30}, new long[] {1, 2})));
        assertThat(readings.earliest()).isEqualTo(Instant.ofEpochMilli(10));
        assertThat(readings.latest()).isEqualTo(Instant.ofEpochMilli(40));
        assertThat(readings.size()).isEqualTo(4);
    }

    @Test
    void readings_have_at_least_one_point_and_each_once() {
        DeviceId device = new DeviceId("casa1", "inv-01");
        assertThatThrownBy(() -> new Readings(device, "", List.of())).hasMessage("no readings of casa1/inv-01");
        assertThatThrownBy(() -> new Readings(device, "", List.of(gauge(1), gauge(2))))
                .hasMessage("a point of casa1/inv-01 appears twice");
    }

    private static Series.Gauge gauge(long... timesMillis) {
        return new Series.Gauge(Point.POWER, timesMillis, new double[timesMillis.length]);
    }
}

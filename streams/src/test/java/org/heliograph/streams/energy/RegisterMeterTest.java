package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Profile.PointSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterMeterTest {
    private static final PointSpec SPEC =
            new PointSpec(Duration.ofSeconds(10), Duration.ofMinutes(3), false, OptionalLong.empty(), 0);
    private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

    private static Series.Register register(long... timeAndValue) {
        long[] times = new long[timeAndValue.length / 2];
        long[] values = new long[times.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = timeAndValue[2 * i];
            values[i] = timeAndValue[2 * i + 1];
        }
        return new Series.Register(Point.ENERGY, times, values);
    }

    private static Metered measure(Series.Register track, long start, long end) {
        return RegisterMeter.measure(track, start, end, SPEC, NO_LIMIT);
    }

    @Test
    void readings_on_both_boundaries_give_their_exact_difference() {
        Metered minute = measure(register(0, 1_000, 60_000, 7_001), 0, 60_000);
        assertThat(minute.millijoules()).isEqualTo(6_001);
        assertThat(minute.coveredMillis()).isEqualTo(60_000);
        assertThat(minute.flags()).isEmpty();
    }

    @Test
    void a_boundary_between_two_readings_is_interpolated() {
        Metered minute = measure(register(30_000, 0, 90_000, 600, 150_000, 1_200), 60_000, 120_000);
        assertThat(minute.millijoules()).isEqualTo(600);
        assertThat(minute.coveredMillis()).isEqualTo(60_000);
    }

    @Test
    void nothing_is_extrapolated_beyond_the_last_reading() {
        Metered minute = measure(register(0, 0, 30_000, 300), 0, 60_000);
        assertThat(minute.millijoules()).isEqualTo(300);
        assertThat(minute.coveredMillis()).isEqualTo(30_000);
    }

    @Test
    void a_single_reading_covers_nothing() {
        assertThat(measure(register(10_000, 5), 0, 60_000)).isEqualTo(Metered.NOTHING);
    }

    @Test
    void a_step_over_a_long_gap_counts_whole_and_is_marked_interpolated() {
        Series.Register track = register(0, 0, 600_000, 10_000);
        long sum = 0;
        for (int minute = 0; minute < 10; minute++) {
            Metered metered = measure(track, minute * 60_000L, (minute + 1) * 60_000L);
            assertThat(metered.flags()).containsExactly(Flag.INTERPOLATED);
            sum += metered.millijoules();
        }
        assertThat(sum).isEqualTo(10_000);
    }

    @Test
    void a_drop_books_nothing_and_leaves_a_hole() {
        Metered minute = measure(register(0, 5_000, 30_000, 0, 60_000, 300), 0, 60_000);
        assertThat(minute.millijoules()).isEqualTo(300);
        assertThat(minute.coveredMillis()).isEqualTo(30_000);
        assertThat(minute.flags()).containsExactly(Flag.DROP);
    }

    @Test
    void a_glitch_to_zero_books_nothing() {
        Metered minute = measure(register(0, 1_234, 10_000, 0, 20_000, 1_234, 60_000, 1_240), 0, 60_000);
        assertThat(minute.millijoules()).isEqualTo(6);
        assertThat(minute.flags()).containsExactly(Flag.GLITCH);
    }

    @Test
    void a_step_beyond_the_rating_is_a_spike_and_not_counted() {
        // 100 W over 10 s are 1,000,000 mJ; the step says 100 kW
        Metered minute = RegisterMeter.measure(register(0, 0, 10_000, 1_000_000_000), 0, 60_000, SPEC, 110);
        assertThat(minute.millijoules()).isZero();
        assertThat(minute.flags()).containsExactly(Flag.SPIKE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void any_partition_of_time_adds_up_exactly_to_the_whole(long seed) {
        Random random = new Random(seed);
        int size = 2 + random.nextInt(50);
        long[] times = new long[size];
        long[] values = new long[size];
        for (int i = 1; i < size; i++) {
            times[i] = times[i - 1] + 1 + random.nextInt(200_000);
            values[i] = values[i - 1] + random.nextLong(1L << 50);
        }
        Series.Register track = new Series.Register(Point.ENERGY, times, values);
        long sum = 0;
        long from = 0;
        while (from < times[size - 1]) {
            long to = Math.min(times[size - 1], from + 1 + random.nextInt(90_000));
            sum += measure(track, from, to).millijoules();
            from = to;
        }
        assertThat(sum).isEqualTo(values[size - 1]);
    }
}

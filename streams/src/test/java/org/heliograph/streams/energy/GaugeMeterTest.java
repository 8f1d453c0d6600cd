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

class GaugeMeterTest {
    private static PointSpec spec(boolean hold) {
        return new PointSpec(Duration.ofSeconds(10), Duration.ofMinutes(3), hold, OptionalLong.empty(), 0, false);
    }

    private static Series.Gauge power(long[] times, double[] watts) {
        return new Series.Gauge(Point.POWER, times, watts);
    }

    @Test
    void a_ramp_is_a_trapezoid() {
        // 0 to 60 W over a minute: 30 W on average, 1,800 J
        Metered minute = GaugeMeter.measure(
                power(new long[] {0, 60_000}, new double[] {0, 60}), 0, 60_000, spec(false), 1e9, Direction.FORWARD);
        assertThat(minute.millijoules()).isEqualTo(1_800_000);
        assertThat(minute.coveredMillis()).isEqualTo(60_000);
        assertThat(minute.flags()).containsExactly(Flag.INTEGRATED);
    }

    @Test
    void a_held_value_stays_until_the_next() {
        Metered minute = GaugeMeter.measure(
                power(new long[] {0, 60_000}, new double[] {10, 60}), 0, 60_000, spec(true), 1e9, Direction.FORWARD);
        assertThat(minute.millijoules()).isEqualTo(600_000);
    }

    @Test
    void a_held_value_is_believed_until_an_absurd_one_and_an_absurd_one_never() {
        Metered whole = GaugeMeter.measure(
                power(new long[] {0, 120_000, 130_000, 180_000}, new double[] {5_000, 1e6, 5_000, 5_000}),
                0,
                180_000,
                spec(true),
                6_600,
                Direction.FORWARD);
        assertThat(whole.millijoules()).isEqualTo(5_000L * 170_000);
        assertThat(whole.coveredMillis()).isEqualTo(170_000);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.INTEGRATED, Flag.SPIKE);
    }

    @Test
    void a_segment_longer_than_max_gap_counts_nothing() {
        Metered hour = GaugeMeter.measure(
                power(new long[] {0, 60_000, 3_000_000, 3_060_000}, new double[] {10, 10, 5_000, 10}),
                0,
                2_940_000,
                spec(false),
                1e9,
                Direction.FORWARD);
        assertThat(hour.millijoules()).isEqualTo(600_000);
        assertThat(hour.coveredMillis()).isEqualTo(60_000);
    }

    @Test
    void what_flows_the_other_way_counts_nothing() {
        // -60 W to 60 W over two minutes: it crosses zero after one
        Series.Gauge track = power(new long[] {0, 120_000}, new double[] {-60, 60});
        for (Direction direction : Direction.values()) {
            Metered both = GaugeMeter.measure(track, 0, 120_000, spec(false), 1e9, direction);
            assertThat(both.millijoules()).as("%s", direction).isEqualTo(1_800_000);
            assertThat(both.coveredMillis()).isEqualTo(120_000);
        }
        assertThat(GaugeMeter.measure(track, 0, 60_000, spec(false), 1e9, Direction.FORWARD)
                        .millijoules())
                .isZero();
        assertThat(GaugeMeter.measure(track, 0, 60_000, spec(false), 1e9, Direction.REVERSE)
                        .millijoules())
                .isEqualTo(1_800_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void the_parts_of_a_segment_add_up_exactly_to_it(long seed) {
        Random random = new Random(seed);
        Series.Gauge track = power(
                new long[] {0, 170_001},
                new double[] {random.nextDouble() * 2e6 - 1e6, random.nextDouble() * 2e6 - 1e6});
        long whole = GaugeMeter.measure(track, 0, 170_001, spec(false), 1e9, Direction.FORWARD)
                .millijoules();
        long sum = 0;
        long from = 0;
        while (from < 170_001) {
            long to = Math.min(170_001, from + 1 + random.nextInt(20_000));
            sum += GaugeMeter.measure(track, from, to, spec(false), 1e9, Direction.FORWARD)
                    .millijoules();
            from = to;
        }
        assertThat(sum).isEqualTo(whole);
    }
}

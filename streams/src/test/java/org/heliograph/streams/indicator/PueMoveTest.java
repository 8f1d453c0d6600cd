package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.heliograph.streams.indicator.PueMove.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PueMoveTest {
    private static final long MINUTE = 60_000_000L; // mJ of a kilowatt over a minute
    private static final PueParts NOON = parts(15, 1_000, 240, 25, 40, 30);

    /** Kilowatts over some minutes. */
    private static PueParts parts(long minutes, long it, long cooling, long auxiliary, long distribution, long rest) {
        return new PueParts(
                minutes,
                (it + cooling + auxiliary + distribution + rest) * minutes * MINUTE,
                it * minutes * MINUTE,
                cooling * minutes * MINUTE,
                auxiliary * minutes * MINUTE,
                distribution * minutes * MINUTE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void the_shares_add_up_to_the_change_whatever_the_periods_are(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            PueParts before = any(random);
            PueParts after = any(random);
            PueMove move = PueMove.between(before, after);

            assertThat(move.millionths().values().stream()
                            .mapToLong(share -> share)
                            .sum())
                    .isEqualTo(move.changeMillionths())
                    .isEqualTo(Math.round(after.pue() * 1e6) - Math.round(before.pue() * 1e6));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_way_back_is_the_way_there_reversed(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            PueParts before = any(random);
            PueParts after = any(random);
            PueMove there = PueMove.between(before, after);
            PueMove back = PueMove.between(after, before);
            for (Part part : Part.values()) {
                assertThat(back.millionths(part)).isCloseTo(-there.millionths(part), within(2L));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void each_share_is_the_mean_over_all_orders_of_change(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            PueParts before = any(random);
            PueParts after = any(random);
            PueMove move = PueMove.between(before, after);
            double[] mean = new double[5];
            permute(new int[] {0, 1, 2, 3, 4}, 0, order -> {
                double[] now = powers(before);
                for (int part : order) {
                    double was = pue(now);
                    now[part] = powers(after)[part];
                    mean[part] += (pue(now) - was) / 120;
                }
            });
            for (Part part : Part.values()) {
                assertThat(move.millionths(part) / 1e6)
                        .isCloseTo(mean[List.of(Part.values()).indexOf(part)], within(3e-6));
            }
        }
    }

    @Test
    void what_alone_has_changed_has_all_of_it() {
        PueMove warmer = PueMove.between(NOON, parts(15, 1_000, 260, 25, 40, 30));
        assertThat(warmer.changeMillionths()).isEqualTo(20_000);
        assertThat(warmer.millionths())
                .isEqualTo(Map.of(
                        Part.IT,
                        0L,
                        Part.COOLING,
                        20_000L,
                        Part.DISTRIBUTION,
                        0L,
                        Part.AUXILIARY,
                        0L,
                        Part.UNMETERED,
                        0L));

        PueMove idle = PueMove.between(NOON, parts(15, 500, 240, 25, 40, 30));
        assertThat(idle.millionths(Part.IT)).isEqualTo(idle.changeMillionths()).isEqualTo(335_000);
    }

    @Test
    void how_long_a_period_was_does_not_matter() {
        assertThat(PueMove.between(NOON, parts(7, 1_000, 260, 25, 40, 30)))
                .isEqualTo(PueMove.between(NOON, parts(15, 1_000, 260, 25, 40, 30)));
    }

    @Test
    void a_part_below_zero_is_a_part_too() {
        PueMove move = PueMove.between(NOON, parts(15, 1_000, 240, 25, 40, -5)); // within the meters' accuracy
        assertThat(move.millionths(Part.UNMETERED)).isEqualTo(-35_000);
    }

    @Test
    void a_period_without_a_ratio_is_refused() {
        assertThatThrownBy(() -> PueMove.between(PueParts.NONE, NOON)).isInstanceOf(IllegalArgumentException.class);
        assertThat(parts(1, 100, 0, 0, 0, -1).isRatio()).isFalse(); // below 1: a fault of the meters
    }

    private static PueParts any(Random random) {
        long it = 1 + random.nextLong(2_000);
        long cooling = random.nextLong(800);
        long auxiliary = random.nextLong(60);
        long distribution = random.nextLong(90);
        long rest = random.nextLong(100) - Math.min(20, cooling + auxiliary + distribution);
        PueParts parts = parts(1 + random.nextLong(60), it, cooling, auxiliary, distribution, rest);
        long noise = random.nextLong(1_000_000);
        return new PueParts(
                parts.minutes(),
                parts.input() + noise,
                parts.it(),
                parts.cooling() + noise / 2,
                parts.auxiliary(),
                parts.distribution());
    }

    private static double[] powers(PueParts parts) {
        double minutes = parts.minutes();
        return new double[] {
            parts.it() / minutes,
            parts.cooling() / minutes,
            parts.distribution() / minutes,
            parts.auxiliary() / minutes,
            parts.unmetered() / minutes
        };
    }

    private static double pue(double[] powers) {
        double sum = 0;
        for (double power : powers) {
            sum += power;
        }
        return sum / powers[0];
    }

    private interface Visit {
        void visit(int[] order);
    }

    private static void permute(int[] order, int fixed, Visit visit) {
        if (fixed == order.length) {
            visit.visit(order);
            return;
        }
        for (int i = fixed; i < order.length; i++) {
            swap(order, fixed, i);
            permute(order, fixed + 1, visit);
            swap(order, fixed, i);
        }
    }

    private static void swap(int[] order, int a, int b) {
        int kept = order[a];
        order[a] = order[b];
        order[b] = kept;
    }
}

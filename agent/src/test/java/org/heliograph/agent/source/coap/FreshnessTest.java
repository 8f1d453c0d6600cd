package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessTest {
    private static final int ROUND = 1 << 24;

    @ParameterizedTest
    @CsvSource(textBlock = """
            0, 1, true
            1, 0, false
            5, 5, false
            0, 8388607, true
            0, 8388608, false
            16777215, 0, true
            16777215, 8388606, true
            16777215, 8388607, false
            0, 16777215, false
            """)
    void numbers_go_round(int earlier, int later, boolean newer) {
        assertThat(new Freshness(earlier, 0).isBefore(later, 1)).isEqualTo(newer);
    }

    @Test
    void after_128_seconds_any_number_is_newer() {
        assertThat(new Freshness(5, 0).isBefore(4, TimeUnit.SECONDS.toNanos(128)))
                .isFalse();
        assertThat(new Freshness(5, 0).isBefore(4, TimeUnit.SECONDS.toNanos(128) + 1))
                .isTrue();
    }

    /** A device counts on from any number; the network delays each notification by up to four of its steps. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void however_notifications_are_turned_round_only_those_overtaken_are_late(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int first = ROUND - random.nextInt(2_000);
        List<int[]> sent = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            sent.add(new int[] {i, i + random.nextInt(5)});
        }
        sent.sort((a, b) -> Integer.compare(a[1], b[1]));
        Freshness latest = null;
        int newest = -1;
        for (int[] one : sent) {
            int number = (first + one[0]) % ROUND;
            long nanos = TimeUnit.SECONDS.toNanos(one[1]);
            boolean late = latest != null && !latest.isBefore(number, nanos);
            assertThat(late).as("notification %s after %s", one[0], newest).isEqualTo(one[0] < newest);
            latest = Freshness.later(latest, number, nanos);
            newest = Math.max(newest, one[0]);
            assertThat(latest.number()).isEqualTo((first + newest) % ROUND);
        }
    }
}

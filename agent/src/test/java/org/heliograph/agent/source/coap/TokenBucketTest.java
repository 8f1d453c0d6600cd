package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void a_burst_goes_through_and_then_the_rate() {
        TokenBucket bucket = new TokenBucket(2, 3, 0);

        assertThat(bucket.take(1, 0)).isZero();
        assertThat(bucket.take(1, 0)).isZero();
        assertThat(bucket.take(1, 0)).isZero();
        assertThat(bucket.take(1, 0)).isEqualTo(Duration.ofMillis(500));
        assertThat(bucket.take(1, SECOND / 2)).isZero();
        assertThat(bucket.take(1, SECOND / 2)).isEqualTo(Duration.ofMillis(500));
        // a silence gives back the burst, and no more
        assertThat(bucket.take(3, 100 * SECOND)).isZero();
        assertThat(bucket.take(1, 100 * SECOND)).isPositive();
    }

    @Test
    void a_part_of_a_message_costs_its_part() {
        TokenBucket bucket = new TokenBucket(1, 1, 0);
        for (int i = 0; i < 64; i++) {
            assertThat(bucket.take(1 / 64.0, 0)).isZero();
        }
        assertThat(bucket.take(1 / 64.0, 0)).isPositive();
    }

    @Test
    void a_clock_that_stands_still_or_goes_back_gives_nothing() {
        TokenBucket bucket = new TokenBucket(1, 1, SECOND);
        assertThat(bucket.take(1, SECOND)).isZero();
        assertThat(bucket.take(1, 0)).isPositive();
    }
}

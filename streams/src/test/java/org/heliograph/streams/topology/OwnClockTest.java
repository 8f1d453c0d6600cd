package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OwnClockTest {
    private static final Instant SAID = Instant.parse("2026-06-15T12:00:00Z");

    private Instant clock = SAID;
    private Duration waited = Duration.ZERO;

    private boolean await(Duration setAfter) throws InterruptedException {
        return OwnClock.await(SAID, () -> clock, time -> {
            waited = waited.plus(time);
            clock = waited.compareTo(setAfter) >= 0 ? SAID : clock.plus(time);
        });
    }

    @Test
    void a_clock_that_goes_on_from_where_an_engine_was_is_not_waited_for() throws InterruptedException {
        clock = SAID.minus(Duration.ofMinutes(4));
        assertThat(await(Duration.ofDays(1))).isTrue();
        assertThat(waited).isZero();
    }

    @Test
    void a_clock_that_has_yet_to_be_set_is_waited_for() throws InterruptedException {
        clock = Instant.parse("2000-01-01T00:00:00Z");
        assertThat(await(Duration.ofSeconds(40))).isTrue();
        assertThat(waited).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void an_engine_whose_clock_was_wrong_before_is_not_waited_for_for_ever() throws InterruptedException {
        clock = SAID.minus(Duration.ofDays(2));
        assertThat(await(Duration.ofDays(1))).isFalse();
        assertThat(waited).isLessThanOrEqualTo(Duration.ofMinutes(10));
    }
}

package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofMillis(900));

    @Test
    void each_wait_is_of_a_step_twice_as_long_up_to_the_last_and_none_is_less_than_half_of_it() {
        assertWait(200);
        assertWait(400);
        assertWait(800);
        assertWait(900);
        assertWait(900);
        backoff.reset();
        assertWait(200);
    }

    private void assertWait(long stepMillis) {
        assertThat(backoff.next()).isBetween(Duration.ofMillis(stepMillis / 2), Duration.ofMillis(stepMillis));
    }
}

package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReconnectionTest {
    private static final Duration FIRST_MAX = Duration.ofMillis(500);
    private static final Duration LATE_MIN = Duration.ofSeconds(15);

    private final Reconnection reconnection = new Reconnection();

    /** The broker starts more slowly than the agent. */
    @BeforeEach
    void waitLong() {
        for (int i = 0; i < 8; i++) {
            reconnection.pause(Duration.ZERO, false);
        }
    }

    @Test
    void a_connection_that_ends_soon_is_waited_for_as_one_that_cant_be_made() {
        assertThat(reconnection.pause(Duration.ofSeconds(29), false)).isGreaterThanOrEqualTo(LATE_MIN);
    }

    @Test
    void one_that_held_is_made_again_at_once() {
        assertThat(reconnection.pause(Duration.ofSeconds(30), false)).isLessThanOrEqualTo(FIRST_MAX);
    }

    @Test
    void the_one_that_brings_a_later_state_is_made_at_once_however_long_the_outage_before() {
        assertThat(reconnection.pause(Duration.ofMillis(20), true)).isLessThanOrEqualTo(FIRST_MAX);
        waitLong();
        assertThat(reconnection.pause(Duration.ofMillis(20), true)).isLessThanOrEqualTo(FIRST_MAX);
    }

    @Test
    void two_hosts_of_one_name_dont_take_turns_without_a_pause() {
        for (int i = 0; i < 8; i++) {
            reconnection.pause(Duration.ofMillis(20), true);
        }
        assertThat(reconnection.pause(Duration.ofMillis(20), true)).isGreaterThanOrEqualTo(LATE_MIN);
    }
}

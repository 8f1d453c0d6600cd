package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PaceTest {
    private static final long NOW = 1_800_000_000_000L;

    private final Pace pace = new Pace(Duration.ofMillis(250));

    @Test
    void what_is_of_the_present_is_worked_off_at_every_call() {
        pace.took(NOW - 2_000);
        assertThat(pace.isTime(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 50)).isTrue();
        assertThat(pace.isTime(NOW + 100)).isTrue();
    }

    @Test
    void a_backlog_is_worked_off_in_batches() {
        pace.took(NOW - 3_600_000);
        assertThat(pace.isTime(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 249)).isFalse();
        assertThat(pace.isTime(NOW + 250)).isTrue();
    }

    @Test
    void one_late_device_does_not_make_the_present_a_backlog() {
        pace.took(NOW - 2_000);
        pace.took(NOW - 3_600_000);
        assertThat(pace.isTime(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 50)).isTrue();
    }
}

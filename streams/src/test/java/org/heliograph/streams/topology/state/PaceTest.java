package org.heliograph.streams.topology.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PaceTest {
    private static final long NOW = 1_800_000_000_000L;

    private final Pace pace = Pace.alone(Duration.ofMillis(250));

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
    void a_clock_that_is_set_back_does_not_hold_a_backlog_up() {
        pace.took(NOW - 86_400_000);
        assertThat(pace.isTime(NOW)).isTrue();
        assertThat(pace.isTime(NOW - 3_600_000)).isTrue();
        assertThat(pace.isTime(NOW - 3_600_000 + 249)).isFalse();
    }

    @Test
    void one_late_device_does_not_make_the_present_a_backlog() {
        pace.took(NOW - 2_000);
        pace.took(NOW - 3_600_000);
        assertThat(pace.isTime(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 50)).isTrue();
    }

    @Test
    void the_present_is_shown_but_not_a_backlog() {
        pace.took(NOW - 3_600_000);
        assertThat(pace.shows(NOW)).isFalse();
        pace.took(NOW - 2_000);
        assertThat(pace.shows(NOW)).isTrue();
    }

    @Test
    void after_a_commit_that_took_long_the_thread_has_as_long_for_its_work() {
        pace.took(NOW);
        assertThat(pace.shows(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 150)).isTrue();
        assertThat(pace.shows(NOW + 150)).isFalse();
        assertThat(pace.isTime(NOW + 250)).isTrue();
        assertThat(pace.shows(NOW + 299)).isFalse();
        assertThat(pace.shows(NOW + 300)).isTrue();
    }

    @Test
    void what_is_sent_on_before_the_commit_begins_needs_none_of_its_own() {
        pace.took(NOW);
        assertThat(pace.shows(NOW)).isTrue();
        assertThat(pace.shows(NOW)).isFalse();
    }

    @Test
    void what_one_task_waits_for_the_broker_gives_all_tasks_of_its_thread_a_rest() {
        Pace other = pace.another();
        pace.took(NOW);
        other.took(NOW);
        assertThat(pace.shows(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 60)).isTrue();
        assertThat(other.shows(NOW + 60)).isFalse();
        assertThat(other.shows(NOW + 120)).isTrue();
    }

    @Test
    void no_rest_is_longer_than_a_second_whatever_the_clock_does() {
        pace.took(NOW);
        assertThat(pace.shows(NOW)).isTrue();
        assertThat(pace.isTime(NOW + 5_000)).isTrue();
        assertThat(pace.shows(NOW + 5_999)).isFalse();
        assertThat(pace.shows(NOW + 6_000)).isTrue();
        assertThat(pace.isTime(NOW + 6_500)).isTrue();
        pace.took(NOW - 30_000); // the clock was set back by half a minute
        assertThat(pace.shows(NOW - 20_000)).isTrue();
    }
}

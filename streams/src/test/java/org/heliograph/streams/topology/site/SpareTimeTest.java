package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stream thread may spend on what nobody waits for: 50 ms in each 250, of a call's usual second. */
class SpareTimeTest {
    private static final Duration USUAL = Duration.ofSeconds(1);
    private static final long START_MILLIS = 1_000_000;

    private long nanos = -5; // a clock of which only differences mean something
    private final SpareTime spare = new SpareTime(() -> nanos);
    private final List<Long> worked = new ArrayList<>();

    @Test
    void all_tasks_of_a_thread_share_one_budget() {
        work(0, 30);
        spare.work(START_MILLIS, USUAL, deadline -> {
            pass(20);
            assertThat(deadline.isOver()).as("20 ms of 50 are left").isFalse();
            pass(1);
            assertThat(deadline.isOver()).isTrue();
        });
        work(0, 1);
        work(249, 1);
        assertThat(worked).containsExactly(0L);
        work(250, 1);
        assertThat(worked).containsExactly(0L, 250L);
    }

    @Test
    void a_step_that_takes_four_intervals_is_followed_by_a_pause_as_long() {
        work(0, 250); // what 5 intervals have: the one it is in, and four
        for (long millis = 250; millis < 1_000; millis += 250) {
            work(millis, 1);
        }
        assertThat(worked).containsExactly(0L);
        work(1_000, 1);
        assertThat(worked).containsExactly(0L, 1_000L);
    }

    @Test
    void what_a_step_took_too_long_is_made_up_for_interval_by_interval() {
        work(0, 160);
        work(250, 1);
        work(500, 1);
        work(750, 1);
        assertThat(worked).as("160 - 50 - 50 is more than 50").containsExactly(0L, 750L);
    }

    @Test
    void intervals_that_passed_at_once_all_count() {
        work(0, 190);
        work(750, 1);
        assertThat(worked).containsExactly(0L, 750L);
    }

    @Test
    void what_isnt_used_isnt_saved_up() {
        work(0, 1);
        spare.work(START_MILLIS + 750, USUAL, deadline -> {
            pass(51);
            assertThat(deadline.isOver()).isTrue();
        });
        work(750, 1);
        assertThat(worked).containsExactly(0L);
    }

    @Test
    void a_clock_that_is_set_back_begins_anew() {
        work(0, 5_000);
        work(-1, 1);
        assertThat(worked).containsExactly(0L, -1L);
    }

    @Test
    void what_was_spent_is_forgotten_where_nobody_asked_for_a_second() {
        work(0, 3_600_000);
        work(999, 1);
        work(1_999, 1);
        assertThat(worked).containsExactly(0L, 1_999L);
    }

    /** Has something to do that takes so long. */
    private void work(long millis, long takesMillis) {
        spare.work(START_MILLIS + millis, USUAL, _ -> {
            worked.add(millis);
            pass(takesMillis);
        });
    }

    private void pass(long millis) {
        nanos += Duration.ofMillis(millis).toNanos();
    }
}

package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentLossTest {
    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;

    private final RecentLoss loss = new RecentLoss(5);

    @Test
    void a_loss_is_one_for_a_day_after_the_last_of_it() {
        assertThat(loss.at(5, DAY)).isZero();
        assertThat(loss.at(8, 2 * DAY)).isEqualTo(3);
        assertThat(loss.at(9, 2 * DAY + MINUTE)).isEqualTo(4);
        assertThat(loss.at(9, 3 * DAY)).isEqualTo(4);
        assertThat(loss.at(9, 3 * DAY + MINUTE)).isZero();
        assertThat(loss.at(10, 3 * DAY + 2 * MINUTE)).isEqualTo(1);
    }

    @Test
    void what_comes_after_all_is_no_loss_and_the_next_has_its_own_day() {
        assertThat(loss.at(8, DAY)).isEqualTo(3);
        assertThat(loss.at(5, DAY + MINUTE)).isZero();
        assertThat(loss.at(6, 2 * DAY - MINUTE)).isEqualTo(1);
        assertThat(loss.at(6, 2 * DAY)).isEqualTo(1);
    }

    @Test
    void a_ledger_that_is_not_whole_yet_makes_no_loss_of_what_was_lost_before() {
        assertThat(loss.at(5, DAY)).isZero();
        assertThat(loss.at(1, DAY + MINUTE)).isZero();
        assertThat(loss.at(5, DAY + 2 * MINUTE)).isZero();
    }

    @Test
    void when_old_ones_have_come_the_next_loss_counts_from_there() {
        assertThat(loss.at(0, DAY)).isZero();
        assertThat(loss.at(0, DAY + 10 * MINUTE)).isZero();
        assertThat(loss.at(2, DAY + 11 * MINUTE)).isEqualTo(2);
    }

    @Test
    void what_people_were_told_of_is_the_same_loss_though_it_is_read_again() {
        RecentLoss readAgain = RecentLoss.recalled(5, 3, DAY);
        readAgain.at(5, DAY - 3 * MINUTE);

        assertThat(readAgain.at(8, DAY - 2 * MINUTE)).isEqualTo(3);
        assertThat(RecentLoss.recalled(8, 3, DAY).at(8, DAY - MINUTE)).isEqualTo(3);
        assertThat(RecentLoss.recalled(8, 3, DAY).at(8, 2 * DAY)).isZero();
    }
}

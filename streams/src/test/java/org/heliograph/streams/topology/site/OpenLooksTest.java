package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenLooksTest {
    private static final long NOON = 1_781_524_800_000L;

    private final OpenLooks looks = new OpenLooks();

    @ParameterizedTest
    @CsvSource({"0, 1000", "5000, 1000", "10000, 1000", "25000, 2500"})
    void all_are_looked_at_each_second_and_more_seldom_where_there_are_many(int open, long intervalMillis) {
        assertThat(looks.isTime(NOON)).isTrue();
        looks.looked(open, NOON);
        assertThat(looks.isTime(NOON + intervalMillis - 1)).isFalse();
        assertThat(looks.isTime(NOON + intervalMillis)).isTrue();
    }

    @Test
    void after_the_clock_was_set_back_they_are_looked_at() {
        looks.looked(5, NOON);
        assertThat(looks.isTime(NOON - 1)).isTrue();
    }

    @Test
    void while_there_are_too_many_none_is_held_open() {
        looks.looked(20_000, NOON);
        assertThat(looks.mayHold()).isTrue();
        looks.looked(20_001, NOON);
        assertThat(looks.mayHold()).isFalse();
    }
}

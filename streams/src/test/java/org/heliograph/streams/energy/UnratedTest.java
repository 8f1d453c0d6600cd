package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import org.heliograph.streams.energy.Meter.Whole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is believed of a device whose rating nobody has stated: by itself it may have any power up to 100 MW. */
class UnratedTest {
    private static final int LAST_SECOND = 3600;

    private static Meter read(int everySeconds) {
        return Meter.every(everySeconds, everySeconds, "");
    }

    @ParameterizedTest
    @CsvSource({"300, 2, 5000000", "300, 3, 60000", "60, 5, 5000000", "10, 2, 60000", "10, 6, 5000000"})
    void zeros_after_which_the_total_is_shown_again_book_nothing(int everySeconds, int zeros, int total) {
        Meter meter = read(everySeconds);
        for (int second = 0; second <= LAST_SECOND; second += everySeconds) {
            boolean isZero = second >= 1200 && second < 1200 + zeros * everySeconds;
            meter.shows(second, isZero ? 0 : total + second / 10.0);
        }
        Whole whole = meter.from(0, LAST_SECOND);
        assertThat(whole.wattHours()).isEqualTo(360);
        assertThat(whole.coveredSeconds()).isEqualTo(LAST_SECOND);
        assertThat(whole.flags()).contains(Flag.GLITCH).doesNotContain(Flag.RESET, Flag.SPIKE);
    }

    /** A gateway that hasn't read its device yet. */
    @Test
    void a_total_that_is_shown_after_zeros_alone_is_no_energy() {
        Meter meter = read(300);
        for (int second = 0; second <= LAST_SECOND; second += 300) {
            meter.shows(second, second < 900 ? 0 : 5_000_000 + second / 10.0);
        }
        assertThat(meter.from(0, LAST_SECOND)).isEqualTo(new Whole(270, LAST_SECOND - 300, Set.of(Flag.SPIKE)));
    }

    /** It is shown again, but less than before: what a gateway had kept. */
    @Test
    void an_older_total_after_zeros_is_no_energy() {
        Meter meter = read(300);
        for (int second = 0; second <= LAST_SECOND; second += 300) {
            double total = 5_000_000 + second / 10.0 - (second < 1200 ? 0 : 200);
            meter.shows(second, second >= 1200 && second < 1800 ? 0 : total);
        }
        Whole whole = meter.from(0, LAST_SECOND);
        assertThat(whole.wattHours()).isEqualTo(270);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.RESET, Flag.SPIKE);
    }

    /** Any power is plausible of it: that the value was wrong, only the fall after it tells. */
    @ParameterizedTest
    @CsvSource({"10, 5_000_000, 100_000", "10, 5_000_000, 5", "300, 5_000_000, 4_000_000"})
    void a_value_that_is_too_high_once_counts_nothing(int everySeconds, String total, String tooMuch) {
        Meter meter = read(everySeconds);
        for (int second = 0; second <= LAST_SECOND; second += everySeconds) {
            double shown = number(total) + second / 10.0;
            meter.shows(second, second == 1200 ? shown + number(tooMuch) : shown);
        }
        Whole whole = meter.from(0, LAST_SECOND);
        assertThat(whole).isEqualTo(new Whole(360, LAST_SECOND, Set.of(Flag.GLITCH)));
    }

    /** A gateway publishes more often than it asks its device. */
    @ParameterizedTest
    @CsvSource({"2, false", "30, false", "2, true", "30, true"})
    void a_value_that_is_too_high_counts_nothing_however_often_it_is_repeated(int times, boolean hasPower) {
        Meter meter = read(10);
        if (hasPower) {
            meter.draws(0, LAST_SECOND, 3600);
        }
        for (int second = 0; second <= LAST_SECOND; second += 10) {
            boolean isWrong = second >= 1200 && second < 1200 + times * 10;
            meter.shows(second, isWrong ? 5_100_000 : 5_000_000 + second);
        }
        Whole whole = meter.from(0, LAST_SECOND);
        assertThat(whole.wattHours()).isEqualTo(3600);
        assertThat(whole.coveredSeconds()).isEqualTo(LAST_SECOND);
        assertThat(whole.flags()).contains(Flag.GLITCH);
    }

    /** A device restarts, and its counter goes on from where it was saved last. */
    @ParameterizedTest
    @CsvSource({"2100, DROP", "3600, STUCK"})
    void what_power_says_of_a_standstill_is_not_lost_when_the_counter_then_falls_a_little(int end, Flag flag) {
        Meter meter = read(10).draws(0, end, 1800).draws(end + 10, 7200, 0);
        for (int second = 0; second <= 7200; second += 10) {
            meter.shows(second, 5_000_000 + (second < end ? Math.min(second, 1800) / 2.0 : 898));
        }
        Whole whole = meter.from(0, 7200);
        assertThat(whole.wattHours()).isCloseTo(end / 2.0, within(30.0)); // a minute
        assertThat(whole.flags()).contains(flag, Flag.DROP).doesNotContain(Flag.GLITCH);
    }

    private static int number(String text) {
        return Integer.parseInt(text.replace("_", ""));
    }

    @Test
    void a_fall_to_a_large_total_does_not_count_from_zero() {
        Meter meter = read(300).shows(0, 5_000_000, 300, 2_000_000, 600, 2_000_010);
        assertThat(meter.from(0, 600)).isEqualTo(new Whole(10, 300, Set.of(Flag.DROP)));
    }

    @Test
    void a_reset_counts_from_zero() {
        Meter meter = read(300).shows(0, 5_000_000, 300, 20_000, 600, 40_000);
        assertThat(meter.from(0, 600)).isEqualTo(new Whole(40_000, 600, Set.of(Flag.RESET)));
    }

    /** 1 MW: beyond 250 kW, but from the third step on it doesn't double what it shows. */
    @Test
    void a_new_counter_of_a_large_device_lacks_two_steps() {
        Meter meter = read(300);
        for (int step = 0; step <= 12; step++) {
            meter.shows(step * 300, step * 83_333 + (step > 1 ? 5 : 0));
        }
        assertThat(meter.from(0, LAST_SECOND)).isEqualTo(new Whole(10 * 83_333, LAST_SECOND - 600, Set.of(Flag.SPIKE)));
    }

    @Test
    void a_large_device_rolls_over() {
        Meter meter = Meter.with("", "modulus: 1000 MWh")
                .shows(0, 999_890_000, 10, 999_900_000, 20, 100_000, 30, 110_000, 60, 140_000);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(250_000, 60, Set.of(Flag.ROLLOVER)));
    }

    /** It shows little then, as a new one does. */
    @Test
    void a_large_device_that_has_rolled_over_lacks_the_step_that_doubles_what_it_shows() {
        Meter meter = Meter.with("", "modulus: 1000 MWh")
                .shows(0, 999_980_000, 10, 999_990_000, 20, 3000, 30, 13_000, 40, 23_000, 60, 43_000);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(53_000, 50, Set.of(Flag.ROLLOVER, Flag.SPIKE)));
    }
}

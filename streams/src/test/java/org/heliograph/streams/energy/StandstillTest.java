package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.heliograph.streams.energy.Meter.Whole;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a register counts that stands still and has more trouble at that. */
class StandstillTest {
    private static final Offset<Double> ROUNDED = Offset.offset(0.1);

    private static Meter slow() {
        return Meter.with("rating: 11 kW", "");
    }

    /** A gateway that has lost its device: the old value, then 0, then the right one. */
    @ParameterizedTest
    @CsvSource({"300, 1000, 1", "300, 1000, 2", "60, 2000, 1", "60, 2000, 5", "900, 5000, 1"})
    void a_standstill_that_ends_with_a_glitch_counts_once(int everySeconds, int watts, int zeros) {
        int thawSecond = 9000;
        Meter meter = slow().draws(0, 14_400, watts);
        for (int second = 0; second <= 14_400; second += everySeconds) {
            boolean isFrozen = second > 3600 && second < thawSecond;
            boolean isZero = second >= thawSecond && second < thawSecond + zeros * everySeconds;
            meter.shows(second, isZero ? 0 : 100_000 + (isFrozen ? 3600 : second) * watts / 3600.0);
        }
        Whole whole = meter.from(0, 14_400);
        assertThat(whole.wattHours()).isCloseTo(watts * 4.0, ROUNDED);
        assertThat(whole.flags()).contains(Flag.GLITCH, Flag.INTERPOLATED).doesNotContain(Flag.STUCK);
    }

    @Test
    void a_standstill_does_not_explain_a_return_far_beyond_what_power_says() {
        int thawSecond = 36_000;
        Meter meter = slow().draws(0, 43_200, 1000);
        for (int second = 0; second <= 43_200; second += 60) {
            double shown = 100_000 + (second < thawSecond ? 0 : second / 3.6);
            meter.shows(second, second == thawSecond ? 0 : second == thawSecond + 60 ? 180_000 : shown);
        }
        Whole whole = meter.from(0, 43_200);
        assertThat(whole.wattHours()).isCloseTo(12_000, ROUNDED);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.GLITCH, Flag.INTERPOLATED);
    }

    /** The gateway gives its old value again before the right one. */
    @ParameterizedTest
    @CsvSource({"1000, 1, 60", "1000, 1, 300", "1000, 2, 60", "500, 3, 180"})
    void a_standstill_that_zeros_interrupt_counts_once(int watts, int times, int zeroSeconds) {
        int thawSecond = 3600 * (times + 1);
        Meter meter = slow().draws(0, 18_000, watts);
        for (int second = 0; second <= 18_000; second += 60) {
            boolean isFrozen = second > 600 && second < thawSecond;
            boolean isZero = second >= 3600 && second < thawSecond + 3600 && second % 3600 < zeroSeconds;
            meter.shows(second, isZero ? 0 : 100_000 + (isFrozen ? 600 : second) * watts / 3600.0);
        }
        Whole whole = meter.from(0, 18_000);
        assertThat(whole.wattHours()).isCloseTo(watts * 5.0, ROUNDED);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.GLITCH, Flag.INTERPOLATED);
    }

    /** A gateway that reboots: 0 once, the old value again for less than stands out by itself, then the right one. */
    @ParameterizedTest
    @CsvSource({
        "'', 10, 3000, 600, 7800, 7840",
        "'', 10, 3000, 600, 7800, 8000",
        "'', 60, 3000, 600, 7800, 8100",
        "'', 300, 1000, 600, 3900, 4800",
        "rating: 11 kW, 900, 1000, 900, 8100, 10800"
    })
    void a_standstill_that_a_zero_interrupts_shortly_before_its_end_counts_once(
            String device, int everySeconds, int watts, int freezeSecond, int zeroSecond, int thawSecond) {
        Meter meter = Meter.every(everySeconds, 10, device).draws(0, 14_400, watts);
        for (int second = 0; second <= 14_400; second += everySeconds) {
            boolean isFrozen = second > freezeSecond && second < thawSecond;
            double counted = 100_000 + (isFrozen ? freezeSecond : second) * watts / 3600.0;
            meter.shows(second, second == zeroSecond ? 0 : counted);
        }
        assertThat(meter.from(0, 14_400).wattHours()).isCloseTo(watts * 4.0, Offset.offset(watts / 60.0));
    }

    /** The load has gone off meanwhile: power of the time since the glitch says nothing of what was held back. */
    @ParameterizedTest
    @CsvSource({
        "300, 0, 2, 7",
        "300, 0, 1, 1",
        "300, 0, 3, 1",
        "300, 300000, 1, 1",
        "60, 0, 2, 2",
        "60, 0, 1, 1",
        "60, 300000, 3, 1",
        "900, 0, 1, 1",
        "900, 0, 2, 2"
    })
    void a_standstill_that_wrong_values_interrupt_counts_once_though_the_load_is_off(
            int everySeconds, int wrong, int times, int oldTimes) {
        int offSecond = 7200;
        int thawSecond = 10_800 + (times + oldTimes) * everySeconds;
        Meter meter = slow().draws(0, offSecond, 1000).draws(offSecond + 10, 21_600, 0);
        for (int second = 0; second <= 21_600; second += everySeconds) {
            boolean isFrozen = second > 3600 && second < thawSecond;
            boolean isWrong = second >= 10_800 && second < 10_800 + times * everySeconds;
            double counted = 100_000 + Math.min(isFrozen ? 3600 : second, offSecond) / 3.6;
            meter.shows(second, isWrong ? wrong : counted);
        }
        Whole whole = meter.from(0, 21_600);
        assertThat(whole.wattHours()).isCloseTo(2000, Offset.offset(1.0));
        assertThat(whole.flags()).contains(Flag.INTERPOLATED).doesNotContain(Flag.STUCK);
    }

    /** It shows what it counted since the glitch, and never what it held back before. */
    @Test
    void a_counter_that_is_frozen_twice_shows_what_was_held_back_once() {
        Meter meter = slow().draws(0, 14_400, 1000);
        for (int second = 0; second <= 14_400; second += 300) {
            int counted = second <= 3600 ? second : second < 9000 ? 3600 : second - 3600;
            meter.shows(second, second == 7200 ? 0 : 100_000 + counted / 3.6);
        }
        assertThat(meter.from(0, 14_400).wattHours()).isCloseTo(4000, Offset.offset(170.0));
    }

    @Test
    void what_was_read_well_between_two_standstills_that_end_with_a_glitch_stands() {
        Meter meter = slow().draws(0, 9000, 5000).draws(9010, 28_800, 500);
        for (int second = 0; second <= 28_800; second += 10) {
            int at = second >= 3600 && second < 5400 ? 3590 : second >= 18_000 && second < 19_800 ? 17_990 : second;
            boolean isZero = second == 5400 || second == 19_800;
            double counted = (5000.0 * Math.min(at, 9000) + 500.0 * Math.max(0, at - 9000)) / 3600;
            meter.shows(second, isZero ? 0 : 100_000 + counted);
        }
        assertThat(meter.from(0, 28_800).wattHours()).isCloseTo(15_250, ROUNDED);
        assertThat(meter.minute(12_000).energies())
                .hasEntrySatisfying(
                        Point.ENERGY, energy -> assertThat(energy / 3.6e6).isCloseTo(500 / 60.0, ROUNDED));
    }

    @Test
    void a_counter_that_stood_still_and_goes_on_after_a_glitch_is_estimated_from_power() {
        Meter meter = slow().draws(0, 7200, 1000);
        for (int second = 0; second <= 7200; second += 60) {
            int counted = Math.min(second, 1800) + Math.max(0, second - 5400);
            meter.shows(second, second == 5400 ? 0 : 100_000 + counted / 3.6);
        }
        assertThat(meter.from(0, 7200).wattHours()).isCloseTo(2000, Offset.offset(20.0));
    }

    @Test
    void a_glitch_after_a_rest_without_power_leaves_the_rest_alone() {
        Meter meter = slow().draws(0, 3600, 0).draws(3610, 7200, 3000);
        for (int second = 0; second <= 7200; second += 60) {
            meter.shows(second, second == 3660 ? 0 : 100_000 + Math.max(0, second - 3600) / 1.2);
        }
        assertThat(meter.from(0, 3600).wattHours()).isZero();
        assertThat(meter.from(3600, 7200).wattHours()).isCloseTo(3000, ROUNDED);
    }

    /** As is natural: contact with the device was lost. Some readings are missing besides. */
    @Test
    void a_standstill_counts_once_though_power_is_missing_as_it_ends() {
        Meter meter = slow().draws(0, 9090, 5000).draws(9400, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 300) {
            boolean isFrozen = second >= 7883 && second < 9300;
            if (second != 8100 && second != 9000) {
                meter.shows(second, 100_000 + (isFrozen ? 7883 : second) / 0.72);
            }
        }
        assertThat(meter.from(0, 10_800).wattHours()).isCloseTo(15_000, ROUNDED);
    }

    /** All of an afternoon, a night and a morning of a solar inverter whose counter never began, or stands. */
    @ParameterizedTest
    @CsvSource({"0, 40000", "412000, 40000", "412000, 1500"})
    void a_counter_that_stands_is_not_believed_over_a_loss_of_contact(int shown, int morning) {
        Meter meter = Meter.with("role: pv, rating: 50 kW", "").around("2026-05-05T12:30:00Z");
        int lost = 3600 + 30;
        int found = 21 * 3600 + 30;
        meter.draws(0, lost - 30, 40_000).draws(found + 30, found + 3630, morning);
        for (int second = 0; second <= found + 3630; second += 10) {
            if (second <= lost - 30 || second >= found + 30) {
                meter.shows(second, shown);
            }
        }
        Whole gap = meter.from(lost + 30, found - 30);
        assertThat(gap).isEqualTo(new Whole(0, 0, Set.of(Flag.STUCK)));
        assertThat(meter.from(0, 3600).wattHours()).isCloseTo(40_000, ROUNDED);
    }

    @Test
    void a_counter_that_stands_is_not_believed_of_minutes_in_which_power_is_missing() {
        Meter meter = slow().draws(0, 1830, 3000).draws(2430, 3600, 3000);
        for (int second = 0; second <= 3600; second += 10) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(1800, 2460)).isEqualTo(new Whole(50, 60, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    /** It counts until it goes, and again from when it comes back. */
    @Test
    void a_device_that_was_off_for_a_while_counted_nothing() {
        Meter meter = slow().draws(0, 1800, 3000).draws(2400, 3600, 3000);
        for (int second = 0; second <= 3600; second += 10) {
            if (second <= 1800 || second >= 2400) {
                meter.shows(second, 1000 + Math.min(second, Math.max(1800, second - 600)) / 1.2);
            }
        }
        assertThat(meter.from(1800, 2400)).isEqualTo(new Whole(0, 600, Set.of(Flag.INTERPOLATED)));
    }

    /** Twilight, at an inverter that nobody has given a rating. */
    @Test
    void a_solar_counter_without_a_rating_is_believed_of_a_night_that_begins_at_little_power() {
        Meter meter = Meter.with("role: pv", "").around("2026-05-05T18:00:00Z");
        meter.draws(0, 600, 60).draws(43_200, 43_800, 60);
        for (int second = 0; second <= 43_800; second += 60) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(600, 43_200)).isEqualTo(new Whole(0, 42_600, Set.of()));
    }

    /** The power of an evening goes on being read no more than that of the morning before. */
    @Test
    void a_solar_counter_is_believed_of_the_night() {
        Meter meter = Meter.with("role: pv, rating: 50 kW", "").around("2026-05-05T18:00:00Z");
        meter.draws(0, 600, 200).draws(43_200, 43_800, 150);
        for (int second = 0; second <= 43_800; second += 10) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(600, 43_200)).isEqualTo(new Whole(0, 42_600, Set.of()));
    }

    /** One side of a rack with two. */
    @Test
    void a_coarse_register_that_stands_still_at_little_power_is_not_believed() {
        Meter coarse = Meter.with("rating: 11 kW", "resolution: 0.1 kWh").draws(0, 36_000, 350);
        for (int second = 0; second <= 36_000; second += 60) {
            coarse.shows(second, 1000);
        }
        assertThat(coarse.from(0, 36_000).wattHours()).isCloseTo(3500, ROUNDED);
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 250, 350, 1500, 3000, 6000, 9000})
    void a_coarse_register_that_counts_is_never_refuted(int watts) {
        Meter coarse = Meter.with("rating: 11 kW", "resolution: 0.1 kWh").draws(0, 14_400, watts);
        for (int second = 0; second <= 14_400; second += 60) {
            coarse.shows(second, Math.floor(second * watts / 3600.0 / 100) * 100);
        }
        assertThat(coarse.from(0, 14_400).flags()).doesNotContain(Flag.STUCK, Flag.MISMATCH, Flag.INTERPOLATED);
    }

    /** A gateway reads it no more often than every 90 seconds: it holds back more than a count, and shows but one. */
    @ParameterizedTest
    @ValueSource(ints = {4000, 5500, 7000, 9000, 11_000})
    void a_coarse_register_behind_a_slow_cache_counts_once(int watts) {
        Meter coarse = Meter.with("rating: 11 kW", "resolution: 0.1 kWh").draws(0, 14_400, watts);
        for (int second = 0; second <= 14_400; second += 10) {
            coarse.shows(second, 100_000 + Math.floor((second - second % 90) * watts / 3600.0 / 100) * 100);
        }
        Whole whole = coarse.from(0, 14_400);
        assertThat(whole.wattHours()).isCloseTo(watts * 4.0, Offset.offset(100.0));
        assertThat(whole.flags()).doesNotContain(Flag.STUCK);
    }

    /** A compressor: ten minutes at 3 kW, ten minutes off, for three hours, read each ten seconds. */
    private static Meter cycling(int secondsBehind, int averageSeconds) {
        Meter meter = Meter.with("rating: 25 kW, role: cooling", "");
        for (int second = 0; second <= 10_800; second += 10) {
            int averaged = Math.max(10, averageSeconds);
            double flowed = cycled(second) - cycled(second - averaged);
            meter.draws(second, second, flowed * 3600 / averaged);
            meter.shows(second, 100_000 + Math.floor(cycled(second - secondsBehind)));
        }
        return meter;
    }

    /** What it has used until then, in Wh. */
    private static double cycled(int second) {
        int of = Math.max(0, second);
        return (of / 1200 * 600 + Math.max(0, of % 1200 - 600)) * 3000 / 3600.0;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 30, 60, 120, 240})
    void a_counter_that_is_shown_later_than_its_power_is_believed(int seconds) {
        Whole whole = cycling(seconds, 0).from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(Math.floor(cycled(10_800 - seconds)), ROUNDED);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK, Flag.INTERPOLATED, Flag.INTEGRATED);
    }

    /** To the five minutes comes what passes until it is read. */
    @Test
    void a_counter_that_is_read_each_minute_and_shown_five_minutes_late_is_believed() {
        int secondsBehind = 300;
        Meter meter = Meter.every(60, 60, "rating: 25 kW, role: cooling");
        for (int second = 0; second <= 10_800; second += 60) {
            meter.draws(second, second, second % 1200 >= 600 ? 3000 : 0);
            meter.shows(second, 100_000 + Math.floor(cycled(second - secondsBehind)));
        }
        Whole whole = meter.from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(Math.floor(cycled(10_800 - secondsBehind)), ROUNDED);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK, Flag.INTEGRATED);
    }

    /** Between two readings of its power nobody knows when a load went on or off; the counter does. */
    @Test
    void a_counter_is_believed_whose_power_is_read_seldom() {
        Meter meter = Meter.every(10, 900, "rating: 11 kW");
        for (int second = 0; second <= 10_800; second += 10) {
            int on = Math.max(0, Math.min(second, 7300) - 4400);
            meter.shows(second, 100_000 + on * 3000 / 3600.0);
            if (second % 900 == 0) {
                meter.draws(second, second, on > 0 && second < 7300 ? 3000 : 0);
            }
        }
        Whole whole = meter.from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(2900 * 3000 / 3600.0, ROUNDED);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK, Flag.INTEGRATED);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 300})
    void a_counter_is_believed_whose_power_is_an_average(int seconds) {
        Whole whole = cycling(0, seconds).from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(4500, ROUNDED);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK, Flag.INTERPOLATED, Flag.INTEGRATED);
    }

    /** Its gauge never shows zero. */
    @ParameterizedTest
    @CsvSource({"60, 40", "120, 40", "60, 2000"})
    void a_rest_has_nothing_of_the_step_after_it(int everySeconds, int noiseWatts) {
        int startSecond = 36_000 - 7;
        Meter meter = Meter.with("rating: 500 kW", "").draws(0, 35_990, noiseWatts);
        meter.draws(36_000, 39_600, 100_000);
        for (int second = 0; second <= 39_600; second += everySeconds) {
            meter.shows(second, 100_000 + Math.floor(Math.max(0, second - startSecond) / 0.036));
        }
        assertThat(meter.from(0, 35_880)).isEqualTo(new Whole(0, 35_880, Set.of()));
        assertThat(meter.from(35_880, 39_600).wattHours()).isCloseTo(100_194, Offset.offset(1.0));
    }

    @Test
    void noise_of_the_gauge_of_a_large_device_is_rest() {
        Meter meter = Meter.with("rating: 2 MW", "").draws(0, 7200, 700);
        for (int second = 0; second <= 7200; second += 10) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(0, 7200, Set.of()));
    }

    @Test
    void a_device_that_says_nothing_of_its_power_while_it_is_off_is_believed() {
        Meter meter = slow().draws(0, 1830, 3000).draws(9030, 10_800, 3000);
        for (int second = 0; second <= 10_800; second += 10) {
            meter.shows(second, 1000 + Math.min(second, Math.max(1830, second - 7200)) / 1.2);
        }
        Whole whole = meter.from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(3000, ROUNDED);
        assertThat(whole.coveredSeconds()).isEqualTo(10_800);
        assertThat(meter.from(0, 1800).flags()).isEmpty();
        assertThat(meter.from(1860, 9000).flags()).containsExactly(Flag.UNCHECKED);
        assertThat(meter.from(9060, 10_800).flags()).isEmpty();
    }

    /** A gateway that has lost its device and repeats its counter looks just like one that was switched off. */
    @Test
    void a_counter_that_is_repeated_after_power_was_lost_for_good_is_said_to_be_unchecked() {
        Meter meter = slow().draws(0, 1830, 3000);
        for (int second = 0; second <= 10_800; second += 10) {
            meter.shows(second, 1000 + Math.min(second, 1830) / 1.2);
        }
        assertThat(meter.from(0, 1860).flags()).isEmpty();
        assertThat(meter.minute(10_740).flags()).containsExactly(Flag.UNCHECKED);
        assertThat(meter.minute(10_740).isEstimated()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"role: it, 0", "role: it, 50", "role: pv, 540"})
    void a_rest_that_began_before_power_was_lost_needs_no_check(String role, int watts) {
        Meter meter = Meter.with(role + ", rating: 11 kW", "").draws(0, 1830, watts);
        for (int second = 0; second <= 10_800; second += 10) {
            meter.shows(second, 1000 + Math.min(second, 1830) * watts / 3600.0);
        }
        assertThat(meter.from(1860, 10_800)).isEqualTo(new Whole(0, 8940, Set.of()));
    }

    /** What a meter needn't count is asked of each minute, as that minute itself does. */
    @Test
    void a_standstill_of_a_device_that_becomes_another_meanwhile_counts_once() {
        String change = "\"1970-01-01T02:00:00Z\"";
        Meter meter = Meter.entries(
                        "UTC", List.of("rating: 11 kW, validTo: " + change, "rating: 2 MW, validFrom: " + change), "")
                .draws(0, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 10) {
            boolean isFrozen = second > 3600 && second < 7260;
            meter.shows(second, 100_000 + (isFrozen ? 3600 : second) * 5000 / 3600.0);
        }
        assertThat(meter.from(0, 10_800).wattHours()).isCloseTo(15_000, ROUNDED);
    }

    /** It comes to more from zero than the rating allows in one step. */
    @ParameterizedTest
    @ValueSource(ints = {120, 180, 240, 300})
    void a_reset_that_is_shown_late_loses_nothing(int lateSeconds) {
        Meter meter = slow().draws(0, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 10) {
            double counted = second >= 5000 + lateSeconds ? 0 : 200_000;
            meter.shows(second, counted + (counted == 0 ? second - 5000 : Math.min(second, 4990)) * 5000 / 3600.0);
        }
        Whole whole = meter.from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(15_000, Offset.offset(15.0));
        assertThat(whole.flags()).contains(Flag.DROP, Flag.INTEGRATED);
    }

    @Test
    void a_spike_after_a_short_standstill_loses_nothing() {
        Meter meter = slow().draws(0, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 10) {
            boolean isFrozen = second > 4990 && second < 5240;
            meter.shows(second, (second >= 5240 ? 900_000 : 200_000) + (isFrozen ? 4990 : second) * 5000 / 3600.0);
        }
        Whole whole = meter.from(0, 10_800);
        assertThat(whole.wattHours()).isCloseTo(15_000, ROUNDED);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.SPIKE, Flag.INTEGRATED);
    }

    /** A rest is no part of what a spike hides, however long it was. */
    @Test
    void a_spike_after_a_rest_leaves_the_rest_alone() {
        Meter meter = slow().draws(0, 3590, 0).draws(3600, 3720, 100).draws(3730, 7190, 0);
        meter.draws(7200, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 10) {
            meter.shows(second, second < 7200 ? 200_000 : 900_000 + (second - 7200) * 5000 / 3600.0);
        }
        assertThat(meter.from(0, 7140)).isEqualTo(new Whole(0, 7140, Set.of()));
    }

    /** A rest of hours, a start, and a counter that shows all of the first minutes at once. */
    @ParameterizedTest
    @CsvSource({"'rating: 11 kW', 240", "'rating: 11 kW', 420", "'', 420", "'', 900"})
    void what_is_shown_late_after_a_rest_is_no_part_of_the_rest(String device, int lateSeconds) {
        int start = 8 * 3600 + 400;
        Meter meter = Meter.every(10, 10, device).draws(0, start - 10, 20).draws(start, start + 3600, 5000);
        for (int second = 0; second <= start + 3600; second += 10) {
            meter.shows(second, 100_000 + (second < start + lateSeconds ? 0 : second - start) * 5000 / 3600.0);
        }
        assertThat(meter.from(0, start - 100)).isEqualTo(new Whole(0, start - 100, Set.of()));
        assertThat(meter.from(start - 100, start + 3560).wattHours()).isCloseTo(3560 / 0.72, Offset.offset(1.0));
    }

    /** It froze between two readings: the first one that shows what it shows was already late. */
    @ParameterizedTest
    @CsvSource({"30, 3, 25", "30, 2, 15", "10, 2, 9", "60, 5, 50", "300, 3, 290"})
    void what_a_device_at_its_rating_shows_after_a_brief_standstill_is_counted(int everySeconds, int times, int late) {
        Meter meter = Meter.every(everySeconds, 10, "rating: 11 kW").draws(0, 7200, 11_000);
        for (int second = 0; second <= 7200; second += everySeconds) {
            boolean isFrozen = second >= 3600 && second < 3600 + times * everySeconds;
            meter.shows(second, 100_000 + (isFrozen ? 3600 - late : second) * 11_000 / 3600.0);
        }
        Whole whole = meter.from(0, 7200);
        assertThat(whole.wattHours()).isCloseTo(22_000, ROUNDED);
        assertThat(whole.flags()).contains(Flag.INTERPOLATED).doesNotContain(Flag.SPIKE, Flag.GLITCH);
    }

    /** A gateway that has lost its device, and says 0 W besides. */
    @Test
    void a_standstill_counts_all_of_it_where_a_rest_can_not_be() {
        Meter meter = slow().draws(0, 3600, 5000).draws(3610, 9000, 0).draws(9010, 10_800, 5000);
        for (int second = 0; second <= 10_800; second += 10) {
            meter.shows(second, 100_000 + (second > 3600 && second < 9000 ? 3600 : second) / 0.72);
        }
        assertThat(meter.from(0, 10_800).wattHours()).isCloseTo(15_000, ROUNDED);
    }

    /** Of readings after a glitch power decides, be it late. */
    @ParameterizedTest
    @CsvSource({"0, true", "300000, true", "100020, false"})
    void power_decides_about_a_step_after_what_may_have_been_a_glitch(int before, boolean isDecided) {
        Meter meter = slow().draws(0, 60, 1000).shows(0, before, 10, before, 20, 100_040, 30, 100_060);
        boolean isDecidedByPower = Irregularity.isDecidedByPower(meter.all(), Point.ENERGY, meter.history(), 0, 60_000);
        assertThat(isDecidedByPower).isEqualTo(isDecided);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void any_order_gives_the_same_spans(long seed) {
        Random random = new Random(seed);
        Meter meter = slow().draws(0, 7200, 2000);
        for (int second = 0; second <= 7200; second += 60) {
            boolean isFrozen = second > 1200 && second < 3000;
            meter.shows(second, second == 3000 ? 0 : 100_000 + (isFrozen ? 1200 : second) / 1.8);
        }
        Samples disordered = meter.disordered(random);
        assertThat(Spans.of(disordered, Point.ENERGY, meter.history()))
                .isEqualTo(Spans.of(meter.all(), Point.ENERGY, meter.history()))
                .isNotEmpty();
    }
}

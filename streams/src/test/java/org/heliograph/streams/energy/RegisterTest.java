package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.heliograph.streams.energy.Meter.Whole;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a register that misbehaves counts (domain section 2), on the whole set of its readings. */
class RegisterTest {

    @Test
    void readings_on_both_boundaries_give_their_exact_difference() {
        DeviceMinute minute = Meter.rated().shows(0, 1000, 60, 1006.001).minute(0);
        assertThat(minute.energies()).containsEntry(Point.ENERGY, 6_001 * Millijoules.PER_WATT_HOUR / 1000);
        assertThat(minute.isComplete()).isTrue();
        assertThat(minute.flags()).isEmpty();
    }

    @Test
    void a_boundary_between_two_readings_is_interpolated() {
        Whole minute = Meter.rated().shows(30, 0, 90, 6, 150, 12).from(60, 120);
        assertThat(minute.wattHours()).isEqualTo(6);
        assertThat(minute.coveredSeconds()).isEqualTo(60);
    }

    @Test
    void nothing_is_extrapolated_beyond_the_last_reading() {
        Whole minute = Meter.rated().shows(0, 0, 30, 3).from(0, 60);
        assertThat(minute).isEqualTo(new Whole(3, 30, Set.of()));
    }

    @Test
    void a_single_reading_covers_nothing() {
        assertThat(Meter.rated().shows(10, 5).minute(0).energies()).isEmpty();
    }

    @Test
    void a_solar_register_that_stood_still_over_the_night_is_known_of_every_moment_of_it() {
        Whole night = solar("").shows(hour(18), 100, hour(30), 100).from(hour(18), hour(30));
        assertThat(night).isEqualTo(new Whole(0, 43_200, Set.of()));
    }

    @Test
    void a_long_gap_with_the_same_before_and_after_it_is_interpolated_by_day() {
        Whole gap = solar("").shows(hour(9), 100, hour(12), 100).from(hour(9), hour(12));
        assertThat(gap).isEqualTo(new Whole(0, 10_800, Set.of(Flag.INTERPOLATED)));
        Whole day = solar("").shows(hour(11), 100, hour(30), 100).from(hour(11), hour(30));
        assertThat(day.flags()).containsExactly(Flag.INTERPOLATED);
    }

    @Test
    void a_coarse_register_may_have_counted_what_it_does_not_show() {
        Whole night = solar("resolution: 1 kWh")
                .shows(hour(18), 412_000, hour(30), 412_000)
                .from(hour(18), hour(30));
        assertThat(night.flags()).containsExactly(Flag.INTERPOLATED);
    }

    @Test
    void what_is_not_solar_does_not_stand_still_by_night() {
        Whole night = Meter.rated().shows(hour(18), 100, hour(30), 100).from(hour(18), hour(30));
        assertThat(night.flags()).containsExactly(Flag.INTERPOLATED);
    }

    private static Meter solar(String register) {
        return Meter.with("role: pv, rating: 6 kW", register);
    }

    /** Seconds from midnight on. */
    private static int hour(int hours) {
        return hours * 3600;
    }

    @Test
    void a_step_over_a_long_gap_counts_whole_and_is_marked_interpolated() {
        Whole gap = Meter.rated().shows(0, 0, 600, 100).from(0, 600);
        assertThat(gap).isEqualTo(new Whole(100, 600, Set.of(Flag.INTERPOLATED)));
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "10, 60", "100, 60", "100, 10"})
    void a_counter_that_shows_no_more_than_hundredths_or_tenths_of_a_kilowatt_hour_counts_near_its_rating(
            int countWattHours, int everySeconds) {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 3600; second += everySeconds) {
            double counted = 700_000 + 5_800 * second / 3600.0;
            meter.shows(second, Math.floor(counted / countWattHours) * countWattHours);
        }
        assertThat(meter.from(0, 3600)).isEqualTo(new Whole(5_800 / countWattHours * countWattHours, 3600, Set.of()));
    }

    @ParameterizedTest
    @CsvSource({"10, 15", "60, 90"})
    void a_display_that_is_refreshed_less_often_than_it_is_read_counts_near_its_rating(
            int readEach, int refreshedEach) {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 7200; second += readEach) {
            meter.shows(second, 700_001 + 5_800 * (second - second % refreshedEach) / 3600.0);
        }
        Whole hour = meter.from(1800, 5400);
        assertThat(hour.wattHours()).isCloseTo(5_800, Offset.offset(0.01));
        assertThat(hour.coveredSeconds()).isEqualTo(3600);
        assertThat(hour.flags()).doesNotContain(Flag.SPIKE);
    }

    @Test
    void readings_whose_stamps_waver_count_plainly() {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 3600; second += 10) {
            meter.shows(second + (second % 30 == 10 ? 3 : 0), 700_001 + 5_800 * second / 3600.0);
        }
        assertThat(meter.from(0, 3600).flags()).isEmpty();
        assertThat(meter.from(0, 3600).wattHours()).isCloseTo(5_800, Offset.offset(0.01));
    }

    @Test
    void a_step_that_is_too_far_for_its_neighbours_too_is_a_spike() {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 120; second += 10) {
            meter.shows(second, 700_001 + second / 10.0 + (second >= 60 ? 40 : 0));
        }
        assertThat(meter.from(0, 120)).isEqualTo(new Whole(11, 110, Set.of(Flag.SPIKE)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_step_too_far_that_comes_back_is_a_glitch_though_it_fits_the_reading_before(int wrong) {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 120; second += 10) {
            boolean isWrong = second >= 60 && second < 60 + 10 * wrong;
            meter.shows(second, 700_001 + second / 10.0 + (isWrong ? 25 : 0));
        }
        assertThat(meter.from(0, 120)).isEqualTo(new Whole(12, 120, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_wrong_value_of_a_device_without_a_rating_is_a_glitch_though_it_fits_the_reading_before() {
        Meter meter = Meter.with("", "");
        for (int second = 0; second <= 120; second += 10) {
            boolean isWrong = second >= 60 && second < 90;
            meter.shows(second, 300_000 + second / 10.0 + (isWrong ? 400_000 : 0));
        }
        assertThat(meter.from(0, 120)).isEqualTo(new Whole(12, 120, Set.of(Flag.GLITCH)));
    }

    @Test
    void the_last_step_too_far_up_is_in_quarantine_until_the_next_reading_decides() {
        Meter meter = Meter.rated().shows(0, 700_001, 10, 700_017, 20, 700_047);
        assertThat(meter.from(0, 60).flags()).contains(Flag.QUARANTINE);
        meter.shows(30, 700_048, 60, 700_050);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(49, 60, Set.of()));
    }

    @Test
    void a_glitch_to_zero_books_nothing() {
        Whole glitch = Meter.rated().shows(0, 1234, 10, 0, 20, 1234, 60, 1240).from(0, 60);
        assertThat(glitch).isEqualTo(new Whole(6, 60, Set.of(Flag.GLITCH)));
    }

    @Test
    void what_was_counted_during_a_dip_is_booked_once() {
        Whole dip = Meter.rated().shows(0, 1234, 20, 0, 40, 0, 60, 1235).from(0, 60);
        assertThat(dip).isEqualTo(new Whole(1, 60, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_dip_of_hours_whose_return_is_implausible_from_below_books_nothing_of_its_own() {
        Meter meter = Meter.rated().shows(0, 100_000);
        for (int i = 1; i < 600; i++) {
            meter.shows(i * 60, i * 0.5); // it counts on from zero, slowly
        }
        Whole dip = meter.shows(36_000, 100_900).from(0, 36_000);
        assertThat(dip.wattHours()).isEqualTo(900);
        assertThat(dip.coveredSeconds()).isEqualTo(36_000);
        assertThat(dip.flags()).containsExactlyInAnyOrder(Flag.GLITCH, Flag.INTERPOLATED);
    }

    @Test
    void a_reset_register_that_has_counted_past_its_old_value_never_returns_to_it() {
        Meter meter = Meter.rated().shows(0, 1000);
        for (int i = 1; i <= 600; i++) {
            meter.shows(i * 60, i == 500 ? 0 : i * 3); // one dip, long after
        }
        Whole reset = meter.from(0, 36_000);
        assertThat(reset.wattHours()).isEqualTo(1800);
        assertThat(reset.flags()).containsExactlyInAnyOrder(Flag.RESET, Flag.GLITCH);
    }

    @Test
    void a_second_step_too_far_up_is_no_return_from_the_first() {
        Meter meter = Meter.rated().shows(0, 1000);
        for (int i = 1; i <= 1200; i++) {
            meter.shows(i * 60, (i < 600 ? 50_000 : 60_000) + i); // by then 60,000 could have been counted
        }
        assertThat(meter.from(0, 72_000)).isEqualTo(new Whole(1198, 71_880, Set.of(Flag.SPIKE)));
    }

    @Test
    void a_spike_of_a_reset_register_is_no_return_to_its_old_value() {
        Meter meter = Meter.rated().shows(0, 1000);
        for (int i = 1; i <= 1200; i++) {
            meter.shows(i * 60, i == 800 ? 60_000 : i); // by then 60,000 could have been counted
        }
        Whole reset = meter.from(0, 72_000);
        assertThat(reset.wattHours()).isEqualTo(1200);
        assertThat(reset.flags()).containsExactlyInAnyOrder(Flag.RESET, Flag.GLITCH);
    }

    @Test
    void a_dip_within_a_dip_is_part_of_it() {
        Whole dip = Meter.rated()
                .shows(0, 5000, 10, 800, 20, 0, 30, 801, 40, 0, 60, 5002)
                .from(0, 60);
        assertThat(dip).isEqualTo(new Whole(2, 60, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_reset_counts_from_zero_and_is_a_lower_bound() {
        Whole reset = Meter.rated().shows(0, 5000, 60, 3, 120, 9).from(0, 120);
        assertThat(reset).isEqualTo(new Whole(9, 120, Set.of(Flag.RESET)));
        assertThat(Meter.rated().shows(0, 5000, 60, 3, 120, 9).minute(0).isEstimated())
                .isTrue();
    }

    @Test
    void a_fall_to_more_than_can_have_been_counted_from_zero_is_a_hole() {
        // another unit whose serial number nobody reports: its lifetime must not be booked
        Whole fall =
                Meter.rated().shows(0, 9_000_000, 60, 1_200_000, 120, 1_200_010).from(0, 120);
        assertThat(fall).isEqualTo(new Whole(10, 60, Set.of(Flag.DROP)));
    }

    /** A plug that saves its total now and then, and loses power. Without a rating its whole life could be counted. */
    @Test
    void a_counter_that_falls_back_a_little_does_not_count_from_zero() {
        Meter meter = Meter.with("serial: A", "").shows(0, 60_790, 60, 60_800, 360, 60_450, 420, 60_460);
        assertThat(meter.from(0, 420)).isEqualTo(new Whole(20, 120, Set.of(Flag.DROP)));
        Whole filled = meter.draws(60, 360, 600).from(0, 420);
        assertThat(filled).isEqualTo(new Whole(70, 420, Set.of(Flag.DROP, Flag.INTEGRATED)));
    }

    @Test
    void the_last_reading_after_a_fall_waits_for_the_next() {
        Meter meter = Meter.rated().shows(0, 5000, 60, 3);
        assertThat(meter.minute(0).flags()).containsExactly(Flag.QUARANTINE);
        assertThat(meter.minute(0).energies()).isEmpty();
        assertThat(meter.shows(120, 5001).from(0, 120)).isEqualTo(new Whole(1, 120, Set.of(Flag.GLITCH)));
    }

    @Test
    void the_last_reading_after_a_step_too_far_up_waits_for_the_next() {
        Meter meter = Meter.rated().shows(0, 5000, 60, 900_000);
        assertThat(meter.minute(0).flags()).containsExactly(Flag.QUARANTINE);
        assertThat(meter.shows(120, 5001).from(0, 120)).isEqualTo(new Whole(1, 120, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_spike_of_several_readings_books_nothing() {
        Whole spike =
                Meter.rated().shows(0, 5000, 20, 900_000, 40, 900_001, 60, 5006).from(0, 60);
        assertThat(spike).isEqualTo(new Whole(6, 60, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_step_too_far_up_that_stays_is_a_hole() {
        Whole spike = Meter.rated().shows(0, 5000, 60, 900_000, 120, 900_006).from(0, 120);
        assertThat(spike).isEqualTo(new Whole(6, 60, Set.of(Flag.SPIKE)));
    }

    @Test
    void a_lifetime_total_after_not_accumulated_is_not_booked() {
        Meter meter = Meter.rated();
        for (int i = 0; i < 600; i++) {
            meter.shows(i * 60, 0);
        }
        Whole whole = meter.shows(36_000, 40_000, 36_060, 40_006).from(0, 36_060);
        assertThat(whole.wattHours()).isEqualTo(6);
        assertThat(whole.flags()).containsExactly(Flag.SPIKE);
    }

    @Test
    void a_rollover_near_the_modulus_is_exact() {
        Whole rollover = Meter.with(Meter.RATED, "modulus: 1000 kWh")
                .shows(0, 999_990, 60, 999_996, 120, 2, 180, 8)
                .from(0, 180);
        assertThat(rollover).isEqualTo(new Whole(18, 180, Set.of(Flag.ROLLOVER)));
    }

    @Test
    void a_fall_far_from_the_modulus_is_no_rollover() {
        Whole reset = Meter.with(Meter.RATED, "modulus: 1000 kWh")
                .shows(0, 400_000, 60, 2, 120, 8)
                .from(0, 120);
        assertThat(reset).isEqualTo(new Whole(8, 120, Set.of(Flag.RESET)));
    }

    /** In five days it could have counted the 600 kWh up to its modulus. */
    @Test
    void a_fall_far_from_the_modulus_is_no_rollover_however_long_nothing_was_heard() {
        Whole reset = Meter.with(Meter.RATED, "modulus: 1000 kWh")
                .shows(0, 400_000, hour(120), 2, hour(120) + 60, 8)
                .from(hour(120), hour(120) + 60);
        assertThat(reset.wattHours()).isEqualTo(6);
        Whole all = Meter.with(Meter.RATED, "modulus: 1000 kWh")
                .shows(0, 400_000, hour(120), 2, hour(120) + 60, 8)
                .from(0, hour(120) + 60);
        assertThat(all.wattHours()).isLessThanOrEqualTo(8);
        assertThat(all.flags()).contains(Flag.RESET).doesNotContain(Flag.ROLLOVER);
    }

    /** 6 kW and a tenth: 110 Wh a minute, and one count of the register more. */
    @Test
    void a_step_of_a_tenth_more_than_the_rating_is_believed_and_more_is_not() {
        Whole most = Meter.rated().shows(0, 0, 60, 111, 120, 211).from(0, 120);
        assertThat(most).isEqualTo(new Whole(211, 120, Set.of()));
        Whole more = Meter.rated().shows(0, 0, 60, 112, 120, 212).from(0, 120);
        assertThat(more.flags()).isNotEmpty();
    }

    @Test
    void a_power_of_a_tenth_more_than_the_rating_is_believed_and_more_is_not() {
        assertThat(Meter.rated().draws(0, 60, 6_600).minute(0).flags()).containsExactly(Flag.INTEGRATED);
        assertThat(Meter.rated().draws(0, 60, 6_601).minute(0).flags()).contains(Flag.SPIKE);
    }

    @Test
    void a_glitch_near_the_modulus_is_no_rollover() {
        Whole glitch = Meter.with(Meter.RATED, "modulus: 1000 kWh")
                .shows(0, 999_990, 60, 0, 120, 999_996)
                .from(0, 120);
        assertThat(glitch).isEqualTo(new Whole(6, 120, Set.of(Flag.GLITCH)));
    }

    @Test
    void another_serial_number_starts_at_no_energy() {
        Whole swap = Meter.rated()
                .serial("A")
                .shows(0, 500, 60, 506)
                .serial("B")
                .shows(120, 508, 180, 514)
                .from(0, 180);
        assertThat(swap).isEqualTo(new Whole(12, 120, Set.of(Flag.SWAP)));
    }

    @Test
    void a_reading_without_a_serial_number_is_of_the_unit_that_the_site_model_names() {
        Meter meter = Meter.entries(
                "UTC",
                List.of(Meter.RATED + ", serial: A", Meter.RATED + ", serial: B, validFrom: \"1970-01-01T00:01:30Z\""),
                "");
        Whole swap = meter.shows(0, 500, 60, 506, 120, 508, 180, 514).from(0, 180);
        assertThat(swap).isEqualTo(new Whole(12, 120, Set.of(Flag.SWAP)));
    }

    @Test
    void a_register_that_stands_still_while_power_flows_is_not_believed() {
        Meter meter = Meter.rated().draws(0, 600, 3000);
        for (int i = 0; i <= 60; i++) {
            meter.shows(i * 10, 1000);
        }
        Whole stuck = meter.from(0, 600);
        assertThat(stuck).isEqualTo(new Whole(500, 600, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 180, 300, 3600})
    void a_register_that_never_accumulates_is_not_believed_however_seldom_it_is_read(int everySeconds) {
        Meter meter = Meter.rated().draws(0, 7200, 3000);
        for (int second = 0; second <= 7200; second += everySeconds) {
            meter.shows(second, 0);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(6000, 7200, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60, 300, 1800, 7200})
    void a_register_that_stands_still_is_not_believed_of_little_power_either(int everySeconds) {
        Meter meter = Meter.rated().draws(0, 7200, 100);
        for (int second = 0; second <= 7200; second += everySeconds) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(200, 7200, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    @Test
    void a_counter_that_freezes_between_two_hours_and_goes_on_loses_nothing_that_power_shows() {
        Meter meter = Meter.rated().draws(0, 7200, 300);
        for (int second = 0; second <= 7200; second += 60) {
            int counted = second <= 1800 ? second : second <= 5400 ? 1800 : second - 3600;
            meter.shows(second, 1000 + counted / 12.0);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(600, 7200, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    @Test
    void a_meter_may_stand_still_below_its_starting_current() {
        Meter meter = Meter.with("rating: 50 kW", "").draws(0, 7200, 240);
        for (int second = 0; second <= 7200; second += 60) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(0, 7200, Set.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 300})
    void a_standstill_at_little_power_that_is_caught_up_counts_once_and_exactly(int everySeconds) {
        Meter meter = Meter.rated().draws(0, 10_800, 300);
        for (int second = 0; second <= 10_800; second += everySeconds) {
            boolean isFrozen = second >= 1200 && second < 7200;
            meter.shows(second, 1000 + (isFrozen ? 1200 : second) / 12.0);
        }
        assertThat(meter.from(0, 10_800).wattHours()).isEqualTo(900);
    }

    @Test
    void a_register_without_a_rating_of_its_own_that_stands_still_is_not_believed_either() {
        Meter meter = Meter.with("area: hall-1", "").draws(0, 7200, 500);
        for (int second = 0; second <= 7200; second += 60) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(0, 7200).wattHours()).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_slow_standstill_counts_once_though_power_has_a_gap_or_nobody_saw_it_begin(int seenBefore) {
        Meter meter = Meter.rated().draws(600, 3600, 300).draws(4210, 11_400, 300);
        if (seenBefore > 0) {
            meter.shows(0, 950);
        }
        for (int second = 600; second < 9600; second += 600) {
            meter.shows(second, 1000);
        }
        Whole whole = meter.shows(9600, 1750, 10_200, 1800, 10_800, 1850, 11_400, 1900)
                .from(600, 11_400);
        assertThat(whole.wattHours()).isEqualTo(900);
    }

    @Test
    void counts_that_nobody_declared_count_once_also_where_power_reads_far_too_little() {
        Meter meter = Meter.rated().draws(0, 36_000, 100);
        for (int second = 0; second <= 36_000; second += 600) {
            meter.shows(second, 1000 + Math.floor(second * 300 / 3600.0 / 100) * 100);
        }
        assertThat(meter.from(3600, 36_000).wattHours()).isCloseTo(2700, Offset.offset(100.0));
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 400, 700, 1500})
    void a_coarse_register_is_not_stuck_between_two_of_its_counts(int watts) {
        Meter coarse = Meter.with("rating: 11 kW", "resolution: 0.1 kWh").draws(0, 36_000, watts);
        for (int second = 0; second <= 36_000; second += 60) {
            coarse.shows(second, Math.floor(second * watts / 3600.0 / 100) * 100);
        }
        assertThat(coarse.from(0, 36_000).flags()).doesNotContain(Flag.STUCK);
    }

    @Test
    void a_coarse_register_that_stands_still_is_not_believed() {
        Meter coarse = Meter.with("rating: 11 kW", "resolution: 0.1 kWh").draws(0, 7200, 500);
        for (int second = 0; second <= 7200; second += 60) {
            coarse.shows(second, 1000);
        }
        assertThat(coarse.from(0, 7200).wattHours()).isEqualTo(1000);
    }

    @Test
    void a_counter_that_stood_still_is_not_believed_of_the_time_either_in_which_it_was_silent() {
        Meter meter = Meter.rated().draws(0, 3660, 3000).shows(0, 950);
        for (int second = 60; second <= 3600; second += 60) {
            if (second <= 1200 || second >= 1800) {
                meter.shows(second, 1000);
            }
        }
        Whole whole = meter.shows(3660, 1050).from(0, 3660); // it goes on and catches nothing up
        assertThat(whole).isEqualTo(new Whole(3050, 3660, Set.of(Flag.STUCK, Flag.INTEGRATED)));
    }

    @Test
    void a_standstill_that_is_caught_up_counts_once_and_exactly_though_the_register_is_read_seldom() {
        Meter meter = Meter.rated().draws(0, 3600, 3000);
        for (int second = 0; second <= 3600; second += 300) {
            boolean isFrozen = second >= 900 && second < 2700;
            meter.shows(second, 1000 + (isFrozen ? 900 : second) / 1.2);
        }
        assertThat(meter.from(0, 3600)).isEqualTo(new Whole(3000, 3600, Set.of(Flag.INTERPOLATED)));
    }

    @Test
    void a_display_that_is_refreshed_seldom_is_counted_once_though_power_is_not_heard_as_it_is() {
        Meter meter = Meter.rated().draws(0, 660, 2000).draws(910, 1800, 2000);
        meter.shows(
                0, 1000, 300, 1000, 600, 1000, 900, 1500, 1200, 1500 + 500 / 3.0, 1500, 1500 + 1000 / 3.0, 1800, 2000);
        assertThat(meter.from(0, 900).wattHours()).isEqualTo(500);
    }

    @Test
    void a_register_at_rest_that_is_read_seldom_is_believed_without_power() {
        Meter night = Meter.rated().draws(0, 3600, 0);
        for (int second = 0; second <= 3600; second += 300) {
            night.shows(second, 1000);
        }
        assertThat(night.from(0, 3600)).isEqualTo(new Whole(0, 3600, Set.of(Flag.INTERPOLATED)));
    }

    @Test
    void how_a_long_gap_is_spread_does_not_contradict_power() {
        Meter meter = Meter.rated()
                .draws(0, 300, 5000)
                .draws(310, 600, 100)
                .shows(0, 1000, 600, 1425, 1200, 1440)
                .draws(610, 1200, 100);
        assertThat(meter.from(0, 1200)).isEqualTo(new Whole(440, 1200, Set.of(Flag.INTERPOLATED)));
    }

    @Test
    void a_standstill_that_is_caught_up_counts_once_and_exactly() {
        Meter meter = Meter.rated().draws(0, 660, 3000);
        for (int i = 0; i <= 60; i++) {
            meter.shows(i * 10, 1000);
        }
        Whole whole = meter.shows(610, 1490, 660, 1532).from(0, 660);
        assertThat(whole.wattHours()).isEqualTo(532);
        assertThat(whole.coveredSeconds()).isEqualTo(660);
        assertThat(whole.flags()).containsExactly(Flag.INTERPOLATED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50_000})
    void a_standstill_that_is_caught_up_counts_once_whatever_the_register_shows_later(int nonsense) {
        Meter meter = Meter.rated().draws(0, 1200, 3600);
        for (int second = 0; second <= 1200; second += 60) {
            boolean isFrozen = second > 120 && second < 660;
            boolean isNonsense = second == 900 || second == 960;
            meter.shows(second, isFrozen ? 1120 : isNonsense ? nonsense : 1000 + second);
        }
        assertThat(meter.from(0, 1200)).isEqualTo(new Whole(1200, 1200, Set.of(Flag.INTERPOLATED, Flag.GLITCH)));
    }

    @Test
    void a_display_that_refreshes_every_other_reading_counts_once() {
        Meter meter = Meter.with("rating: 60 kW", "").draws(0, 1200, 6000).shows(0, 900);
        for (int minute = 1; minute <= 20; minute++) {
            meter.shows(minute * 60, 1000 + minute / 2 * 200);
        }
        assertThat(meter.from(60, 1200)).isEqualTo(new Whole(2000, 1140, Set.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 3000, 4000, 5000, 5500, 5720, 5800, 5900, 5950, 6100, 7000})
    void coarse_counts_that_nobody_declared_count_once(int watts) {
        Meter meter = Meter.with("rating: 60 kW", "").draws(0, 7200, watts);
        for (int minute = 0; minute <= 120; minute++) {
            meter.shows(minute * 60, 1000 + Math.floor(minute * watts / 60.0 / 100) * 100);
        }
        Whole whole = meter.from(720, 7200); // of the first standstill nobody knows when it began
        assertThat(whole.wattHours()).isCloseTo(watts * 1.8, Offset.offset(100.0));
    }

    @ParameterizedTest
    @CsvSource({"60, 10", "150, 10", "300, 10", "580, 10", "60, 50", "150, 50", "300, 50", "580, 50", "300, 100"})
    void coarse_counts_that_nobody_declared_count_once_at_little_power(int watts, int count) {
        Meter meter = Meter.rated().draws(0, 21_600, watts);
        for (int minute = 0; minute <= 360; minute++) {
            meter.shows(minute * 60, 1000 + Math.floor(minute * watts / 60.0 / count) * count);
        }
        Whole whole = meter.from(7200, 21_600);
        assertThat(whole.wattHours()).isCloseTo(watts * 4.0, Offset.offset((double) count));
    }

    @Test
    void a_standstill_that_is_caught_up_counts_once_though_power_was_not_read_all_the_while() {
        Meter meter = Meter.with("rating: 5 MW", "").draws(0, 240, 150_000).draws(1080, 1320, 150_000);
        for (int minute = 0; minute <= 20; minute++) {
            meter.shows(minute * 60, 1000);
        }
        Whole whole = meter.shows(1260, 53_500, 1320, 56_000).from(0, 1320);
        assertThat(whole.wattHours()).isEqualTo(55_000);
        assertThat(whole.flags()).contains(Flag.INTERPOLATED).doesNotContain(Flag.STUCK);
    }

    @Test
    void a_counter_that_stood_still_and_goes_on_is_estimated_from_power() {
        Meter meter = Meter.with("rating: 5 MW", "").draws(0, 1260, 150_000).shows(0, 1000);
        for (int minute = 1; minute <= 20; minute++) {
            meter.shows(minute * 60, 3500);
        }
        Whole whole = meter.shows(1260, 6010).from(0, 1260); // a little more than power says
        assertThat(whole.wattHours()).isEqualTo(52_510);
        assertThat(whole.flags()).contains(Flag.STUCK).doesNotContain(Flag.INTERPOLATED);
    }

    @Test
    void the_first_power_of_the_day_is_not_spread_over_the_night() {
        Meter dawn = Meter.rated().draws(60, 3660, 20).draws(3670, 3720, 1200).shows(0, 990);
        for (int minute = 1; minute <= 61; minute++) {
            dawn.shows(minute * 60, 1000);
        }
        dawn.shows(3720, 1022);
        assertThat(dawn.from(60, 3660)).isEqualTo(new Whole(0, 3600, Set.of()));
        assertThat(dawn.from(3660, 3720).wattHours()).isEqualTo(22);
    }

    @Test
    void a_plausible_step_after_a_standstill_is_no_spike_though_a_reset_follows() {
        Meter meter = Meter.rated().draws(0, 720, 600);
        for (int i = 0; i <= 42; i++) {
            meter.shows(i * 10, 1000);
        }
        Whole whole = meter.shows(480, 1080, 540, 0, 600, 12, 720, 40).from(0, 720);
        assertThat(whole.wattHours()).isEqualTo(120);
        assertThat(whole.flags()).contains(Flag.INTERPOLATED, Flag.RESET).doesNotContain(Flag.GLITCH);
    }

    @Test
    void a_register_at_rest_without_power_is_believed() {
        Meter night = Meter.rated().draws(0, 600, 0);
        for (int i = 0; i <= 60; i++) {
            night.shows(i * 10, 1000);
        }
        assertThat(night.from(0, 600)).isEqualTo(new Whole(0, 600, Set.of()));
    }

    @Test
    void a_coarse_register_is_neither_stuck_nor_spiking() {
        Meter coarse = Meter.with(Meter.RATED, "resolution: 0.1 kWh").draws(0, 1200, 3000);
        for (int i = 0; i <= 120; i++) {
            coarse.shows(i * 10, Math.floor(i * 3000 / 360.0 / 100) * 100);
        }
        Whole whole = coarse.from(0, 1200);
        assertThat(whole.wattHours()).isEqualTo(1000);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK, Flag.SPIKE, Flag.GLITCH);
    }

    @Test
    void a_register_that_contradicts_power_is_believed_and_flagged() {
        Meter meter = Meter.rated().draws(0, 60, 3000).shows(0, 1000, 30, 1010, 60, 1020);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(20, 60, Set.of(Flag.MISMATCH)));
    }

    /** It is read each 150 seconds, power each ten: the load came in the middle of a step. */
    @Test
    void a_seldom_read_register_does_not_contradict_power_that_changed_within_a_step() {
        Meter meter = Meter.rated().draws(0, 2320, 0).draws(2330, 4500, 3000);
        for (int second = 0; second <= 4500; second += 150) {
            meter.shows(second, 1000 + Math.max(0, second - 2325) / 1.2);
        }
        assertThat(meter.from(0, 4500).flags()).isEmpty();
    }

    @Test
    void a_minute_next_to_a_catch_up_does_not_contradict_power() {
        Meter meter = Meter.rated();
        for (int minute = 0; minute < 25; minute++) {
            meter.draws(minute * 60 + 30, minute * 60 + 30, 900);
            double wattHours = minute >= 10 && minute < 18 ? 1135 : 1000 + 15 * minute;
            meter.shows(minute * 60 + 30, wattHours); // it stands still after minute 9 and shows all of it in minute 18
        }
        Whole whole = meter.from(60, 1440);
        assertThat(whole.wattHours()).isEqualTo(23 * 15);
        assertThat(whole.flags()).doesNotContain(Flag.MISMATCH);
    }

    @Test
    void power_fills_what_the_register_leaves_open() {
        Meter meter = Meter.rated().draws(0, 60, 360).shows(0, 1000, 30, 1002);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(5, 60, Set.of(Flag.INTEGRATED)));
    }

    @Test
    void a_spike_keeps_its_flag_where_power_fills_the_hole() {
        Meter meter = Meter.rated().draws(0, 120, 360).shows(0, 5000, 60, 900_000, 120, 900_006);
        assertThat(meter.from(0, 120)).isEqualTo(new Whole(12, 120, Set.of(Flag.SPIKE, Flag.INTEGRATED)));
    }

    @Test
    void an_absurd_power_leaves_a_hole_and_its_flag() {
        Meter meter = Meter.rated().draws(0, 30, 360).draws(40, 40, 1e30).draws(50, 60, 360);
        Whole whole = meter.from(0, 60);
        assertThat(whole.coveredSeconds()).isEqualTo(40);
        assertThat(whole.flags()).containsExactlyInAnyOrder(Flag.SPIKE, Flag.INTEGRATED);
    }

    @Test
    void a_register_that_restarts_daily_counts_from_zero_at_local_midnight() {
        // Casablanca is at UTC+1: its midnight is 23:00 UTC
        Meter meter = Meter.entries("Africa/Casablanca", List.of(Meter.RATED), "resets: daily")
                .around("2026-06-14T23:00:00Z");
        meter.shows(-120, 30_000, -60, 30_006, 60, 6, 120, 12);
        Whole whole = meter.from(-120, 120);
        assertThat(whole).isEqualTo(new Whole(18, 240, Set.of(Flag.RESET)));
        assertThat(meter.minute(0).flags()).isEmpty();
    }

    @Test
    void the_old_days_total_shown_after_midnight_is_not_booked() {
        Meter meter =
                Meter.entries("UTC", List.of(Meter.RATED), "resets: daily").around("2026-06-15T00:00:00Z");
        meter.shows(-60, 30_000, 10, 30_007, 60, 6, 120, 12);
        assertThat(meter.from(-60, 120)).isEqualTo(new Whole(19, 180, Set.of(Flag.RESET)));
    }

    /** Without a rating all of the old day could have been counted since midnight, for all that anybody knows. */
    @ParameterizedTest
    @ValueSource(ints = {30, 120, 3600})
    void a_daily_register_whose_clock_is_behind_counts_no_day_twice(int seconds) {
        Whole night = daily(seconds);
        assertThat(night.wattHours()).isCloseTo(1440, Offset.offset(2.0));
        assertThat(night.flags()).containsExactly(Flag.RESET);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 120, 3600})
    void a_daily_register_whose_clock_is_ahead_counts_nothing_twice(int seconds) {
        assertThat(daily(-seconds).wattHours()).isCloseTo(1440, Offset.offset(2.0));
    }

    /** Two hours on each side of midnight, at 360 W, read each ten seconds. */
    private static Whole daily(int secondsBehind) {
        Meter meter =
                Meter.entries("UTC", List.of("serial: A"), "resets: daily").around("2026-06-15T00:00:00Z");
        for (int second = -7201; second <= 7209; second += 10) {
            int sinceRestart = second - secondsBehind;
            meter.shows(second, sinceRestart < 0 ? 12_000 + second / 10.0 : sinceRestart / 10.0);
        }
        return meter.from(-7200, 7200);
    }

    @Test
    void the_first_reading_ever_of_a_register_that_restarts_daily_counts_from_midnight() {
        Meter meter =
                Meter.entries("UTC", List.of(Meter.RATED), "resets: daily").around("2026-06-15T12:00:00Z");
        Whole morning = meter.shows(0, 12_000).from(-43_200, 0);
        assertThat(morning).isEqualTo(new Whole(12_000, 43_200, Set.of(Flag.INTERPOLATED)));
    }

    @Test
    void a_register_that_dips_every_other_second_takes_a_span_a_minute() {
        Meter meter = Meter.rated();
        for (int i = 0; i <= 120; i++) {
            meter.shows(i, i % 2 == 1 ? 0 : 5000 + i);
        }
        assertThat(meter.from(0, 120)).isEqualTo(new Whole(120, 120, Set.of(Flag.GLITCH)));
        assertThat(Spans.of(meter.all(), Point.ENERGY, meter.history())).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rating: 6 kW", "serial: A"})
    void nonsense_every_second_is_a_step_a_minute_and_one_hole(String device) {
        Random random = new Random(1);
        Meter meter = Meter.with(device, "");
        for (int second = 0; second <= 600; second++) {
            boolean isNonsense = second >= 100 && second < 500;
            meter.shows(second, isNonsense ? random.nextInt(90_000_000) : 1000 + second / 10.0);
        }
        assertThat(Irregularity.among(meter.all(), Point.ENERGY, meter.history(), 0, Long.MAX_VALUE))
                .hasSizeLessThanOrEqualTo(10);
        assertThat(meter.from(0, 60)).isEqualTo(new Whole(6, 60, Set.of()));
        assertThat(meter.from(60, 120)).isEqualTo(new Whole(3.9, 39, Set.of(Flag.SPIKE)));
        assertThat(meter.from(120, 480)).isEqualTo(new Whole(0, 0, Set.of(Flag.SPIKE)));
        assertThat(meter.from(480, 540)).isEqualTo(new Whole(4, 40, Set.of(Flag.SPIKE)));
        assertThat(meter.from(540, 600)).isEqualTo(new Whole(6, 60, Set.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 20, 50, 80, 95})
    void a_register_read_every_second_that_often_shows_zero_counts_all_of_it(int percent) {
        Random random = new Random(percent);
        Meter meter = Meter.rated();
        for (int second = 0; second <= 600; second++) {
            meter.shows(second, second % 600 > 0 && random.nextInt(100) < percent ? 0 : 5000 + second);
        }
        assertThat(Irregularity.among(meter.all(), Point.ENERGY, meter.history(), 0, Long.MAX_VALUE))
                .hasSizeLessThanOrEqualTo(10 * StepList.MOST_IN_A_MINUTE);
        assertThat(meter.from(0, 600)).isEqualTo(new Whole(600, 600, Set.of(Flag.GLITCH)));
    }

    @Test
    void a_register_that_flickers_and_restarts_meanwhile_counts_nothing_twice() {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 180; second++) {
            int counted = second < 90 ? 5000 + second : 1 + second - 90;
            meter.shows(second, second > 60 && second < 120 && second % 5 == 0 ? 0 : counted);
        }
        assertThat(meter.from(60, 120)).isEqualTo(new Whole(8, 8, Set.of(Flag.SPIKE)));
        assertThat(meter.from(120, 180)).isEqualTo(new Whole(60, 60, Set.of()));
    }

    @Test
    void a_minute_of_nothing_but_nonsense_is_one_hole() {
        Meter meter = Meter.rated();
        for (int i = 0; i <= 120; i++) {
            meter.shows(i, i < 60 ? 5000 + 1000 * (i / 2) : 40_000);
        }
        assertThat(Spans.of(meter.all(), Point.ENERGY, meter.history())).hasSizeLessThanOrEqualTo(2);
        assertThat(meter.minute(0).flags()).contains(Flag.SPIKE);
    }
}

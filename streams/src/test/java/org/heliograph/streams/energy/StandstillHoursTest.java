package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.heliograph.streams.energy.Meter.Whole;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A full hour parts no standstill. Minutes count from one; the next is at 60. */
class StandstillHoursTest {
    private static final int WATTS = 3000;
    private static final int WATT_HOURS_A_MINUTE = 50;
    private static final int END_MINUTE = 240;
    private static final Offset<Double> ROUNDED = Offset.offset(0.1);

    /** A counter that stops at a minute and goes on at another from where it stopped. */
    private static Meter stopped(int fromMinute, int toMinute) {
        Meter meter = draws(WATTS, "rating: 11 kW");
        for (int second = 0; second <= END_MINUTE * 60; second += 10) {
            int missed = Math.max(0, Math.min(second, toMinute * 60) - fromMinute * 60);
            meter.shows(second, 100_000 + (second - missed) * WATTS / 3600.0);
        }
        return meter;
    }

    private static Meter draws(int watts, String device) {
        return Meter.with(device, "").draws(0, END_MINUTE * 60, watts);
    }

    @ParameterizedTest
    @CsvSource({"56, 90", "59, 180", "20, 63", "20, 61", "56, 123", "59, 121", "57, 63", "58, 64", "59, 65", "55, 61"})
    void a_counter_that_stops_near_a_full_hour_loses_nothing_that_power_shows(int fromMinute, int toMinute) {
        Meter meter = stopped(fromMinute, toMinute);
        Whole stuck = meter.from(fromMinute * 60L, toMinute * 60L);
        double wattHours = (toMinute - fromMinute) * WATT_HOURS_A_MINUTE;
        assertThat(stuck)
                .isEqualTo(new Whole(wattHours, (toMinute - fromMinute) * 60, Set.of(Flag.STUCK, Flag.INTEGRATED)));
        assertThat(meter.minute((fromMinute - 1) * 60L).flags()).isEmpty();
        assertThat(meter.minute(toMinute * 60L).flags()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"55, 60", "60, 65", "58, 63", "57, 62", "58, 62", "59, 61"})
    void a_standstill_of_five_minutes_may_be_a_counter_that_is_shown_late_wherever_it_lies(
            int fromMinute, int toMinute) {
        Whole whole = stopped(fromMinute, toMinute).from(0, END_MINUTE * 60);
        int counted = (END_MINUTE - (toMinute - fromMinute)) * WATT_HOURS_A_MINUTE;
        assertThat(whole.wattHours()).isCloseTo(counted, ROUNDED);
        assertThat(whole.flags()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"56, 63", "58, 90", "30, 62", "56, 122", "58, 62"})
    void what_is_caught_up_after_a_full_hour_counts_once(int fromMinute, int toMinute) {
        Meter meter = draws(WATTS, "rating: 11 kW");
        for (int second = 0; second <= END_MINUTE * 60; second += 10) {
            boolean isFrozen = second > fromMinute * 60 && second < toMinute * 60;
            meter.shows(second, 100_000 + (isFrozen ? fromMinute * 60 : second) * WATTS / 3600.0);
        }
        Whole whole = meter.from(0, END_MINUTE * 60);
        assertThat(whole.wattHours()).isCloseTo(END_MINUTE * WATT_HOURS_A_MINUTE, ROUNDED);
        assertThat(whole.flags()).doesNotContain(Flag.STUCK);
    }

    /** A counter that never counts, at so little power: 20 Wh an hour may be what registers and power differ by. */
    @ParameterizedTest
    @CsvSource({"19, false", "21, true"})
    void what_may_be_held_back_is_asked_of_an_hour_however_long_the_standstill(int watts, boolean isStuck) {
        Meter meter = draws(watts, "rating: 1 kW");
        for (int second = 0; second <= END_MINUTE * 60; second += 10) {
            meter.shows(second, 1000);
        }
        Whole whole = meter.from(0, END_MINUTE * 60);
        assertThat(whole.flags().contains(Flag.STUCK)).isEqualTo(isStuck);
        assertThat(whole.wattHours()).isCloseTo(isStuck ? watts * END_MINUTE / 60.0 : 0, ROUNDED);
    }

    /** Half of the little that a standstill needs to be told from rest flows before the full hour. */
    @Test
    void what_flowed_before_a_full_hour_and_after_it_is_one_sum() {
        Meter meter = draws(25, "rating: 1 kW");
        for (int second = 0; second <= END_MINUTE * 60; second += 10) {
            int missed = Math.max(0, Math.min(second, 90 * 60) - 30 * 60);
            meter.shows(second, 1000 + Math.floor((second - missed) * 25 / 3600.0));
        }
        assertThat(meter.minute(40 * 60).flags()).containsExactlyInAnyOrder(Flag.STUCK, Flag.INTEGRATED);
        assertThat(meter.minute(80 * 60).flags()).containsExactlyInAnyOrder(Flag.STUCK, Flag.INTEGRATED);
    }

    @Test
    void a_load_that_is_off_over_a_full_hour_is_at_rest() {
        Meter meter = Meter.with("rating: 11 kW", "").draws(0, 3300, WATTS).draws(3310, 4500, 0);
        meter.draws(4510, END_MINUTE * 60, WATTS);
        for (int second = 0; second <= END_MINUTE * 60; second += 10) {
            int missed = Math.max(0, Math.min(second, 4500) - 3300);
            meter.shows(second, 100_000 + (second - missed) * WATTS / 3600.0);
        }
        assertThat(meter.from(3360, 4440)).isEqualTo(new Whole(0, 1080, Set.of()));
    }

    @Test
    void a_device_without_power_is_believed_over_a_full_hour() {
        Meter meter = Meter.with("rating: 11 kW", "");
        for (int second = 0; second <= 7200; second += 10) {
            meter.shows(second, 1000);
        }
        assertThat(meter.from(0, 7200)).isEqualTo(new Whole(0, 7200, Set.of()));
    }

    /** What is asked minute by minute is what a look at each stretch of an hour says. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_minute_is_stuck_if_any_stretch_of_an_hour_with_it_is(long seed) {
        Random random = new Random(seed);
        long[] minutes = LongStream.range(0, 240)
                .map(_ -> random.nextInt(40) == 0 ? 0 : random.nextInt(5) == 0 ? 1 : random.nextInt(3_600_000))
                .toArray();
        StandstillHours hours = new StandstillHours(start -> hour(minutes, start));
        StepRules rules = rules();
        int stuck = 0;
        for (int minute = 0; minute < minutes.length; minute++) {
            boolean expected = isStuck(minutes, minute, rules);
            assertThat(hours.isStuck(minute * DeviceMinute.LENGTH_MILLIS, rules))
                    .as("minute %d", minute)
                    .isEqualTo(expected);
            stuck += expected ? 1 : 0;
        }
        assertThat(stuck).isBetween(1, minutes.length - 1);
    }

    private static StepRules rules() {
        return Meter.with("rating: 11 kW", "")
                .history()
                .stepRules(Point.ENERGY, 0)
                .orElseThrow();
    }

    private static StandstillHour hour(long[] minutes, long startMillis) {
        StandstillHour hour = StandstillHour.NONE;
        for (int minute = 0; minute < minutes.length; minute++) {
            long millis = minute * DeviceMinute.LENGTH_MILLIS;
            hour = StandstillHour.startOf(millis) == startMillis ? hour.with(millis, minutes[minute]) : hour;
        }
        return hour;
    }

    private static boolean isStuck(long[] minutes, int minute, StepRules rules) {
        for (int from = Math.max(0, minute - 59); from <= minute; from++) {
            for (int to = minute + 1; to <= Math.min(minutes.length, from + 60); to++) {
                long flowed = 0;
                long flowing = 0;
                boolean standsStill = true;
                for (int i = from; i < to; i++) {
                    flowed += minutes[i];
                    flowing += minutes[i] > StandstillHour.UNREAD_MILLIJOULES ? 1 : 0;
                    standsStill &= minutes[i] > 0;
                }
                if (standsStill
                        && flowing * DeviceMinute.LENGTH_MILLIS > rules.lagMillis()
                        && StandstillHour.isTooMuch(flowed, rules)) {
                    return true;
                }
            }
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void any_order_gives_the_same_minutes_around_a_full_hour(long seed) {
        Random random = new Random(seed);
        int fromMinute = 50 + random.nextInt(10);
        Meter meter = stopped(fromMinute, fromMinute + 6 + random.nextInt(80));
        Samples all = meter.all();
        Samples disordered = meter.disordered(random);
        for (int minute = 0; minute < END_MINUTE; minute++) {
            assertThat(meter.minute(disordered, minute * 60L)).isEqualTo(meter.minute(all, minute * 60L));
        }
    }

    static LongStream changes() {
        return LongStream.rangeClosed(1, 40);
    }

    /** Some minutes of six hours; the device becomes one that counts coarsely in the fourth. */
    @ParameterizedTest
    @MethodSource("changes")
    void the_changed_minutes_are_those_of_which_something_else_is_said(long seed) throws ConfigurationException {
        Random random = new Random(seed);
        DeviceHistory history = DeviceHistory.of(SiteFile.parse("site", """
                site: test1
                zone: UTC
                devices:
                  - {id: m, profile: rack-pdu, role: it, validTo: "1970-01-01T03:07:00Z"}
                  - {id: m, profile: rack-pdu-coarse, role: it, validFrom: "1970-01-01T03:07:00Z"}
                """), "m");
        Map<Long, StandstillHour> was = new HashMap<>();
        for (long hour = 0; hour < 6; hour++) {
            long[] millijoules = new long[StandstillHour.MINUTES];
            for (int i = 0; i < millijoules.length; i++) {
                boolean stands = random.nextInt(20) > 0;
                millijoules[i] = stands ? 1 + random.nextInt(6) * Millijoules.PER_WATT_HOUR : 0;
            }
            was.put(hour * StandstillHour.LENGTH_MILLIS, StandstillHour.of(millijoules));
        }
        Map<Long, StandstillHour> is = new HashMap<>(was);
        for (int i = random.nextInt(4); i >= 0; i--) {
            long minute = DeviceMinute.LENGTH_MILLIS * (60 + random.nextInt(240));
            long hour = StandstillHour.startOf(minute);
            long millijoules = random.nextInt(3) * 40L * Millijoules.PER_WATT_HOUR;
            is.merge(hour, StandstillHour.NONE, (held, _) -> held.with(minute, millijoules));
        }
        StandstillHours before = new StandstillHours(hour -> was.getOrDefault(hour, StandstillHour.NONE));
        StandstillHours after = new StandstillHours(hour -> is.getOrDefault(hour, StandstillHour.NONE));
        Set<Long> changed = LongStream.range(0, 6 * StandstillHour.MINUTES)
                .map(minute -> minute * DeviceMinute.LENGTH_MILLIS)
                .filter(minute -> {
                    StepRules rules = history.stepRules(Point.ENERGY, minute).orElseThrow();
                    return before.isStuck(minute, rules) != after.isStuck(minute, rules);
                })
                .boxed()
                .collect(Collectors.toSet());
        assertThat(StandstillHours.changedMinutes(before, after, is.keySet(), Point.ENERGY, history))
                .isEqualTo(changed);
    }
}

package org.heliograph.streams.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.heliograph.streams.recording.SolarLog.DAILY_REGISTER;
import static org.heliograph.streams.recording.SolarLog.INVERTERS;
import static org.heliograph.streams.recording.SolarLog.POWER;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.recording.MeasuredDevice.Whole;
import org.heliograph.streams.recording.Recordings.Replay;
import org.heliograph.telemetry.quantity.Millijoules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A year of two inverters whose registers restart every day and fall to zero at restarts of the logger's. */
class SolarLogTest {
    private static final LocalDate NEW_YEAR = LocalDate.of(2008, 1, 1);
    private static final LocalDate NEXT_YEAR = NEW_YEAR.plusYears(1);
    private static final long YEAR_WH = 6_608_846;
    private static final double INTEGRATED_KWH = 6_736.89;

    private static Path year() {
        return Recordings.whole("solarlog-2008").resolve("minutes");
    }

    private static MeasuredDevice device(String inverter, Replay replay, long seed, String... points) {
        List<SolarLog.Row> recorded = SolarLog.rows(year(), inverter);
        return MeasuredDevice.of(
                SolarLog.site("roof", points),
                inverter,
                Recordings.samples(
                        Recordings.arrivals(
                                recorded, Comparator.comparing(SolarLog.Row::time), replay, new Random(seed)),
                        SolarLog.Row::addTo));
    }

    /** Added up from the minutes of its local days. */
    private static Whole year(MeasuredDevice device) {
        Whole year = Whole.NOTHING;
        for (LocalDate day = NEW_YEAR; day.isBefore(NEXT_YEAR); day = day.plusDays(1)) {
            year = year.plus(device.day(day));
        }
        return year;
    }

    @ParameterizedTest
    @CsvSource({
        "AS_RECORDED, 0",
        "IN_ORDER, 0",
        "NEWEST_FIRST, 0",
        "SHUFFLED, 1",
        "SHUFFLED_AND_REPEATED, 2",
        "SHUFFLED_AND_REPEATED, 3"
    })
    void the_year_is_the_same_in_whatever_order_it_is_told(Replay replay, long seed) {
        long millijoules = 0;
        for (String inverter : INVERTERS) {
            millijoules += year(device(inverter, replay, seed, DAILY_REGISTER)).millijoules();
        }
        assertThat(millijoules).isEqualTo(YEAR_WH * Millijoules.PER_WATT_HOUR);
    }

    @Test
    void each_local_day_is_what_its_register_counted_and_the_days_add_up_to_the_year() {
        long millijoules = 0;
        for (String inverter : INVERTERS) {
            MeasuredDevice device = device(inverter, Replay.IN_ORDER, 0, DAILY_REGISTER, POWER);
            SortedMap<LocalDate, Long> counted = SolarLog.days(SolarLog.rows(year(), inverter));
            for (LocalDate day = NEW_YEAR; day.isBefore(NEXT_YEAR); day = day.plusDays(1)) {
                Whole measured = device.day(day);
                assertThat(measured.millijoules())
                        .as("%s on %s", inverter, day)
                        .isEqualTo(counted.getOrDefault(day, 0L) * Millijoules.PER_WATT_HOUR);
                millijoules += measured.millijoules();
            }
            Whole year = device.between(
                    NEW_YEAR.atStartOfDay(SolarLog.ZONE).toInstant(),
                    NEXT_YEAR.atStartOfDay(SolarLog.ZONE).toInstant());
            assertThat(year.flags()).contains(Flag.GLITCH, Flag.RESET).doesNotContain(Flag.SPIKE, Flag.DROP);
        }
        assertThat(millijoules).isEqualTo(YEAR_WH * Millijoules.PER_WATT_HOUR);
    }

    @Test
    void of_59_falls_within_a_day_33_are_glitches_and_26_resets() {
        Map<Flag, Integer> falls = new HashMap<>();
        for (String inverter : INVERTERS) {
            List<Span> spans =
                    device(inverter, Replay.NEWEST_FIRST, 0, DAILY_REGISTER).spans();
            spans.stream()
                    .filter(span -> !endsAtMidnight(span))
                    .flatMap(span -> span.flags().stream())
                    .forEach(flag -> falls.merge(flag, 1, Integer::sum));
        }
        assertThat(falls).containsEntry(Flag.GLITCH, 33).containsEntry(Flag.RESET, 26);
        assertThat(falls).doesNotContainKeys(Flag.DROP, Flag.SPIKE, Flag.ROLLOVER, Flag.QUARANTINE);
    }

    /** The daily restart itself: between dusk and midnight. */
    private static boolean endsAtMidnight(Span span) {
        return Instant.ofEpochMilli(span.toMillis())
                .atZone(SolarLog.ZONE)
                .toLocalTime()
                .equals(LocalTime.MIDNIGHT);
    }

    @Test
    void a_night_between_two_days_is_covered_and_nothing_is_produced_in_it() {
        for (String inverter : INVERTERS) {
            MeasuredDevice device = device(inverter, Replay.IN_ORDER, 0, DAILY_REGISTER);
            List<LocalDate> uncovered = new ArrayList<>();
            for (LocalDate day = NEW_YEAR; day.isBefore(NEXT_YEAR); day = day.plusDays(1)) {
                Whole dusk = device.between(
                        day.atTime(22, 0).atZone(SolarLog.ZONE).toInstant(),
                        day.plusDays(1).atStartOfDay(SolarLog.ZONE).toInstant());
                assertThat(dusk.millijoules()).isZero();
                if (dusk.coveredMillis() < 7_200_000) {
                    uncovered.add(day);
                }
            }
            assertThat(uncovered).containsExactly(NEXT_YEAR.minusDays(1)); // nothing was recorded after it
        }
    }

    @Test
    void what_stood_still_at_zero_and_was_then_caught_up_counts_since_midnight() {
        MeasuredDevice device = device("sb4200", Replay.SHUFFLED, 4, DAILY_REGISTER);
        Instant jump =
                LocalDate.of(2008, 3, 1).atTime(8, 15).atZone(SolarLog.ZONE).toInstant();
        Whole morning = device.between(
                LocalDate.of(2008, 3, 1).atStartOfDay(SolarLog.ZONE).toInstant(), jump);
        assertThat(morning.millijoules()).isEqualTo(2_618 * Millijoules.PER_WATT_HOUR);
        assertThat(morning.flags()).contains(Flag.INTERPOLATED).doesNotContain(Flag.SPIKE);
    }

    @Test
    void the_power_integrated_beside_it_says_two_percent_more() {
        double kilowattHours = 0;
        for (String inverter : INVERTERS) {
            Whole year = year(device(inverter, Replay.SHUFFLED, 5, POWER));
            assertThat(year.flags()).containsExactly(Flag.INTEGRATED);
            kilowattHours += year.millijoules() / (1000.0 * Millijoules.PER_WATT_HOUR);
        }
        assertThat(kilowattHours).isCloseTo(INTEGRATED_KWH, within(0.01));
    }
}

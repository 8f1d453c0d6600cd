package org.heliograph.lab.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;

/**
 * All windows of a day beside the ledger, and what became of each fault.
 *
 * @param told of each fault that has begun
 * @param ofDevices what devices counted that should be exact and isn't
 */
record DayComparison(
        List<Compared> minutes,
        List<Compared> quarters,
        List<Compared> hours,
        Compared day,
        Compared month,
        Compared year,
        List<Told> told,
        List<Difference> ofDevices) {

    /** Only today is known of the month and the year. When they begin and end isn't taken from what is compared. */
    static DayComparison of(LedgerCheck check, ZoneId zone, Instant midnight, Instant until) {
        LocalDate today = midnight.atZone(zone).toLocalDate();
        LocalDate month = today.withDayOfMonth(1);
        LocalDate year = today.withDayOfYear(1);
        return new DayComparison(
                check.windows("1m", Duration.ofMinutes(1), midnight, until),
                check.windows("15m", Duration.ofMinutes(15), midnight, until),
                check.windows("1h", Duration.ofHours(1), midnight, until),
                known(check, "1d", begin(today, zone), begin(today.plusDays(1), zone), midnight, until),
                known(check, "1mo", begin(month, zone), begin(month.plusMonths(1), zone), midnight, until),
                known(check, "1y", begin(year, zone), begin(year.plusYears(1), zone), midnight, until),
                check.devices().told(until),
                check.devices().differences(midnight, until));
    }

    /** A demo may go on until after a window's end. */
    private static Compared known(
            LedgerCheck check, String label, Instant start, Instant end, Instant midnight, Instant until) {
        return check.window(label, start, midnight, until.isBefore(end) ? until : end);
    }

    private static Instant begin(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant();
    }

    /** Everything that is neither as it should be nor excused by a fault. */
    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        windows().forEach(window -> differences.addAll(window.differences()));
        told.forEach(fault -> differences.addAll(fault.differences()));
        differences.addAll(ofDevices);
        return differences;
    }

    /** {@code 1440 minutes (1403 equal, 37 marked), ...}. */
    String counts() {
        return "%d windows of 1m, %d of 15m, %d of 1h, the day, its month and its year: %d equal, %d marked, %d neither"
                .formatted(
                        minutes.size(),
                        quarters.size(),
                        hours.size(),
                        count(Compared::isEqual),
                        count(Compared::isMarked),
                        count(window -> !window.differences().isEmpty()));
    }

    private long count(Predicate<Compared> what) {
        return windows().stream().filter(what).count();
    }

    private List<Compared> windows() {
        List<Compared> all = new ArrayList<>(minutes);
        all.addAll(quarters);
        all.addAll(hours);
        all.add(day);
        all.add(month);
        all.add(year);
        return all;
    }
}

package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.heliograph.streams.indicator.FactorBook;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The days whose minutes aren't kept any more: their CO2, and that of the months and years that they are in, computed anew
 * when a factor of their time has changed. All else of them stays as it is.
 *
 * <p>A day of which not all minutes are in {@link CarbonHours}, one of before there was such a store, is left alone: its
 * energies, which it has itself, tell.
 */
final class PastDays {
    /** Where a day is looked for that has begun before a moment. */
    private static final Duration LONGEST_DAY = Duration.ofDays(2);

    private final CarbonHours hours;
    private final Windows windows;
    private final FactorStore factors;

    PastDays(CarbonHours hours, Windows windows, FactorStore factors) {
        this.hours = hours;
        this.windows = windows;
        this.factors = factors;
    }

    /**
     * Restates a site's days in their order, as many as there is time for, one at least; a month after the last of its days
     * that the change is of, a year after its months.
     *
     * @param until before which minutes aren't kept: the beginning of a day
     * @return the moment to go on from; empty when no day is left
     */
    Optional<Instant> restate(
            SiteModel site, FactorStore.Change factor, Instant until, Windows.Change change, long deadlineNanos) {
        Instant from = Instant.ofEpochMilli(factor.fromMillis());
        Instant to = Instant.ofEpochMilli(factor.toMillis());
        List<Windows.Kept> days =
                windows.between(site.site(), Window.DAY, from.minus(LONGEST_DAY), to.isBefore(until) ? to : until);
        for (int i = 0; i < days.size(); i++) {
            WindowKey day = days.get(i).key();
            boolean isLast = i == days.size() - 1;
            // a minute is of the day that began last; of a change of zone, too
            Instant end =
                    isLast ? endOfLast(day, until, site) : days.get(i + 1).key().start();
            if (!end.isAfter(from)) {
                continue;
            }
            restate(days.get(i), end, factor.id(), change);
            for (Window whole : List.of(Window.MONTH, Window.YEAR)) {
                WindowKey longer = day.within(whole, site.zone());
                if (isLast || !longer.equals(days.get(i + 1).key().within(whole, site.zone()))) {
                    windows.addUpCarbon(longer, site.zone(), change);
                }
            }
            if (!isLast && System.nanoTime() > deadlineNanos) {
                return Optional.of(end);
            }
        }
        return Optional.empty();
    }

    /** The change may end within the day, or before one of another zone begins. */
    private Instant endOfLast(WindowKey day, Instant until, SiteModel site) {
        List<Windows.Kept> next =
                windows.between(site.site(), Window.DAY, day.start().plusMillis(1), until);
        return next.isEmpty() ? until : next.getFirst().key().start();
    }

    private void restate(Windows.Kept day, Instant end, String factor, Windows.Change change) {
        Instant start = day.key().start();
        List<CarbonHours.Hour> parts = hours.between(day.key().site(), start, end);
        if (parts.stream().noneMatch(hour -> hour.chosen().names(factor))) {
            return;
        }
        FactorBook book = factors.during(start, end);
        Sums sums = Sums.ZERO;
        FactorsUsed used = FactorsUsed.NONE;
        for (CarbonHours.Hour hour : parts) {
            for (var minute : hour.minutes().entrySet()) {
                FactorBook.Choice chosen = book.chosenBy(hour.chosen().at(minute.getKey()), minute.getKey());
                Sums priced = minute.getValue().pricedBy(chosen);
                sums = sums.plus(priced);
                used = used.plus(FactorsUsed.of(priced, chosen));
            }
        }
        if (sums.areOfTheEnergyOf(day.sums())) {
            windows.restate(
                    day.key(), new Windows.Content(day.sums().withCarbonOf(sums), used, day.branches()), change);
        }
    }
}

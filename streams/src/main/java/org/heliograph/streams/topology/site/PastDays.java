package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The days that are made of past hours: their CO2, that of those hours, their quarters and minutes, and that of the months
 * and years that they are in, computed anew when a factor of their time has changed. All else of them stays as it is.
 *
 * <p>A day of which not all minutes are kept is left alone: its energies, which it has itself, tell.
 */
final class PastDays {
    private static final List<Window> LONG = List.of(Window.MONTH, Window.YEAR);

    /** Where a day is looked for that has begun before a moment. */
    private static final Duration LONGEST_DAY = Duration.ofDays(2);

    /** From a change on until the minutes of all sites, and the days of a site, are restated. */
    private static final Duration LONGEST_REVISION = Duration.ofDays(31);

    private final PastHours hours;
    private final WindowStore store;
    private final Windows windows;
    private final FactorStore factors;

    PastDays(SiteStores stores, Windows windows) {
        hours = stores.hours();
        store = stores.windows();
        factors = stores.factors();
        this.windows = windows;
    }

    /** Publishes a window of a past hour, which is kept with that. */
    interface Publishing {
        void publish(KeptWindow restated);
    }

    /**
     * Restates a site's days in their order, as many as there is time for, one at least; a month after the last of its days
     * that the change is of, a year after its months; those of days that aren't past, too.
     *
     * @param until before which minutes aren't kept: the beginning of a day
     * @return the moment to go on from; empty when no day is left
     */
    Optional<Instant> restate(
            SiteModel site,
            FactorStore.Change factor,
            Instant until,
            WindowChange change,
            Publishing publishing,
            Deadline deadline) {
        Instant from = Instant.ofEpochMilli(factor.fromMillis());
        Instant to = Instant.ofEpochMilli(factor.toMillis());
        if (!site.factors().names(factor.id()) && !hours.choices().mayName(site.site(), factor.id())) {
            // most sites are of another country; but this may have named it when its minutes were restated
            Instant withMinutes = until.minus(LONGEST_REVISION);
            addUpSince(from.isBefore(withMinutes) ? withMinutes : from, to, site, change);
            return Optional.empty();
        }
        List<KeptWindow> days =
                store.between(site.site(), Window.DAY, from.minus(LONGEST_DAY), to.isBefore(until) ? to : until);
        for (int i = 0; i < days.size(); i++) {
            WindowKey day = days.get(i).key();
            boolean isLast = i == days.size() - 1;
            // a minute is of the day that began last; of a change of zone, too
            Instant end =
                    isLast ? endOfLast(day, until, site) : days.get(i + 1).key().start();
            if (!end.isAfter(from)) {
                continue;
            }
            restate(site, days.get(i), end, factor, change, publishing);
            if (isLast) {
                break;
            }
            for (Window whole : LONG) {
                WindowKey longer = longer(day, whole, site);
                if (!longer.equals(longer(days.get(i + 1).key(), whole, site))) {
                    windows.addUpCarbon(longer, site.zone(), change);
                }
            }
            if (deadline.isOver()) {
                return Optional.of(end);
            }
        }
        addUpSince(days.isEmpty() ? from : days.getLast().key().start().plus(Window.FARTHEST_ZONE), to, site, change);
        return Optional.empty();
    }

    /** Adds up months and years of a time, and nothing shorter. */
    void addUpMonths(SiteModel site, FactorStore.Change time, WindowChange change) {
        addUpSince(Instant.ofEpochMilli(time.fromMillis()), Instant.ofEpochMilli(time.toMillis()), site, change);
    }

    /** What is longer than a day, also of days that have been restated with their minutes. */
    private void addUpSince(Instant from, Instant to, SiteModel site, WindowChange change) {
        for (Window whole : LONG) {
            Instant start = whole.startOf(from, site.zone());
            for (KeptWindow longer : store.between(site.site(), whole, start, to)) {
                windows.addUpCarbon(longer.key(), site.zone(), change);
            }
        }
    }

    /** A day of a zone that the site has left is of the month in which most of it is. */
    private static WindowKey longer(WindowKey day, Window whole, SiteModel site) {
        return new WindowKey(day.site(), whole, whole.startOf(day.start().plus(Window.FARTHEST_ZONE), site.zone()));
    }

    /** The change may end within the day, or before one of another zone begins. */
    private Instant endOfLast(WindowKey day, Instant until, SiteModel site) {
        Instant to = day.isOfZone(site.zone()) ? until : day.start().plus(LONGEST_DAY);
        List<KeptWindow> next =
                store.between(site.site(), Window.DAY, day.start().plusMillis(1), to);
        return next.isEmpty() ? until : next.getFirst().key().start();
    }

    private void restate(
            SiteModel site,
            KeptWindow day,
            Instant end,
            FactorStore.Change factor,
            WindowChange change,
            Publishing publishing) {
        Instant start = day.key().start();
        List<KeptWindow> rest = store.between(site.site(), Window.MINUTE, start, end);
        boolean isOfRest = !rest.isEmpty() && site.factors().names(factor.id());
        if (!isOfRest && !hours.choices().mayName(site.site(), start, end, factor.id())) {
            return;
        }
        Instant from = Instant.ofEpochMilli(Math.max(factor.fromMillis(), start.toEpochMilli()));
        Instant to = Instant.ofEpochMilli(Math.min(factor.toMillis(), end.toEpochMilli()));
        FactorBook book = factors.during(from, to);
        Map<WindowKey, WindowContent> minutes = priced(rest, site, from, to, book);
        List<PastHour> before = hours.between(site.site(), start, end);
        List<PastHour> after =
                before.stream().map(hour -> hour.pricedBy(book, from, to)).toList();
        WindowContent sum = minutes.values().stream().reduce(WindowContent.NONE, WindowContent::plus);
        for (PastHour hour : after) {
            sum = sum.plus(hour.sum(start, end));
        }
        if (!sum.sums().areOfTheEnergyOf(day.sums())) {
            return;
        }
        restateRest(minutes, site.zone(), change);
        for (int i = 0; i < after.size(); i++) {
            List<KeptWindow> restated = after.get(i).restatedSince(before.get(i), change);
            if (!restated.isEmpty()) {
                hours.put(after.get(i));
                restated.forEach(publishing::publish);
            }
        }
        windows.restateDay(day, sum, longer(day.key(), Window.MONTH, site), change);
    }

    private static Map<WindowKey, WindowContent> priced(
            List<KeptWindow> minutes, SiteModel site, Instant from, Instant to, FactorBook book) {
        Map<WindowKey, WindowContent> priced = new LinkedHashMap<>();
        for (KeptWindow minute : minutes) {
            Instant start = minute.key().start();
            boolean isOfChange = !start.isBefore(from) && start.isBefore(to);
            priced.put(
                    minute.key(),
                    isOfChange ? minute.content().pricedBy(book.chosenBy(site, start)) : minute.content());
        }
        return priced;
    }

    /** The minutes of an hour in which the day ends and which isn't past: they are kept one by one. */
    private void restateRest(Map<WindowKey, WindowContent> minutes, ZoneId zone, WindowChange change) {
        Set<WindowKey> quarters = new LinkedHashSet<>();
        minutes.forEach((minute, content) -> {
            windows.restate(minute, content, change);
            quarters.add(minute.within(Window.QUARTER, zone));
        });
        Set<WindowKey> hoursOfThem = new LinkedHashSet<>();
        for (WindowKey quarter : quarters) {
            windows.addUpCarbon(quarter, zone, change);
            hoursOfThem.add(quarter.within(Window.HOUR, zone));
        }
        hoursOfThem.forEach(hour -> windows.addUpCarbon(hour, zone, change));
    }
}

package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.telemetry.site.SiteModel;

/**
 * Deletes what the site side needs no more. It keeps all of what may still change; then its hours, and the days and what is
 * longer, as long as a revised factor restates those; then nothing.
 */
final class Purge {
    /** No zone's days begin farther from those of UTC. */
    private static final Duration ANY_ZONE = Duration.ofDays(1);

    private final EngineSettings settings;
    private final SiteShares shares;
    private final WindowStore windows;
    private final PastHours hours;
    private final FactorStore factors;
    /** The site that was purged last; none after the last of all. */
    private String lastSite = "";

    Purge(EngineSettings settings, SiteStores stores) {
        this.settings = settings;
        shares = stores.shares();
        windows = stores.windows();
        hours = stores.hours();
        factors = stores.factors();
    }

    /** What is older doesn't change any more; what is younger has everything that it is added up from. */
    Instant changing(long nowMillis) {
        return before(nowMillis, settings.retention().plus(EngineSettings.LONGEST_BACKLOG));
    }

    /** What is older doesn't change in its CO2 either, whichever factor is revised. */
    private Instant priced(long nowMillis) {
        Instant priced = before(nowMillis, settings.factorReach());
        Instant changing = changing(nowMillis);
        return priced.isBefore(changing) ? priced : changing;
    }

    private static Instant before(long nowMillis, Duration age) {
        Instant moment = Instant.ofEpochMilli(nowMillis).minus(age);
        return moment.isBefore(Instant.EPOCH) ? Instant.EPOCH : moment;
    }

    /** Deletes the points of series that no site needs. */
    void factors(long nowMillis) {
        Instant year = Window.YEAR.startOf(priced(nowMillis).minus(ANY_ZONE), ZoneOffset.UTC);
        factors.purge(year.minus(ANY_ZONE).toEpochMilli());
    }

    /** Goes on through the sites that anything is kept of, until the time is over: one at least, and to the last at most. */
    void nextSites(Deadline deadline, Consumer<String> purging) {
        NavigableSet<String> all = sites();
        NavigableSet<String> left = all.tailSet(lastSite, false);
        lastSite = "";
        for (String site : left.isEmpty() ? all : left) {
            purging.accept(site);
            if (deadline.isOver()) {
                lastSite = site;
                return;
            }
        }
    }

    /**
     * Makes past hours of a site's hours in which nothing but CO2 changes any more: one at least, and as many as there is
     * time for.
     *
     * @return since when its windows are kept one by one: those behind one that is open wait for it
     */
    Instant makeHours(SiteModel site, long nowMillis, Deadline deadline) {
        return keepHours(site, Window.HOUR.neededFrom(changing(nowMillis), site.zone()), deadline);
    }

    /** Makes past hours, and deletes what nothing of a site needs. */
    void site(SiteModel site, long nowMillis, Deadline deadline) {
        Instant priced = priced(nowMillis);
        Instant keptSince = makeHours(site, nowMillis, deadline);
        Instant pricedYear = Window.YEAR.startOf(priced, site.zone());
        hours.purge(site.site(), millis(Window.HOUR.startOf(pricedYear, site.zone())), deadline);
        windows.purge(site, priced);
        shares.purge(site.site(), millis(keptSince));
    }

    /**
     * The same of a site that nobody has a model of: a day later, so that a moment without one costs nothing.
     *
     * @return whether shares are left of it
     */
    boolean abandonedSite(String site, long nowMillis, Deadline deadline) {
        Instant changing = changing(nowMillis).minus(ANY_ZONE);
        Instant priced = priced(nowMillis).minus(ANY_ZONE);
        hours.purge(site, millis(Window.YEAR.startOf(priced, ZoneOffset.UTC).minus(ANY_ZONE)), deadline);
        windows.purgeAbandoned(site, changing, priced);
        shares.purge(site, millis(Window.MINUTE.neededFrom(changing, ZoneOffset.UTC)));
        return !shares.forgetIfEmpty(site);
    }

    private NavigableSet<String> sites() {
        NavigableSet<String> sites = new TreeSet<>(shares.sites());
        for (Optional<String> site = windows.siteFrom(""); site.isPresent(); site = windows.siteAfter(site.get())) {
            sites.add(site.get());
        }
        return sites;
    }

    private Instant keepHours(SiteModel site, Instant before, Deadline deadline) {
        Optional<Instant> next = windows.firstHour(site.site(), before);
        while (next.isPresent()) {
            Instant start = next.get();
            List<KeptWindow> taken = windows.takeHour(site.site(), start);
            if (taken.isEmpty()) {
                return start;
            }
            hours.put(PastHour.of(site, start, taken));
            next = windows.firstHour(site.site(), before);
            if (deadline.isOver()) {
                break;
            }
        }
        return next.orElse(before);
    }

    /** A local year may begin before 1970. */
    private static long millis(Instant moment) {
        return Math.max(1, moment.toEpochMilli());
    }
}

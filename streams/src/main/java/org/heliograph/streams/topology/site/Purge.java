package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.site.SiteModel;

/**
 * Deletes what the site side needs no more. It keeps all of what may still change; then its hours, and the days and what is
 * longer, as long as a revised factor restates those; then nothing.
 */
final class Purge {
    /** No zone's days begin farther from those of UTC. */
    private static final Duration ANY_ZONE = Duration.ofDays(1);

    private final EngineSettings settings;
    private final KeyValueStore<Bytes, byte[]> shares;
    private final WindowStore windows;
    private final PastHours hours;
    private final FactorStore factors;
    /** By site, since when there may be shares: to read over all that was ever deleted costs more than what is there. */
    private final Map<String, Long> sharesSinceMillis = new HashMap<>();
    /** The sites that there may be shares of, for the same reason. */
    private final Set<String> heardSites;

    /** @param heardSites those that shares are kept of */
    Purge(
            EngineSettings settings,
            KeyValueStore<Bytes, byte[]> shares,
            WindowStore windows,
            PastHours hours,
            FactorStore factors,
            Set<String> heardSites) {
        this.settings = settings;
        this.shares = shares;
        this.windows = windows;
        this.hours = hours;
        this.factors = factors;
        this.heardSites = new HashSet<>(heardSites);
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

    /** A share of that minute is kept from now on, be it ever so old. */
    void kept(String site, long minuteMillis) {
        heardSites.add(site);
        sharesSinceMillis.computeIfPresent(site, (_, since) -> Math.min(since, minuteMillis));
    }

    /** Deletes the points of series that no site needs. */
    void factors(long nowMillis) {
        Instant year = Window.YEAR.startOf(priced(nowMillis).minus(ANY_ZONE), ZoneOffset.UTC);
        factors.purge(year.minus(ANY_ZONE).toEpochMilli());
    }

    /**
     * Goes through the sites that anything is kept of, from the one after that on, until the time is over: one at least.
     *
     * @return the last one, to go on from; empty to begin with the first
     */
    String sitesAfter(String last, Deadline deadline, Consumer<String> purging) {
        NavigableSet<String> all = sites();
        NavigableSet<String> left = all.tailSet(last, false);
        for (String site : left.isEmpty() ? all : left) {
            purging.accept(site);
            if (deadline.isOver()) {
                return site;
            }
        }
        return "";
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
        purgeShares(site.site(), millis(keptSince));
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
        purgeShares(site, millis(Window.MINUTE.neededFrom(changing, ZoneOffset.UTC)));
        if (hasShares(site)) {
            return true;
        }
        heardSites.remove(site);
        return false;
    }

    private NavigableSet<String> sites() {
        NavigableSet<String> sites = new TreeSet<>(heardSites);
        for (Optional<String> site = windows.siteFrom(""); site.isPresent(); site = windows.siteAfter(site.get())) {
            sites.add(site.get());
        }
        return sites;
    }

    private Instant keepHours(SiteModel site, Instant before, Deadline deadline) {
        Optional<Instant> next = windows.firstHour(site.site(), Instant.EPOCH, before);
        while (next.isPresent()) {
            Instant start = next.get();
            List<KeptWindow> taken = windows.takeHour(site.site(), start);
            if (taken.isEmpty()) {
                return start;
            }
            hours.put(PastHour.of(site, start, taken));
            next = windows.firstHour(site.site(), start.plusMillis(1), before);
            if (deadline.isOver()) {
                break;
            }
        }
        return next.orElse(before);
    }

    private void purgeShares(String site, long beforeMillis) {
        long sinceMillis = sharesSinceMillis.getOrDefault(site, 0L);
        if (sinceMillis >= beforeMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                shares.range(Keys.share(site, sinceMillis, 0), Keys.share(site, beforeMillis - 1, Integer.MAX_VALUE))) {
            all.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(shares::delete);
        sharesSinceMillis.put(site, beforeMillis);
    }

    private boolean hasShares(String site) {
        long sinceMillis = sharesSinceMillis.getOrDefault(site, 0L);
        try (KeyValueIterator<Bytes, byte[]> left =
                shares.range(Keys.share(site, sinceMillis, 0), Keys.share(site, Long.MAX_VALUE, Integer.MAX_VALUE))) {
            return left.hasNext();
        }
    }

    /** A local year may begin before 1970. */
    private static long millis(Instant moment) {
        return Math.max(1, moment.toEpochMilli());
    }
}

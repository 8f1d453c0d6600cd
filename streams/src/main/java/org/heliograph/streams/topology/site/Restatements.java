package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.PendingRestatement;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The times that changed factors leave to be restated, and those of sites whose model hasn't come yet. Kept in a store,
 * with how far each has got, so that a crash forgets none; mirrored in memory.
 *
 * <p>What a factor leaves is worked off twice: first the minutes that are kept one by one, which somebody may be looking at,
 * then the days before them, and all months and years. Meanwhile time passes and minutes go; what they weren't restated
 * for, their past hours are.
 */
public final class Restatements {
    public static final String STORE = "restatements";

    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private final KeyValueStore<Bytes, byte[]> store;
    private final SiteShares shares;
    private final SiteModels sites;
    private final PastChoices choices;
    private final NavigableMap<Bytes, PendingRestatement> pending = new TreeMap<>();

    Restatements(KeyValueStore<Bytes, byte[]> store, SiteStores stores) {
        this.store = store;
        shares = stores.shares();
        sites = stores.sites();
        choices = stores.hours().choices();
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            all.forEachRemaining(entry ->
                    pending.put(entry.key, StateException.read(STORE, entry.value, PendingRestatement::parseFrom)));
        }
    }

    /** Adds a site's minute up anew. */
    interface Restating {
        void restate(String site, SiteModels.Version version, long minuteMillis);
    }

    /** Restates days of a site, as many as there is time for. */
    interface RestatingDays {
        Restated restate(SiteModel site, FactorStore.Change change, Deadline deadline);
    }

    /** How far a site's days have got. */
    sealed interface Restated {
        record All() implements Restated {}

        record Until(Instant next) implements Restated {}

        /** Nothing can be done now: the other sites don't wait for it. */
        record Held() implements Restated {}
    }

    void mark(FactorStore.Change change) {
        keep(
                Keys.restatement(change.id(), change.fromMillis(), change.toMillis()),
                PendingRestatement.newBuilder()
                        .setId(change.id())
                        .setFromMs(change.fromMillis())
                        .setToMs(change.toMillis())
                        .build());
    }

    /** Has minutes added up of which shares have come before the model of their site: once it is there. */
    void await(String site, long fromMillis, long toMillis) {
        Bytes key = Keys.awaited(site);
        PendingRestatement before = pending.get(key);
        keep(
                key,
                PendingRestatement.newBuilder()
                        .setNextSite(site)
                        .setFromMs(before == null ? fromMillis : Math.min(fromMillis, before.getFromMs()))
                        .setToMs(before == null ? toMillis : Math.max(toMillis, before.getToMs()))
                        .build());
    }

    /** Adds minutes up that waited for the model of their site, as many as there is time for. */
    void workAwaited(long keptSinceMillis, Deadline deadline, Restating restating) {
        work(true, keptSinceMillis, deadline, restating);
    }

    /**
     * Restates the minutes that changed factors leave, as many as there is time for.
     *
     * @param keptSinceMillis since when every part of every window is kept, and from the beginning of that day of a site
     *     on: a window of which a part is gone can't be added up anew
     * @return whether there were any changes that minutes hadn't been looked at for
     */
    boolean workMinutes(long keptSinceMillis, Deadline deadline, Restating restating) {
        return work(false, keptSinceMillis, deadline, restating);
    }

    private boolean work(boolean awaited, long keptSinceMillis, Deadline deadline, Restating restating) {
        boolean worked = false;
        for (Bytes key : List.copyOf(pending.keySet())) {
            PendingRestatement next = Objects.requireNonNull(pending.get(key));
            if (next.getDays() || isAwaiting(next) != awaited) {
                continue;
            }
            worked = true;
            if (isAwaiting(next) && isToWait(next, keptSinceMillis)) {
                continue;
            }
            Optional<PendingRestatement> rest = work(next, keptSinceMillis, deadline, restating);
            if (rest.isPresent()) {
                keep(key, rest.get());
                return worked;
            }
            if (awaited) {
                drop(key);
            } else { // days before those minutes, and what is longer than a day
                keep(
                        key,
                        next.toBuilder()
                                .setDays(true)
                                .clearNextSite()
                                .clearNextMinuteMs()
                                .build());
            }
        }
        return worked;
    }

    /** As long as the model hasn't come, and there may be anything to be added up when it does. */
    private boolean isToWait(PendingRestatement awaiting, long keptSinceMillis) {
        return awaiting.getToMs() > keptSinceMillis
                && sites.version(awaiting.getNextSite()).isEmpty();
    }

    /** Nothing is left of a site that nobody has a model of. */
    void forget(String site) {
        Bytes key = Keys.awaited(site);
        if (pending.containsKey(key)) {
            drop(key);
        }
    }

    /**
     * Restates the days that are pending, as many as there is time for. A site that can't be restated now is passed over,
     * and its turn comes again when the others are done.
     */
    void workDays(WindowStore windows, Deadline deadline, RestatingDays restating) {
        for (Bytes key : List.copyOf(pending.keySet())) {
            PendingRestatement next = Objects.requireNonNull(pending.get(key));
            if (!next.getDays()) {
                continue;
            }
            Optional<PendingRestatement> rest = workDays(next, windows, deadline, restating);
            rest.ifPresentOrElse(left -> keep(key, left), () -> drop(key));
            if (deadline.isOver()) {
                return;
            }
        }
    }

    /** What is left of it: of the sites that it goes through, the rest, and then those that it had to pass over. */
    private Optional<PendingRestatement> workDays(
            PendingRestatement change, WindowStore windows, Deadline deadline, RestatingDays restating) {
        NavigableSet<String> held = new TreeSet<>(change.getHeldList());
        Optional<String> site = firstSite(change, windows);
        while (site.isPresent()) {
            String name = site.get();
            boolean isBegun = name.equals(change.getNextSite());
            long fromMillis = Math.max(change.getFromMs(), isBegun ? change.getNextMinuteMs() : 0);
            FactorStore.Change left = new FactorStore.Change(change.getId(), fromMillis, change.getToMs());
            switch (sites.model(name)
                    .map(model -> restating.restate(model, left, deadline))
                    .orElseGet(() -> withoutModel(name))) {
                case Restated.All() -> held.remove(name);
                case Restated.Held() -> held.add(name);
                case Restated.Until(Instant next) -> {
                    return Optional.of(goingOn(change, name, next, held));
                }
            }
            site = siteAfter(name, change, windows);
            if (site.isPresent() && deadline.isOver()) {
                return Optional.of(goingOn(change, site.get(), Instant.EPOCH, held));
            }
        }
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(goingOn(change, "", Instant.EPOCH, held).toBuilder()
                        .setOnlyHeld(true)
                        .build());
    }

    /** The model may come back, as long as minutes may be added up by it. */
    private Restated withoutModel(String site) {
        return shares.sites().contains(site) ? new Restated.Held() : new Restated.All();
    }

    private static Optional<String> firstSite(PendingRestatement change, WindowStore windows) {
        return change.getOnlyHeld()
                ? firstHeld(change, held -> held.compareTo(change.getNextSite()) >= 0)
                : windows.siteFrom(change.getNextSite());
    }

    private static Optional<String> siteAfter(String site, PendingRestatement change, WindowStore windows) {
        return change.getOnlyHeld() ? firstHeld(change, held -> held.compareTo(site) > 0) : windows.siteAfter(site);
    }

    private static Optional<String> firstHeld(PendingRestatement change, Predicate<String> which) {
        return change.getHeldList().stream().filter(which).findFirst();
    }

    private static PendingRestatement goingOn(
            PendingRestatement change, String site, Instant from, NavigableSet<String> held) {
        return change.toBuilder()
                .setNextSite(site)
                .setNextMinuteMs(from.toEpochMilli())
                .clearHeld()
                .addAllHeld(held)
                .build();
    }

    /**
     * Whether a window of a site is of two versions of a factor, or may be: of one that is longer than a day, until the
     * days that the change is of are restated; of a shorter one, while its minutes are.
     */
    boolean isHalfDone(WindowKey window, SiteModel site) {
        return pending.values().stream()
                .filter(change -> !isAwaiting(change)
                        && change.getFromMs() < window.end(site.zone()).toEpochMilli()
                        && change.getToMs() > window.start().toEpochMilli())
                .anyMatch(change -> isHalfDone(change, window, site) && mayBeOf(change.getId(), window, site));
    }

    /** A window longer than a day has days that the site chose a factor for which its model tells no more. */
    private boolean mayBeOf(String factor, WindowKey window, SiteModel site) {
        return site.factors().names(factor)
                || (window.window().isOfLocalParts()
                        && choices.mayName(site.site(), window.start(), window.end(site.zone()), factor));
    }

    private static boolean isHalfDone(PendingRestatement change, WindowKey window, SiteModel site) {
        int toSite = window.site().compareTo(change.getNextSite());
        if (window.window().isOfLocalParts()) {
            return !change.getDays()
                    || change.getHeldList().contains(window.site())
                    || (!change.getOnlyHeld() && toSite >= 0);
        }
        long next = change.getNextMinuteMs(); // right after the start of the last minute that is restated
        return !change.getDays()
                && toSite == 0
                && next > window.start().toEpochMilli()
                && next + MINUTE_MILLIS <= window.end(site.zone()).toEpochMilli();
    }

    private static boolean isAwaiting(PendingRestatement change) {
        return change.getId().isEmpty();
    }

    /** What is left of it. */
    private Optional<PendingRestatement> work(
            PendingRestatement change, long keptSinceMillis, Deadline deadline, Restating restating) {
        String begunSite = change.getNextSite();
        for (Optional<String> site = shares.siteFrom(begunSite);
                site.isPresent();
                site = shares.siteAfter(site.get())) {
            if (isAwaiting(change) && !site.get().equals(begunSite)) {
                break;
            }
            Optional<SiteModels.Version> version = sites.version(site.get());
            if (version.isEmpty()) {
                await(site.get(), change.getFromMs(), change.getToMs());
                continue;
            }
            if (!isAwaiting(change) && !version.get().model().factors().names(change.getId())) {
                continue;
            }
            long since = Window.DAY
                    .startOf(
                            Instant.ofEpochMilli(keptSinceMillis),
                            version.get().model().zone())
                    .toEpochMilli();
            long from = Math.max(Math.max(0, since), change.getFromMs());
            from = Math.max(from, site.get().equals(begunSite) ? change.getNextMinuteMs() : 0);
            OptionalLong rest = restate(site.get(), version.get(), from, change.getToMs(), deadline, restating);
            if (rest.isPresent()) {
                return Optional.of(change.toBuilder()
                        .setNextSite(site.get())
                        .setNextMinuteMs(rest.getAsLong())
                        .build());
            }
        }
        return Optional.empty();
    }

    /**
     * Hour by hour: to list the minutes of days would take all the time that there is, at each call.
     *
     * @return where to go on when time was over
     */
    private OptionalLong restate(
            String site,
            SiteModels.Version version,
            long fromMillis,
            long toMillis,
            Deadline deadline,
            Restating restating) {
        OptionalLong hour = shares.firstMinute(site, fromMillis, toMillis);
        while (hour.isPresent()) {
            long end = Math.min(hour.getAsLong() + HOUR_MILLIS, toMillis);
            for (long minute : shares.minutes(site, hour.getAsLong(), end)) {
                restating.restate(site, version, minute);
                if (deadline.isOver()) {
                    return OptionalLong.of(minute + 1);
                }
            }
            hour = shares.firstMinute(site, end, toMillis);
        }
        return OptionalLong.empty();
    }

    private void drop(Bytes key) {
        pending.remove(key);
        store.delete(key);
    }

    private void keep(Bytes key, PendingRestatement change) {
        if (!change.equals(pending.put(key, change))) {
            store.put(key, change.toByteArray());
        }
    }
}

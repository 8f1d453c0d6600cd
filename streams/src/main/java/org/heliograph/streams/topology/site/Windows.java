package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.telemetry.site.SiteModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the windows of the sites add up to. A changed minute changes the windows that contain it, each added up anew from its
 * parts, once for all of the minutes that have changed: {@link #addUp}. Until then the minutes aren't published, so that a
 * start finds them among those.
 */
final class Windows {
    private static final Logger log = LoggerFactory.getLogger(Windows.class);

    /** No day began earlier that another, of any zone, may overlap or follow. */
    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private final WindowStore store;
    private final PastHours hours;
    /** Minutes that have changed since what contains them was added up. */
    private final Map<WindowKey, WindowChange> changedMinutes = new LinkedHashMap<>();

    private final WaitingMonths waitingMonths = new WaitingMonths();
    /** Sites of which it was said that a window is left as it is. */
    private final Set<String> saidToBeLeft = new HashSet<>();

    Windows(WindowStore store, PastHours hours) {
        this.store = store;
        this.hours = hours;
        for (KeptWindow minute : store.openMinutes()) {
            if (minute.isUnpublished()) {
                changedMinutes.put(minute.key(), minute.change());
            }
        }
    }

    /** Takes in a minute, unless it is one of a time of which minutes have been deleted: nobody knows all that it had. */
    void update(WindowKey minute, WindowContent content, WindowChange change) {
        if (isLeft(minute, Window.MINUTE)) {
            return;
        }
        if (change(minute, content, change)) {
            changedMinutes.put(minute, change);
        }
    }

    /** Adds up anew what contains the minutes that have changed. */
    void addUp(SiteModels sites) {
        Map<Window, Map<WindowKey, WindowChange>> outdated = new EnumMap<>(Window.class);
        changedMinutes.entrySet().removeIf(minute -> {
            Optional<SiteModel> site = sites.model(minute.getKey().site());
            site.ifPresent(model -> outdate(minute.getKey(), minute.getValue(), model.zone(), outdated));
            return site.isPresent();
        });
        for (Window window : Window.values()) { // each after its parts
            Map<WindowKey, WindowChange> due = outdated.getOrDefault(window, Map.of());
            (window == Window.DAY ? withFollowing(due, sites) : due)
                    .forEach((key, change) -> sites.model(key.site()).ifPresent(site -> {
                        if (isLeft(key, window.part().orElseThrow())) {
                            return;
                        }
                        if (window.isLocal() && store.get(key).isEmpty()) {
                            makeRoomFor(key, site.zone());
                        }
                        Optional<KeptWindow> before = store.get(key);
                        WindowContent content = addedUp(key, site.zone());
                        if (!change(key, content, change)) {
                            return;
                        }
                        if (waitsForFactor(before, content, change)) {
                            waitingMonths.add(key.within(Window.MONTH, site.zone()));
                        } else {
                            outdate(key, change, site.zone(), outdated);
                        }
                    }));
        }
    }

    /**
     * Whether what is longer than a day waits, because a factor changed that may have changed for its other days too: those
     * are restated later, and then it is, once ({@link PastDays}).
     */
    private static boolean waitsForFactor(Optional<KeptWindow> before, WindowContent content, WindowChange change) {
        return change.cause() == Cause.FACTOR
                && before.filter(day -> day.key().window() == Window.DAY && content.isPricedAnew(day.content()))
                        .isPresent();
    }

    /** The months that wait so. */
    WaitingMonths waitingMonths() {
        return waitingMonths;
    }

    /**
     * Whether a window is left as it is, because some of what it would be added up from is deleted: it would lose what those
     * had. That happens where a clock was far ahead for a moment, or readings come that are much too old.
     */
    private boolean isLeft(WindowKey key, Window part) {
        boolean isLeft = store.mayLackParts(key, part);
        if (isLeft && saidToBeLeft.add(key.site())) {
            log.warn(
                    "window=left site={} window={} start={} why=\"some of its {} parts are deleted already\"",
                    key.site(),
                    key.window().label(),
                    key.start(),
                    part.label());
        }
        return isLeft;
    }

    /** Gives a window another content, whatever it is added up from. */
    void restate(WindowKey key, WindowContent content, WindowChange change) {
        change(key, content, change);
    }

    /** Gives a day another CO2; its month waits for its other days. */
    void restateDay(KeptWindow day, WindowContent parts, WindowKey month, WindowChange change) {
        if (change(day.key(), day.content().withCarbonOf(parts), change)) {
            waitingMonths.add(month);
        }
    }

    /**
     * Adds up anew a window of whose parts only the CO2 has changed. One whose parts aren't all kept doesn't come to the
     * same energy, and is left alone.
     */
    void addUpCarbon(WindowKey whole, ZoneId zone, WindowChange change) {
        waitingMonths.remove(whole);
        WindowContent parts = addedUp(whole, zone);
        store.get(whole)
                .filter(before -> parts.sums().areOfTheEnergyOf(before.sums()))
                .ifPresent(before -> change(whole, before.content().withCarbonOf(parts), change));
    }

    private static void outdate(
            WindowKey part, WindowChange change, ZoneId zone, Map<Window, Map<WindowKey, WindowChange>> outdated) {
        for (Window whole : part.window().wholes()) {
            outdated.computeIfAbsent(whole, _ -> new LinkedHashMap<>())
                    .merge(part.within(whole, zone), change, WindowChange::or);
        }
    }

    /** Whether it is another content. */
    private boolean change(WindowKey key, WindowContent content, WindowChange change) {
        Optional<KeptWindow> before = store.get(key);
        if (before.isPresent() && before.get().content().equals(content)) {
            return false;
        }
        KeptWindow was = before.orElseGet(() -> KeptWindow.begun(key));
        long latestMillis = Math.max(change.millis(), was.stored().getChangedMs());
        KeptWindow changed = was.changedTo(content, latestMillis);
        boolean restates = before.isPresent() && !before.get().isUnpublished();
        store.touch(restates ? changed.restated(change.cause()) : changed.alsoBy(change.cause()));
        return true;
    }

    /**
     * With days of a new zone that begin, those that follow: a day of the old zone that makes room for one is of the next, too.
     */
    private Map<WindowKey, WindowChange> withFollowing(Map<WindowKey, WindowChange> days, SiteModels sites) {
        Map<WindowKey, WindowChange> all = new LinkedHashMap<>(days);
        days.forEach((day, change) -> sites.model(day.site()).ifPresent(site -> {
            WindowKey last = day;
            while (takesRoom(last, site.zone())) {
                last = new WindowKey(last.site(), Window.DAY, last.end(site.zone()));
                if (store.between(last.site(), Window.QUARTER, last.start(), last.end(site.zone()))
                        .isEmpty()) {
                    break;
                }
                all.putIfAbsent(last, change);
            }
        }));
        return all;
    }

    /** Whether it is a day that begins, and in which one of another zone did. */
    private boolean takesRoom(WindowKey day, ZoneId zone) {
        return store.get(day).isEmpty()
                && !store.mayLackParts(day, Window.QUARTER)
                && store.between(day.site(), Window.DAY, day.start(), day.end(zone)).stream()
                        .anyMatch(other -> !other.key().isOfZone(zone));
    }

    /**
     * Makes room for a window that begins: after a change of the site's zone, those of the old zone that it stands for go,
     * and a day of the old zone ends where it begins. What is longer is added up from both, and so has every minute once.
     */
    private void makeRoomFor(WindowKey next, ZoneId zone) {
        boolean isDay = next.window() == Window.DAY;
        Instant from = next.start().minus(isDay ? TWO_DAYS : Window.FARTHEST_ZONE);
        Optional<KeptWindow> before = Optional.empty();
        for (KeptWindow other : store.between(next.site(), next.window(), from, next.end(zone))) {
            if (isDay && other.key().start().isBefore(next.start())) {
                before = Optional.of(other);
            } else if (!other.key().isOfZone(zone)) {
                store.forget(other.key());
            }
        }
        before.filter(day -> !day.key().isOfZone(zone)).ifPresent(day -> cut(day, next.start()));
    }

    /** Its first hours may be past: for days after the change of zone, a changed factor has days of the new zone begin. */
    private void cut(KeptWindow day, Instant end) {
        WindowKey key = day.key();
        WindowContent kept = sum(store.between(key.site(), Window.QUARTER, key.start(), end));
        rest(day.with(hours.sum(key.site(), key.start(), end).plus(kept)));
    }

    /**
     * Takes leave of a window of a zone that the site has left: it isn't said again, but what is longer needs its days, and
     * the months that have ended. The month that runs is added up anew from days.
     *
     * @param zone the site's own
     */
    void retire(KeptWindow old, ZoneId zone, Instant now) {
        WindowKey key = old.key();
        Instant within = key.start().plus(Window.FARTHEST_ZONE);
        boolean hasEnded = !key.window().endOf(within, zone).isAfter(now);
        if (key.window() == Window.DAY || (key.window() == Window.MONTH && hasEnded)) {
            rest(old);
        } else {
            store.forget(key);
        }
    }

    private void rest(KeptWindow old) {
        store.rest(old.with(old.lifecycle().closed()).published());
    }

    private WindowContent addedUp(WindowKey whole, ZoneId zone) {
        Duration shift = whole.window().isOfLocalParts() ? Window.FARTHEST_ZONE : Duration.ZERO;
        Window part = whole.window().part().orElseThrow();
        return sum(store.between(
                whole.site(), part, whole.start().minus(shift), whole.end(zone).minus(shift)));
    }

    private static WindowContent sum(List<KeptWindow> parts) {
        return parts.stream().map(KeptWindow::content).reduce(WindowContent.NONE, WindowContent::plus);
    }
}

package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.KeptSince;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;

/** Where the windows of the sites are kept, until nothing needs them any more. */
public final class WindowStore {
    public static final String STORE = "windows";
    public static final String OPEN_STORE = "open-windows";

    /** Those that are counted in UTC. */
    static final List<Window> SHORT = List.of(Window.MINUTE, Window.QUARTER, Window.HOUR);
    /** Those that are the site's own. */
    private static final List<Window> LONG = List.of(Window.DAY, Window.MONTH, Window.YEAR);

    /** With the hours that its day of any zone begins earlier. */
    private static final Duration LONGEST_DAY = Duration.ofDays(2);

    private final KeyValueStore<Bytes, byte[]> store;
    private final OpenWindows open;
    private final GoneWindows gone;

    private final Map<Window, KeptSince> oldSince = new EnumMap<>(Window.class);

    WindowStore(KeyValueStore<Bytes, byte[]> store, KeyValueStore<Bytes, byte[]> openStore) {
        this.store = store;
        open = new OpenWindows(openStore);
        gone = new GoneWindows(store);
        List.of(Window.values()).forEach(window -> oldSince.put(window, new KeptSince()));
    }

    Optional<KeptWindow> get(WindowKey key) {
        byte @Nullable [] stored = store.get(Keys.window(key));
        return stored == null ? Optional.empty() : Optional.of(KeptWindow.read(key, stored));
    }

    void put(KeptWindow kept) {
        Bytes key = Keys.window(kept.key());
        store.put(key, kept.stored().toByteArray());
        oldSince(kept.key().window())
                .reach(kept.key().site(), kept.key().start().toEpochMilli());
        if (kept.isUnpublished() || kept.isProvisional()) {
            open.add(key);
        } else {
            open.remove(key);
        }
    }

    /** Keeps one that is to be looked at next. */
    void touch(KeptWindow changed) {
        put(changed);
        open.touch(Keys.window(changed.key()));
    }

    /** Keeps one that isn't to be looked at again. */
    void rest(KeptWindow done) {
        put(done);
        open.rest(Keys.window(done.key()));
    }

    /** The windows that are open, or changed and not yet published. */
    Collection<KeptWindow> open() {
        return all(open.look());
    }

    int openCount() {
        return open.count();
    }

    /** The minutes among them. */
    Collection<KeptWindow> openMinutes() {
        return all(open.minutes());
    }

    /** Those of them that have changed since they were last asked for. */
    Collection<KeptWindow> touched() {
        return all(open.lookAtTouched());
    }

    private Collection<KeptWindow> all(Collection<Bytes> keys) {
        List<KeptWindow> windows = new ArrayList<>(keys.size());
        for (Bytes key : keys) {
            get(windowKey(key)).ifPresent(windows::add);
        }
        return windows;
    }

    /** The first site, by name, from that one on, that any window is kept of. */
    Optional<String> siteFrom(String name) {
        return site(Keys.siteMinute(name, 0));
    }

    /** The next such site. */
    Optional<String> siteAfter(String name) {
        return site(Keys.afterSite(name));
    }

    private Optional<String> site(Bytes from) {
        try (KeyValueIterator<Bytes, byte[]> kept = store.range(from, null)) {
            return kept.hasNext() ? Optional.of(Keys.name(kept.next().key)) : Optional.empty();
        }
    }

    private static WindowKey windowKey(Bytes key) {
        return new WindowKey(Keys.name(key), Keys.window(key), Instant.ofEpochMilli(Keys.windowStartMillis(key)));
    }

    /** The kept windows that begin in that time, in their order; a local year may begin before 1970. */
    List<KeptWindow> between(String site, Window window, Instant from, Instant to) {
        List<KeptWindow> kept = new ArrayList<>();
        if (to.toEpochMilli() <= Math.max(0, from.toEpochMilli())) {
            return kept;
        }
        try (KeyValueIterator<Bytes, byte[]> windows = store.range(
                Keys.window(site, window, Math.max(0, from.toEpochMilli())),
                Keys.window(site, window, to.toEpochMilli() - 1))) {
            windows.forEachRemaining(entry -> kept.add(KeptWindow.read(windowKey(entry.key), entry.value)));
        }
        return kept;
    }

    /** The start of the first of a site's hours that are kept, if it begins before that: none is older than one that is gone. */
    Optional<Instant> firstHour(String site, Instant before) {
        long fromMillis = Math.max(0, gone.untilMillis(site, Window.HOUR));
        if (fromMillis >= before.toEpochMilli()) {
            return Optional.empty();
        }
        try (KeyValueIterator<Bytes, byte[]> hours = store.range(
                Keys.window(site, Window.HOUR, fromMillis),
                Keys.window(site, Window.HOUR, before.toEpochMilli() - 1))) {
            return hours.hasNext()
                    ? Optional.of(Instant.ofEpochMilli(Keys.windowStartMillis(hours.next().key)))
                    : Optional.empty();
        }
    }

    /** Whether a part of that length, of a window that begins then, may have been deleted. */
    boolean mayLackParts(WindowKey key, Window part) {
        return key.start().toEpochMilli() < gone.untilMillis(key.site(), part);
    }

    /** Takes the windows of an hour out, its minutes first; none as long as one of them is open. */
    List<KeptWindow> takeHour(String site, Instant start) {
        Instant end = Window.HOUR.endOf(start, ZoneOffset.UTC);
        List<KeptWindow> taken = new ArrayList<>();
        for (Window window : SHORT) {
            taken.addAll(between(site, window, start, end));
        }
        List<Bytes> keys = taken.stream().map(kept -> Keys.window(kept.key())).toList();
        if (keys.stream().anyMatch(open::contains)) {
            return List.of();
        }
        if (!keys.isEmpty()) {
            keys.forEach(this::delete);
            gone.note(site, SHORT, end);
        }
        return taken;
    }

    /**
     * Deletes the closed days, months and years that nothing needs any more.
     *
     * @param priced what happened from then on can still change in its CO2
     */
    void purge(SiteModel site, Instant priced) {
        for (Window window : LONG) {
            delete(site.site(), window, window.neededFrom(priced, site.zone()), key -> !open.contains(key));
        }
    }

    /**
     * Deletes all windows that nothing needs any more, of a site that nobody has a model of: its open ones never close. What
     * has changed and couldn't be published any more is, if the model comes back: until then its parts and wholes are kept,
     * so that all are said or none.
     *
     * @param changing what happens from then on can still change
     */
    void purgeAbandoned(String site, Instant changing, Instant priced) {
        Instant first = firstUnpublished(site, priced)
                .map(unpublished -> unpublished.minus(LONGEST_DAY))
                .filter(changing::isAfter)
                .orElse(changing);
        SHORT.forEach(window -> delete(site, window, window.neededFrom(first, ZoneOffset.UTC), _ -> true));
        LONG.forEach(window -> delete(site, window, window.neededFrom(priced, ZoneOffset.UTC), _ -> true));
    }

    /** The start of the first of the windows that are counted in UTC. */
    private Optional<Instant> firstUnpublished(String site, Instant from) {
        return all(open.of(site)).stream()
                .filter(kept ->
                        kept.isUnpublished() && SHORT.contains(kept.key().window()))
                .map(kept -> kept.key().start())
                .filter(start -> !start.isBefore(from))
                .min(Comparator.naturalOrder());
    }

    private void delete(String site, Window window, Instant needed, Predicate<Bytes> which) {
        Instant end = window.isLocal() ? needed.minus(Window.FARTHEST_ZONE) : needed;
        long endMillis = Math.max(1, end.toEpochMilli()); // a local year may begin before 1970
        long sinceMillis = oldSince(window).millis(site);
        if (sinceMillis >= endMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        long leftMillis = endMillis;
        try (KeyValueIterator<Bytes, byte[]> windows =
                store.range(Keys.window(site, window, sinceMillis), Keys.window(site, window, endMillis - 1))) {
            while (windows.hasNext()) {
                Bytes key = windows.next().key;
                if (which.test(key)) {
                    old.add(key);
                } else {
                    leftMillis = Math.min(leftMillis, Keys.windowStartMillis(key));
                }
            }
        }
        oldSince(window).begin(site, leftMillis);
        if (!old.isEmpty()) {
            old.forEach(this::delete);
            gone.note(site, List.of(window), end);
        }
    }

    private KeptSince oldSince(Window window) {
        return Objects.requireNonNull(oldSince.get(window));
    }

    /** Drops a window that is no window of the site any more. */
    void forget(WindowKey forgotten) {
        delete(Keys.window(forgotten));
    }

    private void delete(Bytes key) {
        store.delete(key);
        open.rest(key);
        open.remove(key);
    }
}

package org.heliograph.streams.topology.site;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Provenance;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.StoredWindow;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The windows of the sites: sums, and where each is in its life. A changed minute changes the windows that contain it,
 * each added up anew from its parts, once for all of the minutes that have changed: {@link #addUp}. Until then the minutes
 * aren't published, so that a start finds them among those. Windows that are open, or changed and not yet published, are
 * listed in a store of their own, mirrored in memory.
 */
public final class Windows {
    public static final String STORE = "windows";
    public static final String OPEN_STORE = "open-windows";

    private static final byte[] PRESENT = {1};

    /** Those that are counted in UTC. */
    static final List<Window> SHORT = List.of(Window.MINUTE, Window.QUARTER, Window.HOUR);
    /** Those that are the site's own. */
    private static final List<Window> LONG = List.of(Window.DAY, Window.MONTH, Window.YEAR);

    private static final Logger log = LoggerFactory.getLogger(Windows.class);

    /** No day began earlier that another, of any zone, may overlap or follow. */
    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private final KeyValueStore<Bytes, byte[]> store;
    private final KeyValueStore<Bytes, byte[]> openStore;
    private final Set<Bytes> open = new TreeSet<>();
    /** Those of them that have changed since they were last looked at. */
    private final Set<Bytes> touched = new TreeSet<>();
    /** Minutes that have changed since what contains them was added up. */
    private final Map<WindowKey, Change> changedMinutes = new LinkedHashMap<>();
    /** By site, up to when windows of each length have been deleted. */
    private final Map<String, Gone> gone = new HashMap<>();
    /** Sites of which it was said that a window is left as it is. */
    private final Set<String> saidToBeLeft = new HashSet<>();

    Windows(KeyValueStore<Bytes, byte[]> store, KeyValueStore<Bytes, byte[]> openStore) {
        this.store = store;
        this.openStore = openStore;
        try (KeyValueIterator<Bytes, byte[]> all = openStore.all()) {
            all.forEachRemaining(entry -> open.add(entry.key));
        }
        for (Bytes key : open) {
            if (Keys.window(key) == Window.MINUTE) {
                get(windowKey(key))
                        .filter(kept -> kept.stored().getUnpublished())
                        .ifPresent(kept -> changedMinutes.put(kept.key(), kept.change()));
            }
        }
    }

    /** A window as it is kept. */
    record Kept(WindowKey key, StoredWindow stored) {
        static Kept of(WindowKey key, Content content, Lifecycle lifecycle, Change change) {
            StoredWindow.Builder stored = Windows.with(StoredWindow.newBuilder(), content)
                    .setState(state(lifecycle).getNumber())
                    .setRevision(lifecycle.revision())
                    .setCause(change.cause().label())
                    .setChangedMs(change.millis());
            return new Kept(key, stored.build());
        }

        Sums sums() {
            return Sums.of(
                    stored.getSumsList().stream().mapToLong(Long::longValue).toArray());
        }

        FactorsUsed used() {
            return new FactorsUsed(
                    Provenance.parse(stored.getFactorAverage()),
                    Provenance.parse(stored.getFactorMarginal()),
                    Provenance.parse(stored.getFactorFuel()));
        }

        Branches branches() {
            return StoredBranches.decode(stored.getBranchesList());
        }

        Content content() {
            return new Content(sums(), used(), branches());
        }

        /** What has changed it last; for one that wasn't published before then, that is as ever late data. */
        Change change() {
            Cause cause = stored.getCause().equals(Cause.FACTOR.label()) ? Cause.FACTOR : Cause.LATE_DATA;
            return new Change(cause, stored.getChangedMs());
        }

        Lifecycle lifecycle() {
            return switch (stored.getState()) {
                case WindowState.FINAL_VALUE -> new Lifecycle.Final();
                case WindowState.REVISED_VALUE -> new Lifecycle.Revised(stored.getRevision());
                default -> new Lifecycle.Provisional();
            };
        }

        Kept with(Lifecycle next) {
            return new Kept(
                    key,
                    stored.toBuilder()
                            .setState(state(next).getNumber())
                            .setRevision(next.revision())
                            .setUnpublished(true)
                            .build());
        }

        /** After it was published; a window that is still open only grows. */
        Kept restated(Cause cause) {
            Kept next = with(lifecycle().changed());
            return next.lifecycle() instanceof Lifecycle.Revised
                    ? new Kept(
                            key,
                            next.stored().toBuilder().setCause(cause.label()).build())
                    : next;
        }

        boolean isProvisional() {
            return lifecycle() instanceof Lifecycle.Provisional;
        }

        WindowState state() {
            return state(lifecycle());
        }

        private static WindowState state(Lifecycle lifecycle) {
            return switch (lifecycle) {
                case Lifecycle.Provisional _ -> WindowState.PROVISIONAL;
                case Lifecycle.Final _ -> WindowState.FINAL;
                case Lifecycle.Revised _ -> WindowState.REVISED;
            };
        }
    }

    /** What a window is, but for its life. */
    record Content(Sums sums, FactorsUsed used, Branches branches) {
        static final Content NONE = new Content(Sums.ZERO, FactorsUsed.NONE, Branches.NONE);

        Content plus(Content other) {
            return new Content(sums.plus(other.sums), used.plus(other.used), branches.plus(other.branches));
        }

        /** A minute's, with the CO2 that it has by these factors. */
        Content pricedBy(FactorBook.Choice factors) {
            Sums priced = sums.withCarbonOf(sums.pricedBy(factors));
            return new Content(priced, FactorsUsed.of(priced, factors), branches);
        }
    }

    /** Why a window changes, and when. */
    record Change(Cause cause, long millis) {
        private Change or(Change other) {
            return other.millis >= millis ? other : this;
        }
    }

    /** Takes in a minute, unless it is one of a time of which minutes have been deleted: nobody knows all that it had. */
    void update(WindowKey minute, Content content, Change change) {
        if (isLeft(minute, Window.MINUTE)) {
            return;
        }
        if (change(minute, content, change)) {
            changedMinutes.put(minute, change);
        }
    }

    /** Adds up anew what contains the minutes that have changed. */
    void addUp(SiteModels sites) {
        Map<Window, Map<WindowKey, Change>> outdated = new EnumMap<>(Window.class);
        changedMinutes.entrySet().removeIf(minute -> {
            Optional<SiteModel> site = sites.model(minute.getKey().site());
            site.ifPresent(model -> outdate(minute.getKey(), minute.getValue(), model.zone(), outdated));
            return site.isPresent();
        });
        for (Window window : Window.values()) { // each after its parts
            outdated.getOrDefault(window, Map.of())
                    .forEach((key, change) -> sites.model(key.site()).ifPresent(site -> {
                        if (isLeft(key, window.part().orElseThrow())) {
                            return;
                        }
                        if (window.isLocal() && get(key).isEmpty()) {
                            succeed(key, site.zone());
                        }
                        if (change(key, addedUp(key, site.zone()), change)) {
                            outdate(key, change, site.zone(), outdated);
                        }
                    }));
        }
    }

    /**
     * Whether a window is left as it is, because some of what it would be added up from is deleted: it would lose what those
     * had. That happens where a clock was far ahead for a moment, or readings come that are much too old.
     */
    private boolean isLeft(WindowKey key, Window part) {
        boolean isLeft = key.start().toEpochMilli() < gone(key.site()).untilMillis(part);
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

    private Gone gone(String site) {
        return gone.computeIfAbsent(site, name -> Gone.decode(store.get(Keys.goneWindows(name))));
    }

    /** Up to when windows have been deleted, by their length. */
    private record Gone(Map<Window, Long> untilMillis) {
        static Gone decode(byte @Nullable [] stored) {
            Map<Window, Long> until = new EnumMap<>(Window.class);
            if (stored != null) {
                ByteBuffer buffer = ByteBuffer.wrap(stored);
                while (buffer.hasRemaining()) {
                    until.put(Window.coded(buffer.get()), buffer.getLong());
                }
            }
            return new Gone(until);
        }

        byte[] encode() {
            ByteBuffer buffer = ByteBuffer.allocate(untilMillis.size() * (1 + Long.BYTES));
            untilMillis.forEach(
                    (window, until) -> buffer.put((byte) window.code()).putLong(until));
            return buffer.array();
        }

        long untilMillis(Window window) {
            return untilMillis.getOrDefault(window, Long.MIN_VALUE);
        }

        void add(Window window, long until) {
            untilMillis.merge(window, until, Math::max);
        }
    }

    /** Gives a window another content, whatever it is added up from. */
    void restate(WindowKey key, Content content, Change change) {
        change(key, content, change);
    }

    /**
     * Adds up anew a window of whose parts only the CO2 has changed. One whose parts aren't all kept doesn't come to the
     * same energy, and is left alone.
     */
    void addUpCarbon(WindowKey whole, ZoneId zone, Change change) {
        Content content = addedUp(whole, zone);
        get(whole)
                .filter(before -> content.sums().areOfTheEnergyOf(before.sums()))
                .ifPresent(before -> change(
                        whole,
                        new Content(before.sums().withCarbonOf(content.sums()), content.used(), before.branches()),
                        change));
    }

    private static void outdate(
            WindowKey part, Change change, ZoneId zone, Map<Window, Map<WindowKey, Change>> outdated) {
        for (Window whole : part.window().wholes()) {
            outdated.computeIfAbsent(whole, _ -> new LinkedHashMap<>())
                    .merge(part.within(whole, zone), change, Change::or);
        }
    }

    /** Whether it is another content. */
    private boolean change(WindowKey key, Content content, Change change) {
        Optional<Kept> before = get(key);
        if (before.isPresent() && before.get().content().equals(content)) {
            return false;
        }
        StoredWindow.Builder stored =
                before.map(kept -> kept.stored().toBuilder()).orElseGet(StoredWindow::newBuilder);
        with(stored, content).setChangedMs(change.millis()).setUnpublished(true);
        Kept changed = new Kept(key, stored.build());
        boolean restates = before.isPresent() && !before.get().stored().getUnpublished();
        put(restates ? changed.restated(change.cause()) : changed);
        touched.add(Keys.window(key));
        return true;
    }

    private static StoredWindow.Builder with(StoredWindow.Builder stored, Content content) {
        stored.clearSums().clearBranches().addAllBranches(StoredBranches.encode(content.branches()));
        for (long sum : content.sums().toArray()) {
            stored.addSums(sum);
        }
        return stored.setFactorAverage(content.used().average().toString())
                .setFactorMarginal(content.used().marginal().toString())
                .setFactorFuel(content.used().fuel().toString());
    }

    Optional<Kept> get(WindowKey key) {
        byte @Nullable [] stored = store.get(Keys.window(key));
        return stored == null ? Optional.empty() : Optional.of(kept(key, stored));
    }

    void put(Kept kept) {
        Bytes key = Keys.window(kept.key());
        store.put(key, kept.stored().toByteArray());
        boolean needsAttention = kept.stored().getUnpublished() || kept.lifecycle() instanceof Lifecycle.Provisional;
        if (needsAttention && open.add(key)) {
            openStore.put(key, PRESENT);
        } else if (!needsAttention && open.remove(key)) {
            openStore.delete(key);
        }
    }

    /** The windows that are open, or changed and not yet published. */
    Collection<Kept> open() {
        touched.clear();
        return all(open);
    }

    /** The minutes among them. */
    Collection<Kept> openMinutes() {
        return all(
                open.stream().filter(key -> Keys.window(key) == Window.MINUTE).collect(Collectors.toSet()));
    }

    /** Those of them that have changed since they were last asked for. */
    Collection<Kept> touched() {
        Collection<Kept> windows = all(touched);
        touched.clear();
        return windows;
    }

    private Collection<Kept> all(Set<Bytes> keys) {
        List<Kept> windows = new ArrayList<>(keys.size());
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

    /** Drops a window that is no window of the site any more. */
    private void forget(WindowKey forgotten) {
        delete(Keys.window(forgotten));
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
     * Deletes all windows that nothing needs any more, of a site that nobody has a model of: its open ones never close.
     *
     * @param changing what happens from then on can still change
     */
    void purgeAbandoned(String site, Instant changing, Instant priced) {
        for (Window window : Window.values()) {
            delete(site, window, window.neededFrom(window.isLocal() ? priced : changing, ZoneOffset.UTC), _ -> true);
        }
    }

    private void delete(String site, Window window, Instant needed, Predicate<Bytes> which) {
        Instant end = window.isLocal() ? needed.minus(Window.FARTHEST_ZONE) : needed;
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> windows = store.range(
                Keys.window(site, window, 0),
                Keys.window(site, window, Math.max(1, end.toEpochMilli()) - 1))) { // a local year may begin before 1970
            windows.forEachRemaining(entry -> old.add(entry.key));
        }
        old.removeIf(which.negate());
        if (!old.isEmpty()) {
            old.forEach(this::delete);
            go(site, List.of(window), end);
        }
    }

    private void delete(Bytes key) {
        store.delete(key);
        touched.remove(key);
        if (open.remove(key)) {
            openStore.delete(key);
        }
    }

    private void go(String site, List<Window> windows, Instant until) {
        Gone now = gone(site);
        windows.forEach(window -> now.add(window, until.toEpochMilli()));
        store.put(Keys.goneWindows(site), now.encode());
    }

    /**
     * Makes room for a window that begins: after a change of the site's zone, those of the old zone that it stands for go,
     * and a day of the old zone ends where it begins. What is longer is added up from both, and so has every minute once.
     */
    private void succeed(WindowKey next, ZoneId zone) {
        boolean isDay = next.window() == Window.DAY;
        Instant from = next.start().minus(isDay ? TWO_DAYS : Window.FARTHEST_ZONE);
        Optional<Kept> before = Optional.empty();
        for (Kept other : between(next.site(), next.window(), from, next.end(zone))) {
            if (isDay && other.key().start().isBefore(next.start())) {
                before = Optional.of(other);
            } else if (!other.key().isOfZone(zone)) {
                forget(other.key());
            }
        }
        before.filter(day -> !day.key().isOfZone(zone)).ifPresent(day -> cut(day, next.start()));
    }

    private void cut(Kept day, Instant end) {
        Content content =
                sum(between(day.key().site(), Window.QUARTER, day.key().start(), end));
        retire(new Kept(day.key(), with(day.stored().toBuilder(), content).build()));
    }

    /** Takes leave of a window of a zone that the site has left: it isn't said again, but what is longer needs its days. */
    void retire(Kept old) {
        if (old.key().window() != Window.DAY) {
            forget(old.key());
            return;
        }
        Kept closed = old.with(old.lifecycle().closed());
        put(new Kept(
                old.key(), closed.stored().toBuilder().setUnpublished(false).build()));
        touched.remove(Keys.window(old.key()));
    }

    private Content addedUp(WindowKey whole, ZoneId zone) {
        Duration shift = whole.window().isOfLocalParts() ? Window.FARTHEST_ZONE : Duration.ZERO;
        Window part = whole.window().part().orElseThrow();
        return sum(between(
                whole.site(), part, whole.start().minus(shift), whole.end(zone).minus(shift)));
    }

    private static Content sum(List<Kept> parts) {
        return parts.stream().map(Kept::content).reduce(Content.NONE, Content::plus);
    }

    /** The kept windows that begin in that time, in their order; a local year may begin before 1970. */
    List<Kept> between(String site, Window window, Instant from, Instant to) {
        List<Kept> kept = new ArrayList<>();
        if (to.toEpochMilli() <= Math.max(0, from.toEpochMilli())) {
            return kept;
        }
        try (KeyValueIterator<Bytes, byte[]> windows = store.range(
                Keys.window(site, window, Math.max(0, from.toEpochMilli())),
                Keys.window(site, window, to.toEpochMilli() - 1))) {
            windows.forEachRemaining(entry -> kept.add(kept(windowKey(entry.key), entry.value)));
        }
        return kept;
    }

    /** The start of the first of a site's hours that begins in that time. */
    Optional<Instant> firstHour(String site, Instant from, Instant to) {
        if (!from.isBefore(to)) {
            return Optional.empty();
        }
        try (KeyValueIterator<Bytes, byte[]> hours = store.range(
                Keys.window(site, Window.HOUR, Math.max(0, from.toEpochMilli())),
                Keys.window(site, Window.HOUR, to.toEpochMilli() - 1))) {
            return hours.hasNext()
                    ? Optional.of(Instant.ofEpochMilli(Keys.windowStartMillis(hours.next().key)))
                    : Optional.empty();
        }
    }

    /** Takes the windows of an hour out, its minutes first; none as long as one of them is open. */
    List<Kept> takeHour(String site, Instant start) {
        Instant end = Window.HOUR.endOf(start, ZoneOffset.UTC);
        List<Kept> taken = new ArrayList<>();
        for (Window window : SHORT) {
            taken.addAll(between(site, window, start, end));
        }
        List<Bytes> keys = taken.stream().map(kept -> Keys.window(kept.key())).toList();
        if (keys.stream().anyMatch(open::contains)) {
            return List.of();
        }
        if (!keys.isEmpty()) {
            keys.forEach(this::delete);
            go(site, SHORT, end);
        }
        return taken;
    }

    private static Kept kept(WindowKey key, byte[] stored) {
        return new Kept(key, StateException.read(STORE, stored, StoredWindow::parseFrom));
    }
}

package org.heliograph.streams.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Provenance;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.v1.StoredWindow;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.jspecify.annotations.Nullable;

/**
 * The windows of the sites: sums, and where each is in its life. A changed minute changes the windows that contain it,
 * each added up anew from its parts. Windows that are open, or changed and not yet published, are listed in a store of
 * their own, mirrored in memory.
 */
final class Windows {
    static final String STORE = "windows";
    static final String OPEN_STORE = "open-windows";

    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;
    private final KeyValueStore<Bytes, byte[]> openStore;
    private final Set<Bytes> open = new TreeSet<>();

    Windows(KeyValueStore<Bytes, byte[]> store, KeyValueStore<Bytes, byte[]> openStore) {
        this.store = store;
        this.openStore = openStore;
        try (KeyValueIterator<Bytes, byte[]> all = openStore.all()) {
            all.forEachRemaining(entry -> open.add(entry.key));
        }
    }

    /** A window as it is kept. */
    record Kept(WindowKey key, StoredWindow stored) {
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

    /**
     * Takes in a minute's sums, and adds the windows that contain it up anew.
     *
     * @param used the factors in the sums
     * @param cause why, for the windows that this restates
     */
    void update(
            WindowKey key,
            Sums sums,
            FactorsUsed used,
            Branches branches,
            SiteModel site,
            Cause cause,
            long nowMillis) {
        Optional<Kept> before = get(key);
        if (before.isPresent()
                && before.get().sums().equals(sums)
                && before.get().used().equals(used)
                && before.get().branches().equals(branches)) {
            return;
        }
        StoredWindow.Builder stored =
                before.map(kept -> kept.stored().toBuilder()).orElseGet(StoredWindow::newBuilder);
        stored.clearSums()
                .clearBranches()
                .addAllBranches(StoredBranches.encode(branches))
                .setChangedMs(nowMillis)
                .setUnpublished(true);
        for (long sum : sums.toArray()) {
            stored.addSums(sum);
        }
        stored.setFactorAverage(used.average().toString());
        stored.setFactorMarginal(used.marginal().toString());
        stored.setFactorFuel(used.fuel().toString());
        Kept changed = new Kept(key, stored.build());
        boolean restates = before.isPresent() && !before.get().stored().getUnpublished();
        put(restates ? changed.restated(cause) : changed);
        for (Window whole : key.window().wholes()) {
            WindowKey wholeKey = key.within(whole, site.zone());
            Parts parts = parts(wholeKey, site);
            update(wholeKey, parts.sums(), parts.used(), parts.branches(), site, cause, nowMillis);
        }
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
        List<Kept> windows = new ArrayList<>(open.size());
        for (Bytes key : open) {
            WindowKey windowKey =
                    new WindowKey(Keys.name(key), Keys.window(key), Instant.ofEpochMilli(Keys.windowStartMillis(key)));
            get(windowKey).ifPresent(windows::add);
        }
        return windows;
    }

    /** Drops a window that is no window of the site any more. */
    void forget(WindowKey forgotten) {
        Bytes key = Keys.window(forgotten);
        store.delete(key);
        if (open.remove(key)) {
            openStore.delete(key);
        }
    }

    /** Deletes closed windows that nothing needs when only what happens from a moment on can still change. */
    void purge(SiteModel site, Instant changing) {
        List<Bytes> old = new ArrayList<>();
        for (Window window : Window.values()) {
            long neededFromMillis = window.neededFrom(changing, site.zone()).toEpochMilli();
            try (KeyValueIterator<Bytes, byte[]> windows = store.range(
                    Keys.window(site.site(), window, 0), Keys.window(site.site(), window, neededFromMillis - 1))) {
                windows.forEachRemaining(entry -> {
                    if (!open.contains(entry.key)) {
                        old.add(entry.key);
                    }
                });
            }
        }
        old.forEach(store::delete);
    }

    /** What the parts of a window add up to. */
    private record Parts(Sums sums, FactorsUsed used, Branches branches) {}

    private Parts parts(WindowKey whole, SiteModel site) {
        Window part = whole.window().part().orElseThrow();
        Sums sum = Sums.ZERO;
        FactorsUsed used = FactorsUsed.NONE;
        Branches branches = Branches.NONE;
        long endMillis = whole.end(site.zone()).toEpochMilli();
        try (KeyValueIterator<Bytes, byte[]> parts = store.range(
                Keys.window(whole.site(), part, whole.start().toEpochMilli()),
                Keys.window(whole.site(), part, endMillis - 1))) {
            while (parts.hasNext()) {
                Kept kept = kept(whole, parts.next().value);
                sum = sum.plus(kept.sums());
                used = used.plus(kept.used());
                branches = branches.plus(kept.branches());
            }
        }
        return new Parts(sum, used, branches);
    }

    private static Kept kept(WindowKey key, byte[] stored) {
        return new Kept(key, StateException.read(STORE, stored, StoredWindow::parseFrom));
    }
}

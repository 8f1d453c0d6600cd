package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.PendingRestatement;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The times that changed factors leave to be restated, and those of sites whose model hasn't come yet. Kept in a store,
 * with how far each has got, so that a crash forgets none; mirrored in memory.
 *
 * <p>What a factor leaves is worked off twice: first the minutes that are kept one by one, which somebody may be looking at
 * ({@link PendingMinutes}), then the days before them, and all months and years ({@link PendingDays}). Meanwhile time passes
 * and minutes go; what they weren't restated for, their past hours are.
 */
public final class Restatements {
    public static final String STORE = "restatements";

    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();

    private final KeyValueStore<Bytes, byte[]> store;
    private final PastChoices choices;
    private final NavigableMap<Bytes, PendingRestatement> pending = new TreeMap<>();
    /** Those that were pending at the start, and are still. */
    private final Set<Bytes> begunBefore = new HashSet<>();

    /** @param choices which factors the sites chose for their past hours */
    Restatements(KeyValueStore<Bytes, byte[]> store, PastChoices choices) {
        this.store = store;
        this.choices = choices;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            all.forEachRemaining(entry ->
                    pending.put(entry.key, StateException.read(STORE, entry.value, PendingRestatement::parseFrom)));
        }
        begunBefore.addAll(pending.keySet());
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
        await(site, fromMillis, toMillis, false);
    }

    /**
     * Has months and years of a site without a model added up, once there is one: its days may have been restated without
     * them, and nothing else of it is restated after so long.
     */
    void awaitMonths(String site, long fromMillis, long toMillis) {
        PendingRestatement before = pending.get(Keys.awaited(site));
        await(site, fromMillis, toMillis, before == null || before.getDays());
    }

    private void await(String site, long fromMillis, long toMillis, boolean days) {
        Bytes key = Keys.awaited(site);
        PendingRestatement before = pending.get(key);
        keep(
                key,
                PendingRestatement.newBuilder()
                        .setNextSite(site)
                        .setFromMs(before == null ? fromMillis : Math.min(fromMillis, before.getFromMs()))
                        .setToMs(before == null ? toMillis : Math.max(toMillis, before.getToMs()))
                        .setDays(days)
                        .build());
    }

    /** No minute is left of a site that nobody has a model of. */
    void forgetMinutes(String site) {
        PendingRestatement awaiting = pending.get(Keys.awaited(site));
        if (awaiting != null && !awaiting.getDays()) {
            awaitMonths(awaiting);
        }
    }

    /** The minutes that have waited are done. */
    void awaitMonths(PendingRestatement awaiting) {
        keep(
                Keys.awaited(awaiting.getNextSite()),
                awaiting.toBuilder().setDays(true).clearNextMinuteMs().build());
    }

    /** What is pending now, in an order of its own: it may be kept and dropped meanwhile. */
    List<Bytes> keys() {
        return List.copyOf(pending.keySet());
    }

    PendingRestatement get(Bytes key) {
        return Objects.requireNonNull(pending.get(key));
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

    /** Whether it may have been begun before the start. */
    boolean isBegunBefore(Bytes key) {
        return begunBefore.contains(key);
    }

    /** Whether it waits for a site's model: it isn't of a factor. */
    static boolean isAwaiting(PendingRestatement change) {
        return change.getId().isEmpty();
    }

    void drop(Bytes key) {
        pending.remove(key);
        begunBefore.remove(key);
        store.delete(key);
    }

    /** As far as it has got. */
    void keep(Bytes key, PendingRestatement change) {
        if (!change.equals(pending.put(key, change))) {
            store.put(key, change.toByteArray());
        }
    }
}

package org.heliograph.streams.topology.site;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.KeptSince;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.MinuteShare;

/**
 * The partitions' shares of the sites' minutes, as long as a minute may be added up from them. Each site has a record before
 * its shares, which says since when there may be any: so a start reads over none that were deleted, either.
 */
final class SiteShares {
    private final KeyValueStore<Bytes, byte[]> store;
    /** Of the sites that shares may be kept of, and of no other. */
    private final KeptSince since = new KeptSince();

    SiteShares(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        Optional<String> site = readSite(Keys.siteMinute("", 0));
        while (site.isPresent()) {
            site = readSite(Keys.afterSite(site.get()));
        }
    }

    private Optional<String> readSite(Bytes from) {
        try (KeyValueIterator<Bytes, byte[]> kept = store.range(from, null)) {
            if (!kept.hasNext()) {
                return Optional.empty();
            }
            KeyValue<Bytes, byte[]> first = kept.next();
            String site = Keys.name(first.key);
            boolean isKnown = first.key.equals(Keys.site(site));
            since.begin(site, isKnown ? ByteBuffer.wrap(first.value).getLong() : 0);
            return Optional.of(site);
        }
    }

    private void keepSince(String site, long millis) {
        since.begin(site, millis);
        store.put(
                Keys.site(site), ByteBuffer.allocate(Long.BYTES).putLong(millis).array());
    }

    /** Whether it is news. */
    boolean put(String site, MinuteShare share) {
        long minute = share.getMinuteMs();
        Bytes key = Keys.share(site, minute, share.getPartition());
        byte[] value = share.toByteArray();
        if (Arrays.equals(value, store.get(key))) {
            return false;
        }
        store.put(key, value);
        if (!sites().contains(site) || since.reach(site, minute)) {
            keepSince(site, minute);
        }
        return true;
    }

    /** What the partitions know of a minute. */
    SiteShare sum(String site, long minuteMillis) {
        SiteShare sum = SiteShare.EMPTY;
        try (KeyValueIterator<Bytes, byte[]> partitions = range(site, minuteMillis, minuteMillis)) {
            while (partitions.hasNext()) {
                sum = sum.plus(Shares.decode(SiteProcessor.SHARES, partitions.next().value));
            }
        }
        return sum;
    }

    Set<String> sites() {
        return since.names();
    }

    /** The first site, by name, from that one on. */
    Optional<String> siteFrom(String name) {
        return Optional.ofNullable(since.names().ceiling(name));
    }

    Optional<String> siteAfter(String name) {
        return Optional.ofNullable(since.names().higher(name));
    }

    /** The first minute of that time that anybody spoke of. */
    OptionalLong firstMinute(String site, long fromMillis, long toMillis) {
        long sinceMillis = Math.max(fromMillis, since.millis(site));
        if (sinceMillis >= toMillis) {
            return OptionalLong.empty();
        }
        try (KeyValueIterator<Bytes, byte[]> kept = range(site, sinceMillis, toMillis - 1)) {
            return kept.hasNext() ? OptionalLong.of(Keys.minuteMillis(kept.next().key)) : OptionalLong.empty();
        }
    }

    NavigableSet<Long> minutes(String site, long fromMillis, long toMillis) {
        NavigableSet<Long> minutes = new TreeSet<>();
        try (KeyValueIterator<Bytes, byte[]> kept = range(site, fromMillis, toMillis - 1)) {
            kept.forEachRemaining(entry -> minutes.add(Keys.minuteMillis(entry.key)));
        }
        return minutes;
    }

    /** The last minute up to that one that anybody spoke of. */
    OptionalLong lastMinute(String site, long untilMillis) {
        long sinceMillis = since.millis(site);
        if (sinceMillis > untilMillis) {
            return OptionalLong.empty();
        }
        try (KeyValueIterator<Bytes, byte[]> kept = store.reverseRange(
                Keys.share(site, sinceMillis, 0), Keys.share(site, untilMillis, Integer.MAX_VALUE))) {
            return kept.hasNext() ? OptionalLong.of(Keys.minuteMillis(kept.next().key)) : OptionalLong.empty();
        }
    }

    /** Who spoke of those minutes. */
    Set<Integer> partitions(String site, long fromMillis, long lastMillis) {
        Set<Integer> partitions = new HashSet<>();
        try (KeyValueIterator<Bytes, byte[]> kept = range(site, Math.max(0, fromMillis), lastMillis)) {
            kept.forEachRemaining(share -> partitions.add(Keys.sharePartition(share.key)));
        }
        return partitions;
    }

    void purge(String site, long beforeMillis) {
        if (!sites().contains(site) || since.millis(site) >= beforeMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = range(site, since.millis(site), beforeMillis - 1)) {
            all.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
        if (old.isEmpty()) {
            since.begin(site, beforeMillis);
        } else {
            keepSince(site, beforeMillis);
        }
    }

    /** Forgets a site that nothing is kept of. */
    boolean forgetIfEmpty(String site) {
        if (!sites().contains(site)) {
            return true;
        }
        try (KeyValueIterator<Bytes, byte[]> left = range(site, since.millis(site), Long.MAX_VALUE)) {
            if (left.hasNext()) {
                return false;
            }
        }
        since.forget(site);
        store.delete(Keys.site(site));
        return true;
    }

    private KeyValueIterator<Bytes, byte[]> range(String site, long fromMillis, long lastMillis) {
        return store.range(Keys.share(site, fromMillis, 0), Keys.share(site, lastMillis, Integer.MAX_VALUE));
    }
}

package org.heliograph.streams.topology.site;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.MinuteShare;

/**
 * The partitions' shares of the sites' minutes, as long as a minute may be added up from them. To read over all that was ever
 * deleted costs more than what is there: so the sites, and since when there may be shares of each, are known beside the store.
 */
final class SiteShares {
    private final KeyValueStore<Bytes, byte[]> store;
    /** Of a site that shares may be kept of, since when. */
    private final NavigableMap<String, Long> sinceMillis = new TreeMap<>();

    /** @param sites those that shares are kept of */
    SiteShares(KeyValueStore<Bytes, byte[]> store, Set<String> sites) {
        this.store = store;
        sites.forEach(site -> sinceMillis.put(site, 0L));
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
        Long since = sinceMillis.get(site);
        if (since == null || minute < since) { // be it ever so old
            sinceMillis.put(site, minute);
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
        return sinceMillis.keySet();
    }

    /** The first site, by name, from that one on. */
    Optional<String> siteFrom(String name) {
        return Optional.ofNullable(sinceMillis.ceilingKey(name));
    }

    Optional<String> siteAfter(String name) {
        return Optional.ofNullable(sinceMillis.higherKey(name));
    }

    /** The first minute of that time that anybody spoke of. */
    OptionalLong firstMinute(String site, long fromMillis, long toMillis) {
        long sinceMillis = Math.max(fromMillis, this.sinceMillis.getOrDefault(site, Long.MAX_VALUE));
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

    void purge(String site, long beforeMillis) {
        Long since = sinceMillis.get(site);
        if (since == null || since >= beforeMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = range(site, since, beforeMillis - 1)) {
            all.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
        sinceMillis.put(site, beforeMillis);
    }

    /** Forgets a site that nothing is kept of. */
    boolean forgetIfEmpty(String site) {
        Long since = sinceMillis.get(site);
        if (since == null) {
            return true;
        }
        try (KeyValueIterator<Bytes, byte[]> left = range(site, since, Long.MAX_VALUE)) {
            if (left.hasNext()) {
                return false;
            }
        }
        sinceMillis.remove(site);
        return true;
    }

    private KeyValueIterator<Bytes, byte[]> range(String site, long fromMillis, long lastMillis) {
        return store.range(Keys.share(site, fromMillis, 0), Keys.share(site, lastMillis, Integer.MAX_VALUE));
    }
}

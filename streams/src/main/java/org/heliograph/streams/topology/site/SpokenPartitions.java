package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.topology.state.Keys;

/**
 * Which partitions speak of each site, by the shares of its minutes that are kept: a task reads it at its start, while its
 * thread does nothing else, so it doesn't read all of them. Of the last hour it does; of the time before, a minute in each
 * hour that has any: whoever spoke for an hour in days, such as inverters by day, is in one.
 */
final class SpokenPartitions {
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private SpokenPartitions() {}

    static Map<String, Set<Integer>> of(KeyValueStore<Bytes, byte[]> shares) {
        Map<String, Set<Integer>> partitions = new HashMap<>();
        Bytes next = Keys.share("", 0, 0);
        while (next != null) {
            String site = firstSite(shares, next);
            if (!site.isEmpty()) {
                partitions.put(site, of(site, shares));
            }
            next = site.isEmpty() ? null : Keys.afterSite(site);
        }
        return partitions;
    }

    private static String firstSite(KeyValueStore<Bytes, byte[]> shares, Bytes from) {
        try (KeyValueIterator<Bytes, byte[]> kept = shares.range(from, null)) {
            return kept.hasNext() ? Keys.name(kept.next().key) : "";
        }
    }

    private static Set<Integer> of(String site, KeyValueStore<Bytes, byte[]> shares) {
        Set<Integer> partitions = new HashSet<>();
        OptionalLong last = lastMinute(site, Long.MAX_VALUE, shares);
        long reachMillis = HOUR_MILLIS - 1;
        while (last.isPresent()) {
            add(site, Math.max(0, last.getAsLong() - reachMillis), last.getAsLong(), shares, partitions);
            reachMillis = 0;
            long beforeMillis = last.getAsLong() - HOUR_MILLIS;
            last = beforeMillis < 0 ? OptionalLong.empty() : lastMinute(site, beforeMillis, shares);
        }
        return partitions;
    }

    /** The last minute up to that one that anybody spoke of. */
    private static OptionalLong lastMinute(String site, long untilMillis, KeyValueStore<Bytes, byte[]> shares) {
        try (KeyValueIterator<Bytes, byte[]> kept =
                shares.reverseRange(Keys.share(site, 0, 0), Keys.share(site, untilMillis, Integer.MAX_VALUE))) {
            return kept.hasNext() ? OptionalLong.of(Keys.minuteMillis(kept.next().key)) : OptionalLong.empty();
        }
    }

    private static void add(
            String site,
            long fromMillis,
            long lastMillis,
            KeyValueStore<Bytes, byte[]> shares,
            Set<Integer> partitions) {
        try (KeyValueIterator<Bytes, byte[]> kept =
                shares.range(Keys.share(site, fromMillis, 0), Keys.share(site, lastMillis, Integer.MAX_VALUE))) {
            kept.forEachRemaining(share -> partitions.add(Keys.sharePartition(share.key)));
        }
    }
}

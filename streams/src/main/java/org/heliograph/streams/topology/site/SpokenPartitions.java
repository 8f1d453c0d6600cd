package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which partitions speak of each site, by the shares of its minutes that are kept: a task reads it at its start, while its
 * thread does nothing else, so it doesn't read all of them. Of the last hour it does; of the time before, a minute in each
 * hour that has any: whoever spoke for an hour in days, such as inverters by day, is in one.
 */
final class SpokenPartitions {
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private SpokenPartitions() {}

    static Map<String, Set<Integer>> of(SiteShares shares) {
        Map<String, Set<Integer>> partitions = new HashMap<>();
        shares.sites().forEach(site -> partitions.put(site, of(site, shares)));
        return partitions;
    }

    private static Set<Integer> of(String site, SiteShares shares) {
        Set<Integer> partitions = new HashSet<>();
        OptionalLong last = shares.lastMinute(site, Long.MAX_VALUE);
        long reachMillis = HOUR_MILLIS - 1;
        while (last.isPresent()) {
            partitions.addAll(shares.partitions(site, last.getAsLong() - reachMillis, last.getAsLong()));
            reachMillis = 0;
            last = shares.lastMinute(site, last.getAsLong() - HOUR_MILLIS);
        }
        return partitions;
    }
}

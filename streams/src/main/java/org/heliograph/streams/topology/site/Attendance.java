package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Since when all partitions speak of a site that did so before the start. Until then one may be at work on its state still:
 * nobody can tell its devices from such as were never heard, nor a minute that lacks them from one that they said nothing
 * in.
 */
final class Attendance {
    /** A partition may take so long. Longer, and nobody looks after its devices: they are missed, and windows close. */
    private static final Duration LONGEST_START = Duration.ofMinutes(10);

    /** Restoring a lost disk's state takes a partition less: so long nothing is deleted that it may change. */
    static final Duration LONGEST_RESTORATION = Duration.ofDays(1);

    /** By site, the partitions that spoke of it before the start and haven't since. */
    private final Map<String, Set<Integer>> awaited = new HashMap<>();

    private final long startedMillis;
    private final Map<String, Long> wholeMillis = new HashMap<>();

    /** @param before by site, the partitions that have spoken of it before the start */
    Attendance(Map<String, Set<Integer>> before, long startedMillis) {
        before.forEach((site, partitions) -> awaited.put(site, new HashSet<>(partitions)));
        this.startedMillis = startedMillis;
    }

    /** A partition has said what its devices of a site show: at that time, by its clock. It may have been before the start. */
    void spoke(String site, int partition, long timeMillis) {
        Set<Integer> left = awaited.get(site);
        if (left != null && timeMillis >= startedMillis) {
            left.remove(partition);
        }
    }

    private boolean haveSpoken(String site) {
        return awaited.getOrDefault(site, Set.of()).isEmpty();
    }

    /** Whether a partition that hasn't spoken may still have something to say of long ago. */
    boolean isAwaited(String site, long nowMillis) {
        return !haveSpoken(site) && nowMillis - startedMillis < LONGEST_RESTORATION.toMillis();
    }

    /** @return empty if one hasn't spoken yet */
    OptionalLong wholeSinceMillis(String site, long nowMillis) {
        Long whole = wholeMillis.get(site);
        if (whole != null) {
            return OptionalLong.of(whole);
        }
        if (!haveSpoken(site) && nowMillis - startedMillis < LONGEST_START.toMillis()) {
            return OptionalLong.empty();
        }
        long since = awaited.containsKey(site) ? nowMillis : startedMillis;
        wholeMillis.put(site, since);
        return OptionalLong.of(since);
    }
}

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
    /** A partition may take so long. Longer, and nobody looks after its devices: they are missed. */
    private static final Duration LONGEST_START = Duration.ofMinutes(10);

    private final Map<String, Set<Integer>> before;
    private final long startedMillis;
    private final Map<String, Set<Integer>> spoken = new HashMap<>();
    private final Map<String, Long> wholeMillis = new HashMap<>();

    /** @param before by site, the partitions that have spoken of it before the start */
    Attendance(Map<String, Set<Integer>> before, long startedMillis) {
        this.before = Map.copyOf(before);
        this.startedMillis = startedMillis;
    }

    /** A partition has said what its devices of a site show now. */
    void spoke(String site, int partition) {
        if (!wholeMillis.containsKey(site)) {
            spoken.computeIfAbsent(site, _ -> new HashSet<>()).add(partition);
        }
    }

    /** @return empty if one hasn't spoken yet */
    OptionalLong wholeSinceMillis(String site, long nowMillis) {
        Long whole = wholeMillis.get(site);
        if (whole != null) {
            return OptionalLong.of(whole);
        }
        Set<Integer> awaited = before.getOrDefault(site, Set.of());
        boolean haveSpoken = spoken.getOrDefault(site, Set.of()).containsAll(awaited);
        if (!haveSpoken && nowMillis - startedMillis < LONGEST_START.toMillis()) {
            return OptionalLong.empty();
        }
        long since = awaited.isEmpty() ? startedMillis : nowMillis;
        wholeMillis.put(site, since);
        spoken.remove(site);
        return OptionalLong.of(since);
    }
}

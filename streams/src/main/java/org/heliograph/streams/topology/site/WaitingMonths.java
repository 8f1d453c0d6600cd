package org.heliograph.streams.topology.site;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.heliograph.streams.rollup.WindowKey;

/**
 * The months that wait until all days are restated that a changed factor is of: of the changes that have come since the
 * start. Which wait because of one before it, nobody knows.
 */
final class WaitingMonths {
    private final Map<String, Set<WindowKey>> bySite = new HashMap<>();

    void add(WindowKey month) {
        bySite.computeIfAbsent(month.site(), _ -> new HashSet<>()).add(month);
    }

    /** It has been added up. */
    void remove(WindowKey month) {
        bySite.computeIfPresent(month.site(), (_, months) -> {
            months.remove(month);
            return months.isEmpty() ? null : months;
        });
    }

    boolean areAnyOf(String site) {
        return bySite.containsKey(site);
    }
}

package org.heliograph.streams.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * What is said of the same windows before a replay and by it.
 *
 * @param compared how many windows of each length were compared
 * @param different how many of them differ
 * @param before sums over the period's minutes, by figure
 * @param after the same of the replay
 */
public record Comparison(
        Map<String, Integer> compared,
        Map<String, Integer> different,
        List<FigureDifference> differences,
        Map<String, Double> before,
        Map<String, Double> after) {
    public Comparison {
        compared = Collections.unmodifiableMap(new TreeMap<>(compared));
        different = Collections.unmodifiableMap(new TreeMap<>(different));
        differences = List.copyOf(differences);
        before = Collections.unmodifiableMap(new TreeMap<>(before));
        after = Collections.unmodifiableMap(new TreeMap<>(after));
    }

    /** Of windows by their keys on {@code hg.kpi}. */
    static Comparison of(Map<String, SiteWindow> before, Map<String, SiteWindow> after) {
        Map<String, Integer> compared = new TreeMap<>();
        Map<String, Integer> different = new TreeMap<>();
        List<FigureDifference> differences = new ArrayList<>();
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            List<FigureDifference> found = FigureDifference.between(before.get(key), after.get(key));
            String label = key.split("/", -1)[1];
            compared.merge(label, 1, Integer::sum);
            different.merge(label, found.isEmpty() ? 0 : 1, Integer::sum);
            differences.addAll(found);
        }
        return new Comparison(
                compared,
                different,
                differences,
                FigureDifference.totals(minutes(before)),
                FigureDifference.totals(minutes(after)));
    }

    private static Collection<SiteWindow> minutes(Map<String, SiteWindow> windows) {
        return windows.values().stream()
                .filter(window -> window.getWindow().equals(Window.MINUTE.label()))
                .toList();
    }
}

package org.heliograph.streams.indicator;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.streams.site.BranchShare;
import org.heliograph.streams.site.SiteMinute;

/**
 * The meters with others below them, each against those, over a window. Adding is exact, associative and commutative,
 * as of {@link Sums}.
 *
 * @param byMeter by meter id
 */
public record Branches(SortedMap<String, Branch> byMeter) {
    public static final Branches NONE = new Branches(Collections.emptySortedMap());

    public Branches {
        byMeter = Collections.unmodifiableSortedMap(new TreeMap<>(byMeter));
    }

    /** One minute: matched where the meter and all that the site model has below it covered it. */
    public static Branches of(SiteMinute minute) {
        SortedMap<String, Branch> branches = new TreeMap<>();
        minute.tree().nodes().forEach((meter, node) -> {
            BranchShare share = minute.sums().branches().getOrDefault(meter, BranchShare.NONE);
            boolean matched = share.ownCovered() > 0 && share.childrenCovered().coversAll(node.children());
            branches.put(
                    meter,
                    matched
                            ? new Branch(
                                    share.ownMillijoules(),
                                    share.childrenMillijoules(),
                                    share.toleranceMillijoules(),
                                    1,
                                    share.heaviest())
                            : Branch.UNMATCHED);
        });
        return new Branches(branches);
    }

    public Branches plus(Branches other) {
        if (byMeter.isEmpty()) {
            return other;
        }
        SortedMap<String, Branch> sum = new TreeMap<>(byMeter);
        other.byMeter.forEach((meter, branch) -> sum.merge(meter, branch, Branch::plus));
        return new Branches(sum);
    }

    public Branch of(String meter) {
        return byMeter.getOrDefault(meter, Branch.UNMATCHED);
    }
}

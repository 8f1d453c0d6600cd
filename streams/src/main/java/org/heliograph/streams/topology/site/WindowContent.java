package org.heliograph.streams.topology.site;

import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sums;

/** What a window is, but for its life. */
record WindowContent(Sums sums, FactorsUsed used, Branches branches) {
    static final WindowContent NONE = new WindowContent(Sums.ZERO, FactorsUsed.NONE, Branches.NONE);

    WindowContent plus(WindowContent other) {
        return new WindowContent(sums.plus(other.sums), used.plus(other.used), branches.plus(other.branches));
    }

    /** A minute's, with the CO2 that it has by these factors. */
    WindowContent pricedBy(FactorBook.Choice factors) {
        Sums priced = sums.withCarbonOf(sums.pricedBy(factors));
        return new WindowContent(priced, FactorsUsed.of(priced, factors), branches);
    }

    /** Whether it differs in nothing but its CO2. */
    boolean isPricedAnew(WindowContent before) {
        return equals(before.withCarbonOf(this));
    }

    /** That of a window whose parts come to this: their CO2, all else as it was. */
    WindowContent withCarbonOf(WindowContent parts) {
        return new WindowContent(sums.withCarbonOf(parts.sums), parts.used, branches);
    }
}

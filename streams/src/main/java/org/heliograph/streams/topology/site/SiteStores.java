package org.heliograph.streams.topology.site;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;

/**
 * What the site side of one task reads and keeps.
 *
 * @param spoken by site, the partitions that have spoken of it before the start
 */
record SiteStores(
        SiteModels sites,
        SiteShares shares,
        FactorStore factors,
        WindowStore windows,
        PastHours hours,
        Map<String, Set<Integer>> spoken) {

    static SiteStores open(ProcessorContext<String, Output> context, Factors shipped, ParsedSites parsedSites) {
        SiteShares shares = new SiteShares(context.getStateStore(SiteProcessor.SHARES));
        return new SiteStores(
                new SiteModels(context.getStateStore(SiteModels.STORE), parsedSites),
                shares,
                new FactorStore(context.getStateStore(FactorStore.STORE), shipped),
                new WindowStore(
                        context.getStateStore(WindowStore.STORE), context.getStateStore(WindowStore.OPEN_STORE)),
                new PastHours(context.getStateStore(PastHours.STORE)),
                SpokenPartitions.of(shares));
    }
}

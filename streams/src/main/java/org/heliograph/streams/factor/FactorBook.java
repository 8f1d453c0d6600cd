package org.heliograph.streams.factor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.SiteModel;

/** What is known of emission factors and intensity series. */
public interface FactorBook {
    /** The factor of that id, or the series' intensity, as of a moment: the newest version known that is valid then. */
    Optional<EmissionFactor> at(String id, Instant moment);

    /** What a site's minute is multiplied with: of the ids that the site names, the first that knows the moment. */
    default Choice chosenBy(FactorChoice ids, Instant moment) {
        return new Choice(first(ids.average(), moment), first(ids.marginal(), moment), first(ids.fuel(), moment));
    }

    default Choice chosenBy(SiteModel site, Instant moment) {
        return chosenBy(site.factors().at(moment), moment);
    }

    private Optional<EmissionFactor> first(List<String> ids, Instant moment) {
        return ids.stream().flatMap(id -> at(id, moment).stream()).findFirst();
    }

    /** A minute's factors: the grid's average mix, what one kWh more or less changes, and what the generator gives. */
    record Choice(Optional<EmissionFactor> average, Optional<EmissionFactor> marginal, Optional<EmissionFactor> fuel) {}
}

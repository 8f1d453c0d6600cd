package org.heliograph.streams.indicator;

import java.util.stream.Stream;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Provenance;

/** Which factors went into the CO2 of a window. */
public record FactorsUsed(Provenance average, Provenance marginal, Provenance fuel) {
    public static final FactorsUsed NONE = new FactorsUsed(Provenance.NONE, Provenance.NONE, Provenance.NONE);

    /** The factors used in a minute: one that no energy was multiplied with wasn't used. */
    public static FactorsUsed of(Sums minute, FactorBook.Choice choice) {
        boolean average = minute.get(Sum.CO2_AVERAGE_MINUTES) > 0 || minute.get(Sum.CO2_GRID_MINUTES) > 0;
        boolean marginal = minute.get(Sum.CO2_MARGINAL_MINUTES) > 0;
        boolean cue = Stream.of(PueCategory.values()).anyMatch(category -> minute.get(category.cueMinutes) > 0);
        boolean fuel = cue && minute.get(Sum.GENERATOR) > 0;
        return new FactorsUsed(
                Provenance.of(choice.average().filter(_ -> average)),
                Provenance.of(choice.marginal().filter(_ -> marginal)),
                Provenance.of(choice.fuel().filter(_ -> fuel)));
    }

    public FactorsUsed plus(FactorsUsed other) {
        return new FactorsUsed(average.plus(other.average), marginal.plus(other.marginal), fuel.plus(other.fuel));
    }
}

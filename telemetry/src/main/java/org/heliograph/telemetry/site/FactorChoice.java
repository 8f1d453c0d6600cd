package org.heliograph.telemetry.site;

import java.util.List;
import org.heliograph.telemetry.yaml.Section;

/**
 * Ids of emission factors or intensity series, each list in order of preference: the first that knows a minute counts.
 *
 * @param fuel of what the generator gives; {@value #NO_FUEL} where none is known
 */
public record FactorChoice(List<String> average, List<String> marginal, List<String> fuel) {
    public static final String NO_FUEL = "none";

    /** For a site that names none: the grid's are Morocco's. */
    public static final FactorChoice DEFAULT =
            new FactorChoice(List.of("ember-2024"), List.of("ifi-2021-solar"), List.of("ipcc-2006-diesel"));

    public FactorChoice {
        average = List.copyOf(average);
        marginal = List.copyOf(marginal);
        fuel = fuel.contains(NO_FUEL) ? List.of() : List.copyOf(fuel);
    }

    public static FactorChoice read(Section section) {
        return new FactorChoice(
                section.oneOrMore("average", DEFAULT.average().getFirst()),
                section.oneOrMore("marginal", DEFAULT.marginal().getFirst()),
                section.oneOrMore("fuel", DEFAULT.fuel().getFirst()));
    }

    public boolean names(String id) {
        return average.contains(id) || marginal.contains(id) || fuel.contains(id);
    }
}

package org.heliograph.streams.indicator;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Faults;
import org.heliograph.telemetry.yaml.Section;

/** The emission factors that ship with the product, by id. */
public final class Factors {
    public static final Factors SHIPPED = shipped();

    private final Map<String, EmissionFactor> byId;

    private Factors(Map<String, EmissionFactor> byId) {
        this.byId = Map.copyOf(byId);
    }

    public Optional<EmissionFactor> factor(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The factors that a site has chosen; an unknown id is an absent factor. */
    public Choice chosenBy(SiteModel site) {
        return new Choice(
                factor(site.factors().average()),
                factor(site.factors().marginal()),
                factor(site.factors().fuel()));
    }

    /** The known ids, for a message. */
    public String ids() {
        return byId.keySet().stream().sorted().collect(Collectors.joining(" "));
    }

    /** A site's factors: the grid's average mix, what one kWh more or less changes, and what the generator gives. */
    public record Choice(
            Optional<EmissionFactor> average, Optional<EmissionFactor> marginal, Optional<EmissionFactor> fuel) {}

    private static Factors shipped() {
        Map<String, EmissionFactor> factors = new HashMap<>();
        Faults faults = new Faults();
        Section top = Section.ofResource(Factors.class, "/heliograph/factors.yaml", faults);
        for (Section section : top.sections("factors")) {
            EmissionFactor factor = new EmissionFactor(
                    section.text("id"),
                    section.text("version"),
                    section.text("source"),
                    section.parsed("gramsPerKilowattHour", Factors::milligrams, 0L));
            section.finish();
            factors.put(factor.id(), factor);
        }
        top.finish();
        try {
            faults.throwIfAny();
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
        return new Factors(factors);
    }

    private static Long milligrams(String grams) {
        try {
            return new BigDecimal(grams).movePointRight(3).longValueExact();
        } catch (ArithmeticException | NumberFormatException _) {
            throw new IllegalArgumentException("'" + grams + "' is not a number of g/kWh with at most 3 decimals");
        }
    }
}

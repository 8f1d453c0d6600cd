package org.heliograph.streams.factor;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;

/** Reads {@code factors.yaml}: published factors, as the shipped file has them. */
public final class FactorFile {
    private FactorFile() {}

    static Factors shipped() {
        Flaws flaws = new Flaws();
        List<EmissionFactor> factors = read(Section.ofResource(Factors.class, "/heliograph/factors.yaml", flaws));
        try {
            flaws.throwIfAny();
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
        return Factors.of(factors);
    }

    /** What the file says; what is wrong with it is added to the section's flaws. */
    public static List<EmissionFactor> read(Section top) {
        List<EmissionFactor> factors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : top.sections("factors")) {
            Optional<EmissionFactor> factor = factor(section);
            if (factor.isPresent() && !names.add(factor.get().provenance())) {
                section.flaw(
                        "version", factor.get().provenance() + " is there twice: a revised value is a new version");
            }
            factor.ifPresent(factors::add);
        }
        top.finish();
        return factors;
    }

    private static Optional<EmissionFactor> factor(Section section) {
        String id = section.text("id");
        String version = section.text("version");
        String source = section.text("source");
        long micrograms = section.parsed("gramsPerKilowattHour", FactorFile::micrograms, -1L);
        Instant from = section.optional("validFrom", FactorFile::instant).orElse(EmissionFactor.ALWAYS);
        Instant to = section.optional("validTo", FactorFile::instant).orElse(EmissionFactor.FOR_EVER);
        boolean told = !section.has("id") || !section.has("version") || !section.has("source") || micrograms < 0;
        section.finish();
        if (told) {
            return Optional.empty();
        }
        try {
            return Optional.of(EmissionFactor.published(id, version, source, micrograms, from, to));
        } catch (IllegalArgumentException e) {
            section.flaw("id", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Long micrograms(String grams) {
        try {
            return EmissionFactor.micrograms(new BigDecimal(grams));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + grams + "' is not a number of g/kWh");
        }
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}

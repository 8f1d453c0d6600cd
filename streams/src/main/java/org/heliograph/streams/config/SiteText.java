package org.heliograph.streams.config;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Fault;
import org.heliograph.telemetry.yaml.Faults;

/** A site model and the text that it was read from, as {@code hg.sites} carries it. */
public record SiteText(SiteModel model, String yaml) {
    /**
     * Reads a record of {@code hg.sites}, as all parts do: none may show a model that the engine doesn't go by.
     *
     * @param site the record's key
     * @throws ConfigurationException if the engine can't go by it
     */
    public static SiteText published(String site, byte[] record) throws ConfigurationException {
        String name = "hg.sites/" + site;
        String yaml = new String(record, StandardCharsets.UTF_8);
        SiteModel model = SiteFile.parse(name, yaml);
        Faults faults = new Faults();
        if (!model.site().equals(site)) {
            faults.add(new Fault(name, 0, "site", "is '" + model.site() + "', but the record's key is '" + site + "'"));
        }
        tooLate(name, model).ifPresent(faults::add);
        faults.throwIfAny();
        return new SiteText(model, yaml);
    }

    static Optional<Fault> tooLate(String file, SiteModel model) {
        return model.late().compareTo(EngineSection.LONGEST_LATE) > 0
                ? Optional.of(new Fault(
                        file,
                        0,
                        "late",
                        model.late() + " is longer than the engine keeps samples, " + EngineSection.LONGEST_LATE))
                : Optional.empty();
    }
}

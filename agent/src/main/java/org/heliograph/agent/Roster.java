package org.heliograph.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.WhenFull;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * The devices of the site's model, where the configuration names one ({@code silence.site}). The agent sends on what any
 * device says; the engine refuses a device that the model lacks, and nobody at the agent would see why.
 */
final class Roster {
    private final @Nullable Path file;
    private final @Nullable SiteModel model;
    private final @Nullable String trouble;

    private Roster(@Nullable Path file, @Nullable SiteModel model, @Nullable String trouble) {
        this.file = file;
        this.model = model;
        this.trouble = trouble;
    }

    static Roster of(AgentConfig config) {
        Path file = config.operation().silence().site();
        if (file == null) {
            return new Roster(null, null, null);
        }
        try {
            SiteModel model = SiteFile.read(file);
            return model.site().equals(config.site())
                    ? new Roster(file, model, null)
                    : new Roster(
                            file,
                            null,
                            "silence.site: '" + file + "' is of the site '" + model.site() + "', the agent of '"
                                    + config.site() + "'");
        } catch (ConfigurationException e) {
            return new Roster(file, null, "silence.site: " + e.getMessage());
        }
    }

    /** Whether there is a model, and it doesn't have the device; one to come, or one that is gone, isn't lacking. */
    boolean lacks(String device) {
        return model != null && !model.knows(device);
    }

    /** What is to be said of a device that the model lacks. */
    String lack(String device) {
        return "'" + device + "' is no device of " + file + ": the engine will refuse what it says";
    }

    List<String> warnings(AgentConfig config) {
        List<String> warnings = new ArrayList<>();
        if (trouble != null) {
            warnings.add(trouble);
        }
        config.named().stream().filter(this::lacks).map(this::lack).forEach(warnings::add);
        warnings.addAll(idle(config));
        return warnings;
    }

    /** What the configuration says of devices that neither it nor the model has: a name that is mistyped says nothing. */
    private List<String> idle(AgentConfig config) {
        List<String> idle = new ArrayList<>();
        if (model == null) {
            return idle;
        }
        Set<String> known = new HashSet<>(config.named());
        model.devices().forEach(device -> known.add(device.id()));
        config.operation().silence().expected().keySet().stream()
                .filter(device -> !known.contains(device))
                .sorted()
                .map(device -> "silence.expected: '" + device + "' is no device of " + file)
                .forEach(idle::add);
        List<WhenFull.Rule> rules = config.journal().whenFull().rules();
        for (int i = 0; i < rules.size(); i++) {
            if (known.stream().noneMatch(rules.get(i)::fits)) {
                idle.add("journal.whenFull[" + i + "]: '" + rules.get(i).devices() + "' fits no device of " + file);
            }
        }
        return idle;
    }
}

package org.heliograph.telemetry.yaml;

import java.util.ArrayList;
import java.util.List;

/** Gathers the flaws of one or several files, to report them all at once. */
public final class Flaws {
    private final List<Flaw> found = new ArrayList<>();

    public void add(Flaw flaw) {
        found.add(flaw);
    }

    public List<Flaw> found() {
        return List.copyOf(found);
    }

    public void throwIfAny() throws ConfigurationException {
        if (!found.isEmpty()) {
            throw new ConfigurationException(found);
        }
    }
}

package org.heliograph.telemetry.yaml;

import java.util.ArrayList;
import java.util.List;

/** Gathers the faults of one or several files, to report them all at once. */
public final class Faults {
    private final List<Fault> found = new ArrayList<>();

    public void add(Fault fault) {
        found.add(fault);
    }

    public List<Fault> found() {
        return List.copyOf(found);
    }

    public void throwIfAny() throws ConfigurationException {
        if (!found.isEmpty()) {
            throw new ConfigurationException(found);
        }
    }
}

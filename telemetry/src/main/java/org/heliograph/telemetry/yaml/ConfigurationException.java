package org.heliograph.telemetry.yaml;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration can't be used. The message has a line for each fault. */
public final class ConfigurationException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    public ConfigurationException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    public List<Fault> faults() {
        return faults;
    }

    /** Whether nothing is wrong with the files themselves: later they may be right, as they are. */
    public boolean isPassing() {
        return faults.stream().allMatch(Fault::passing);
    }
}

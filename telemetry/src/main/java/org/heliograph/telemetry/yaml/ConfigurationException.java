package org.heliograph.telemetry.yaml;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration can't be used. The message has a line for each flaw. */
public final class ConfigurationException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<Flaw> flaws;

    public ConfigurationException(List<Flaw> flaws) {
        super(flaws.stream().map(Flaw::toString).collect(Collectors.joining("\n")));
        this.flaws = List.copyOf(flaws);
    }

    public List<Flaw> flaws() {
        return flaws;
    }

    /** Whether nothing is wrong with the files themselves: later they may be right, as they are. */
    public boolean isPassing() {
        return flaws.stream().allMatch(Flaw::passing);
    }
}

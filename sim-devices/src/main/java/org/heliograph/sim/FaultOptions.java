package org.heliograph.sim;

import java.nio.file.Path;
import java.util.Set;
import org.heliograph.sim.fault.FaultKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What goes wrong on the simulated site: what several commands have in common. */
final class FaultOptions {
    @Option(
            names = "--faults",
            paramLabel = "KINDS",
            description = "'all', or some with commas between them: drop, duplicate, reorder, delay, outage, reset,"
                    + " rollover, stuck, swap, spike, glitch, skew; seeded by --seed")
    private @Nullable String faults;

    @Option(
            names = "--faults-file",
            paramLabel = "FILE",
            description = "write there, as JSON, what each fault does to the figures")
    private @Nullable Path file;

    /** @throws IllegalArgumentException with a sentence, if there is no such kind */
    Set<FaultKind> kinds() {
        if (faults == null) {
            if (file != null) {
                throw new IllegalArgumentException("--faults-file is nothing without --faults");
            }
            return Set.of();
        }
        try {
            return FaultKind.parse(faults);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--faults: " + e.getMessage(), e);
        }
    }

    @Nullable
    Path file() {
        return file;
    }
}

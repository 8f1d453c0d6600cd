package org.heliograph.telemetry.site;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How an inverter numbers its states: SunSpec's models have the same ones, but don't count them from the same number. */
public enum InverterStates {
    /** Models 101 to 103 and 111 to 113. */
    SUNSPEC_103("sunspec-103", 1, "mppt"),
    /** Model 701, of distributed energy resources. */
    SUNSPEC_701("sunspec-701", 0, "running");

    private static final String FAULT = "fault";
    private static final String SLEEPING = "sleeping";
    private static final int RUNNING = 3;
    private static final List<String> NAMES =
            List.of("off", SLEEPING, "starting", "running", "throttled", "shutting_down", FAULT, "standby");

    private final String label;
    private final int first;
    private final String running;

    InverterStates(String label, int first, String running) {
        this.label = label;
        this.first = first;
        this.running = running;
    }

    /** @throws IllegalArgumentException with a sentence, if nothing is called that */
    static InverterStates labelled(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + label + "' is no way to number states: "
                        + Arrays.stream(values()).map(one -> one.label).collect(Collectors.joining(", "))));
    }

    /** What a state is called; empty for a number that none has. */
    public Optional<String> name(double state) {
        double place = state - first;
        if (place != Math.rint(place) || place < 0 || place >= NAMES.size()) {
            return Optional.empty();
        }
        return Optional.of(place == RUNNING ? running : NAMES.get((int) place));
    }

    /** The number of the state of a fault. */
    public int fault() {
        return first + NAMES.indexOf(FAULT);
    }

    /** The number of the state by night. */
    public int sleeping() {
        return first + NAMES.indexOf(SLEEPING);
    }

    /** The number of the state by day. */
    public int running() {
        return first + RUNNING;
    }

    public boolean isFault(double state) {
        return name(state).filter(FAULT::equals).isPresent();
    }
}

package org.heliograph.sim.fault;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What can go wrong with a device or with what it says. */
public enum FaultKind {
    /** Some of its messages are lost. */
    DROP("drop"),
    /** Its messages come twice. */
    DUPLICATE("duplicate"),
    /** Its messages overtake each other. */
    REORDER("reorder"),
    /** Its messages come hours later, up to 47. */
    DELAY("delay"),
    /** Nothing is heard of a few neighbouring devices for an hour. */
    OUTAGE("outage"),
    /** The register falls to zero and counts from there. */
    RESET("reset"),
    /** The register comes to its modulus and goes on at zero. */
    ROLLOVER("rollover"),
    /** The register stands still while power flows: only its display, or the counter itself. */
    STUCK("stuck"),
    /** The unit is replaced by another: a new serial number, a register that counted elsewhere. */
    SWAP("swap"),
    /** One reading of the register is far too high. */
    SPIKE("spike"),
    /** The register shows zero for a few readings and comes back. */
    GLITCH("glitch"),
    /** The device's clock is wrong for a while. */
    SKEW("skew");

    private final String label;

    FaultKind(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<FaultKind> labelled(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }

    /**
     * {@code all}, or labels with commas between them.
     *
     * @throws IllegalArgumentException with a sentence, if there is no such kind
     */
    public static Set<FaultKind> parse(String text) {
        if (text.strip().equals("all")) {
            return Collections.unmodifiableSet(EnumSet.allOf(FaultKind.class));
        }
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (String label : text.split(",", -1)) {
            kinds.add(labelled(label.strip())
                    .orElseThrow(() -> new IllegalArgumentException("'" + label.strip()
                            + "' is not a kind of fault; there are all, "
                            + Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", ")))));
        }
        return Collections.unmodifiableSet(kinds);
    }
}

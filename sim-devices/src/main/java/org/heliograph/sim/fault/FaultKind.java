package org.heliograph.sim.fault;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

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
    SKEW("skew"),
    /** What it can raise an alarm about is the matter: a breaker, a leak, heat, a fault of its own. */
    ALARM("alarm");

    /** Registers that count all day, of devices that also show their power. */
    private static final Set<Role> STEADY = EnumSet.of(Role.IT, Role.FLOOR_PDU, Role.UPS, Role.COOLING, Role.AUXILIARY);

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

    /** Whether the register shows something else than the truth. */
    boolean changesCounter() {
        return switch (this) {
            case RESET, ROLLOVER, STUCK, SWAP, SPIKE, GLITCH -> true;
            case DROP, DUPLICATE, REORDER, DELAY, OUTAGE, SKEW, ALARM -> false;
        };
    }

    /** Whether it makes sense of that device. */
    boolean canBeOf(Device device) {
        boolean counts = device.role().countsEnergy();
        // cooling units and room sensors are asked: they show their last readings instead of sending them
        boolean sends = device.role() != Role.COOLING && device.role() != Role.ROOM;
        return switch (this) {
            case DROP, OUTAGE -> true;
            case DUPLICATE, REORDER, DELAY -> sends;
            case RESET, STUCK, SPIKE, GLITCH -> counts;
            case SKEW -> counts;
            case SWAP -> counts && sends;
            case ROLLOVER -> Planning.modulus(device).isPresent();
            case ALARM -> Fault.Alarm.canBeOf(device);
        };
    }

    /**
     * Whether a plan that is drawn may give it to that device: one of which nobody knows what to expect would prove
     * nothing.
     */
    boolean isDrawnFor(Device device) {
        return canBeOf(device)
                && switch (this) {
                    case DROP, DUPLICATE, REORDER, DELAY, OUTAGE ->
                        device.role().countsEnergy();
                    case RESET, STUCK, SWAP, SPIKE, GLITCH, SKEW -> STEADY.contains(device.role());
                    case ROLLOVER, ALARM -> true;
                };
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
            kinds.add(labelled(label.strip()).orElseThrow(() -> unknown(label.strip(), "all, ")));
        }
        return Collections.unmodifiableSet(kinds);
    }

    /**
     * The one of that label.
     *
     * @throws IllegalArgumentException with a sentence, if there is none
     */
    public static FaultKind only(String label) {
        return labelled(label).orElseThrow(() -> unknown(label, ""));
    }

    private static IllegalArgumentException unknown(String label, String also) {
        return new IllegalArgumentException("'" + label + "' is not a kind of fault; there are " + also
                + Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", ")));
    }
}

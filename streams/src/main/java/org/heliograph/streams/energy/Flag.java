package org.heliograph.streams.energy;

import java.util.Arrays;

/** What was noticed about an energy. */
public enum Flag {
    /** Integrated from power, because the register didn't cover the time or isn't believed. */
    INTEGRATED("integrated"),
    /** Within a register segment longer than the point's maxGap: the total is exact, its distribution is not. */
    INTERPOLATED("interpolated"),
    /** The register left what it can show and came back: the readings between count nothing, the whole counts. */
    GLITCH("glitch"),
    /** The register fell, and hasn't counted from zero what it shows since: a hole. */
    DROP("drop"),
    /** A step that implies more than 1.1 times the rating, also with the readings around it: a hole. */
    SPIKE("spike"),
    /** The register fell and counts from zero: a lower bound. */
    RESET("reset"),
    /** The register went past its modulus: exact. */
    ROLLOVER("rollover"),
    /** Another unit's register: a hole between its first reading and the last of the one before. */
    SWAP("swap"),
    /** The newest reading is irregular: the next one decides; until then a hole. */
    QUARANTINE("quarantine"),
    /** The register stood still while the device's own power says otherwise: power is believed, and where that is missing nothing. */
    STUCK("stuck"),
    /** The register stood still while the device's power, which flowed before, wasn't read: the register is believed. */
    UNCHECKED("unchecked"),
    /** With a reading after a long silence: what was counted before the windows that can be restated is in none of them. */
    CARRIED("carried"),
    /** The register and the device's own power differ by more than half of the larger: the register is believed. */
    MISMATCH("mismatch");

    private final String label;

    Flag(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException if no flag is called that */
    public static Flag labelled(String label) {
        return Arrays.stream(values())
                .filter(flag -> flag.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no flag is called '" + label + "'"));
    }

    /** Whether an energy with this flag is an estimate: of how it was spread over time, or a lower bound. */
    public boolean isEstimate() {
        return this == INTEGRATED || this == INTERPOLATED || this == RESET;
    }
}

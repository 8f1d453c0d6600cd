package org.heliograph.streams.energy;

/** What was noticed about an energy. */
public enum Flag {
    /** Integrated from power, because the register didn't cover the minute. */
    INTEGRATED("integrated"),
    /** Within a register segment longer than the point's maxGap: the total is exact, its distribution is not. */
    INTERPOLATED("interpolated"),
    /** The register fell and came back: the dip booked nothing. */
    GLITCH("glitch"),
    /** The register fell: the segment of the fall is a hole. */
    DROP("drop"),
    /** A step that implies more than 1.1 times the rating: not counted. */
    SPIKE("spike");

    private final String label;

    Flag(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Whether an energy with this flag is an estimate of how energy was spread over time. */
    public boolean isEstimate() {
        return this == INTEGRATED || this == INTERPOLATED;
    }
}

package org.heliograph.streams.rollup;

/** Why a window's sums changed: what a restatement gives as its cause. */
public enum Cause {
    /** Readings that came after the window was final. */
    LATE_DATA("late-data"),
    /** An emission factor was revised, or a point of an intensity series came late or was stated anew. */
    FACTOR("factor");

    private final String label;

    Cause(String label) {
        this.label = label;
    }

    /** What stored windows and published figures say. */
    public String label() {
        return label;
    }
}

package org.heliograph.telemetry.wire;

/** Numbers of packs, from the first to the last, both included. */
public record SequenceRange(long first, long last) {
    public SequenceRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no range of numbers: " + first + " to " + last);
        }
    }

    /** How many there are; as many as a long counts where there are more. */
    public long size() {
        return last - first == Long.MAX_VALUE ? Long.MAX_VALUE : last - first + 1;
    }
}

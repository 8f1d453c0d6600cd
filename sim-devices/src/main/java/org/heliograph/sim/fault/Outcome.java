package org.heliograph.sim.fault;

/** What may be expected of a figure, the best first. */
public enum Outcome {
    /** It equals the truth. */
    EXACT,
    /** Over the whole of a stretch it equals the truth; how it is spread within is a guess. */
    TOTAL,
    /** It can't be known: it says so. */
    MARKED,
    /** It can't be known, and nobody can notice. */
    UNKNOWABLE;

    public String label() {
        return switch (this) {
            case EXACT -> "exact";
            case TOTAL -> "total";
            case MARKED -> "marked";
            case UNKNOWABLE -> "unknowable";
        };
    }

    public Outcome worst(Outcome other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

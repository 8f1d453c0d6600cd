package org.heliograph.sim.fault;

/** By how much a figure may differ from the truth. */
public record Allowance(long belowMillijoules, long aboveMillijoules) {
    public static final Allowance NONE = new Allowance(0, 0);

    public boolean isNone() {
        return belowMillijoules == 0 && aboveMillijoules == 0;
    }

    /** The allowance of the sum of two figures. */
    public Allowance plus(Allowance other) {
        return new Allowance(belowMillijoules + other.belowMillijoules, aboveMillijoules + other.aboveMillijoules);
    }

    /** The allowance of the figure with the opposite sign. */
    public Allowance negated() {
        return new Allowance(aboveMillijoules, belowMillijoules);
    }

    public boolean allows(long figure, long truth) {
        return figure >= truth - belowMillijoules && figure <= truth + aboveMillijoules;
    }
}

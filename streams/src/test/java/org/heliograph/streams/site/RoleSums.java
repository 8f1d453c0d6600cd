package org.heliograph.streams.site;

/** Sums of a role for tests. */
public final class RoleSums {
    private RoleSums() {}

    /** Of devices that said what the role counts, whichever they are. */
    public static RoleSum of(
            long forwardMillijoules, long reverseMillijoules, int covered, int reverseKnown, int estimated) {
        return new RoleSum(
                forwardMillijoules,
                reverseMillijoules,
                DeviceSet.unnamed(covered),
                DeviceSet.unnamed(reverseKnown),
                estimated,
                1);
    }
}

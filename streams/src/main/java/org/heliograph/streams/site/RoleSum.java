package org.heliograph.streams.site;

/**
 * What devices of one role add up to over a minute.
 *
 * @param forwardMillijoules what the role counts: import, discharge, production or consumption
 * @param reverseMillijoules the other direction: export, charge; or what a UPS draws at its input; 0 where there is none
 * @param covered the devices that covered the whole minute
 * @param reverseKnown the devices that said something of that
 * @param estimated how many devices' energies are integrated or interpolated
 * @param forwardKnown how many devices said something of what the role counts: a meter may say the other direction alone
 */
public record RoleSum(
        long forwardMillijoules,
        long reverseMillijoules,
        DeviceSet covered,
        DeviceSet reverseKnown,
        int estimated,
        int forwardKnown) {
    public static final RoleSum NONE = new RoleSum(0, 0, DeviceSet.NONE, DeviceSet.NONE, 0, 0);

    /**
     * What it is where the site model doesn't have these devices in the role (any more): the energy was used, but none of
     * them stands in for one that the role expects.
     */
    RoleSum unexpected() {
        return new RoleSum(
                forwardMillijoules, reverseMillijoules, DeviceSet.NONE, DeviceSet.NONE, estimated, forwardKnown);
    }

    RoleSum plus(RoleSum other) {
        return new RoleSum(
                Math.addExact(forwardMillijoules, other.forwardMillijoules),
                Math.addExact(reverseMillijoules, other.reverseMillijoules),
                covered.plus(other.covered),
                reverseKnown.plus(other.reverseKnown),
                estimated + other.estimated,
                forwardKnown + other.forwardKnown);
    }
}

package org.heliograph.sim.ledger;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * What really happened on the site in a window: exact energies in millijoules (docs/figures.md names them).
 *
 * @param it1Millijoules at the UPS outputs
 * @param it2Millijoules at the floor PDUs' outputs
 * @param it3Millijoules at the IT equipment's inputs
 * @param feederLossMillijoules between floor PDUs and racks: {@code it2 - it3}
 * @param floorPduLossMillijoules {@code it1 - it2}
 */
public record SiteTruth(
        Instant from,
        Instant to,
        long importMillijoules,
        long exportMillijoules,
        long pvMillijoules,
        long it1Millijoules,
        long it2Millijoules,
        long it3Millijoules,
        long coolingMillijoules,
        long auxiliaryMillijoules,
        long feederLossMillijoules,
        long floorPduLossMillijoules,
        long upsLossMillijoules,
        long transformerLossMillijoules) {

    /** {@code E_DC = import + PV - export}. */
    public long dcMillijoules() {
        return importMillijoules + pvMillijoules - exportMillijoules;
    }

    /** {@code E_self = PV - export}; the sum over minutes telescopes to the same. */
    public long selfMillijoules() {
        return pvMillijoules - exportMillijoules;
    }

    /** All that {@code E_DC} went into. Equal to it, or the plant is broken. */
    public long consumedMillijoules() {
        return it3Millijoules
                + feederLossMillijoules
                + floorPduLossMillijoules
                + upsLossMillijoules
                + coolingMillijoules
                + auxiliaryMillijoules
                + transformerLossMillijoules;
    }

    /** Absent when there was no IT energy. */
    public OptionalDouble pue1() {
        return ratio(dcMillijoules(), it1Millijoules);
    }

    public OptionalDouble pue2() {
        return ratio(dcMillijoules(), it2Millijoules);
    }

    public OptionalDouble pue3() {
        return ratio(dcMillijoules(), it3Millijoules);
    }

    /** Absent when the sun didn't shine. */
    public OptionalDouble selfConsumption() {
        return ratio(selfMillijoules(), pvMillijoules);
    }

    public OptionalDouble selfSufficiency() {
        return ratio(selfMillijoules(), dcMillijoules());
    }

    private static OptionalDouble ratio(long numerator, long denominator) {
        return denominator == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) numerator / denominator);
    }
}

package org.heliograph.sim.ledger;

import java.util.OptionalDouble;

/**
 * What a window's energies emitted and avoided (docs/figures.md says how), in micrograms, each of its minutes rounded half up.
 *
 * @param avoided by the used solar energy, by the grid's average factor
 * @param avoidedMarginal the same by its marginal factor
 * @param exported the credit for what was exported, by the average factor
 * @param imported what the import emitted, location-based
 */
public record CarbonTruth(long avoided, long avoidedMarginal, long exported, long imported) {
    static final CarbonTruth NONE = new CarbonTruth(0, 0, 0, 0);

    /** 3.6e9 mJ are a kWh, 1e9 micrograms a kilogram. */
    private static final double MILLIJOULES_PER_MICROGRAM_AT_ONE = 3.6;

    /** PV emits 45 g for each kWh over its life: a microgram for each 80 mJ. */
    private static final long LIFECYCLE_MILLIJOULES = 80;

    CarbonTruth plus(CarbonTruth other) {
        return new CarbonTruth(
                avoided + other.avoided,
                avoidedMarginal + other.avoidedMarginal,
                exported + other.exported,
                imported + other.imported);
    }

    /** Kilograms for each kWh of the IT; absent when there was no IT energy. */
    public OptionalDouble effectiveness(long itMillijoules) {
        return itMillijoules == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(imported * MILLIJOULES_PER_MICROGRAM_AT_ONE / itMillijoules);
    }

    /** What is avoided less what the solar energy of the same window emits over the panels' lives, rounded down. */
    public long lifecycle(long pvMillijoules) {
        return Math.floorDiv(avoided * LIFECYCLE_MILLIJOULES - pvMillijoules, LIFECYCLE_MILLIJOULES);
    }
}

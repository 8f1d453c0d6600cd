package org.heliograph.streams.indicator;

/**
 * What adds up over minutes: energies in millijoules, masses in micrograms, and numbers of minutes. Stored sums are in this
 * order: append, never insert or remove.
 */
public enum Sum {
    IMPORT,
    EXPORT,
    PV,
    SELF,
    CHARGE,
    DISCHARGE,
    GENERATOR,
    DC,
    IT1,
    IT2,
    IT3,
    COOLING,
    AUXILIARY,

    // Minutes in which the energy above is known; a figure of none is absent.
    GRID_MINUTES,
    PV_MINUTES,
    SELF_MINUTES,
    BATTERY_MINUTES,
    GENERATOR_MINUTES,
    DC_MINUTES,
    IT1_MINUTES,
    IT2_MINUTES,
    IT3_MINUTES,
    COOLING_MINUTES,
    AUXILIARY_MINUTES,

    // Minutes in which the site has meters of a PUE category, whether they were heard or not.
    METERED1_MINUTES,
    METERED2_MINUTES,
    METERED3_MINUTES,

    // Matched minutes: numerator and denominator of a ratio, over the minutes that cover both.
    PUE1_DC,
    PUE1_IT,
    PUE1_MINUTES,
    PUE2_DC,
    PUE2_IT,
    PUE2_MINUTES,
    PUE3_DC,
    PUE3_IT,
    PUE3_MINUTES,
    CONSUMPTION_SELF,
    CONSUMPTION_PV,
    CONSUMPTION_MINUTES,
    SUFFICIENCY_SELF,
    SUFFICIENCY_DC,
    SUFFICIENCY_MINUTES,
    // Of minutes that older programs added up: the CUE of the highest category that the minute's site had meters for.
    CUE_MICROGRAMS,
    CUE_IT,
    CUE_MINUTES,

    CO2_AVOIDED,
    CO2_AVOIDED_MARGINAL,
    CO2_EXPORT,
    CO2_LOCATION,
    CO2_AVERAGE_MINUTES,
    CO2_MARGINAL_MINUTES,
    CO2_GRID_MINUTES,

    /** Minutes in which any energy is integrated or interpolated. */
    ESTIMATED_MINUTES,
    /** Minutes in which every expected device covered the whole minute. */
    COMPLETE_MINUTES,

    /** Minutes in which export is known. */
    EXPORT_MINUTES,

    /** Minutes in which the battery's charge is known. */
    CHARGE_MINUTES,
    /** Minutes in which the generator ran and nobody knows what its fuel emits: no CUE. */
    UNKNOWN_FUEL_MINUTES,
    /** Minutes in which what is exported is known, and the factor to credit it with. */
    CO2_EXPORT_MINUTES,

    // Where the site's energy goes, over the minutes in which all of its meters were covered and measured.
    PARTS_DC,
    PARTS_IT,
    PARTS_COOLING,
    PARTS_AUXILIARY,
    PARTS_DISTRIBUTION,
    PARTS_MINUTES,

    // Covered minutes of an energy, beyond those in which it is known: -1 for a minute that not all of its devices
    // covered, 1 for one in which the site had none of them. Older programs stored none: known was covered to them.
    GRID_COVER,
    EXPORT_COVER,
    PV_COVER,
    SELF_COVER,
    BATTERY_COVER,
    CHARGE_COVER,
    GENERATOR_COVER,
    IT1_COVER,
    IT2_COVER,
    IT3_COVER,
    COOLING_COVER,
    AUXILIARY_COVER,

    // Matched minutes of the CUE in each category.
    CUE1_MICROGRAMS,
    CUE1_IT,
    CUE1_MINUTES,
    CUE2_MICROGRAMS,
    CUE2_IT,
    CUE2_MINUTES,
    CUE3_MICROGRAMS,
    CUE3_IT,
    CUE3_MINUTES;

    /** Its place in stored sums. */
    @SuppressWarnings("EnumOrdinal") // the order is the storage format, and said to be so
    public int index() {
        return ordinal();
    }
}

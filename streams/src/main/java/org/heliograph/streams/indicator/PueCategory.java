package org.heliograph.streams.indicator;

/** Where IT energy is measured (ISO/IEC 30134-2, clause 6.3). */
public enum PueCategory {
    /** At the UPS output. */
    PUE1(Sum.PUE1_DC, Sum.PUE1_IT, Sum.PUE1_MINUTES, Sum.METERED1_MINUTES, Sum.IT1, Sum.IT1_MINUTES),
    /** At the PDU output. */
    PUE2(Sum.PUE2_DC, Sum.PUE2_IT, Sum.PUE2_MINUTES, Sum.METERED2_MINUTES, Sum.IT2, Sum.IT2_MINUTES),
    /** At the IT equipment's input. */
    PUE3(Sum.PUE3_DC, Sum.PUE3_IT, Sum.PUE3_MINUTES, Sum.METERED3_MINUTES, Sum.IT3, Sum.IT3_MINUTES);

    final Sum matchedDc;
    final Sum matchedIt;
    final Sum matchedMinutes;
    final Sum meteredMinutes;
    final Sum energy;
    final Sum energyMinutes;

    PueCategory(Sum matchedDc, Sum matchedIt, Sum matchedMinutes, Sum meteredMinutes, Sum energy, Sum energyMinutes) {
        this.matchedDc = matchedDc;
        this.matchedIt = matchedIt;
        this.matchedMinutes = matchedMinutes;
        this.meteredMinutes = meteredMinutes;
        this.energy = energy;
        this.energyMinutes = energyMinutes;
    }
}

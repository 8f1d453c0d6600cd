package org.heliograph.streams.indicator;

import java.util.List;
import org.heliograph.telemetry.site.Role;

/** Where IT energy is measured (ISO/IEC 30134-2, clause 6.3). */
public enum PueCategory {
    /** At the UPS output. */
    PUE1(
            Role.UPS,
            Sum.PUE1_DC,
            Sum.PUE1_IT,
            Sum.PUE1_MINUTES,
            Sum.METERED1_MINUTES,
            Sum.IT1,
            Sum.IT1_MINUTES,
            Sum.IT1_COVER,
            Sum.CUE1_MICROGRAMS,
            Sum.CUE1_IT,
            Sum.CUE1_MINUTES),
    /** At the PDU output. */
    PUE2(
            Role.FLOOR_PDU,
            Sum.PUE2_DC,
            Sum.PUE2_IT,
            Sum.PUE2_MINUTES,
            Sum.METERED2_MINUTES,
            Sum.IT2,
            Sum.IT2_MINUTES,
            Sum.IT2_COVER,
            Sum.CUE2_MICROGRAMS,
            Sum.CUE2_IT,
            Sum.CUE2_MINUTES),
    /** At the IT equipment's input. */
    PUE3(
            Role.IT,
            Sum.PUE3_DC,
            Sum.PUE3_IT,
            Sum.PUE3_MINUTES,
            Sum.METERED3_MINUTES,
            Sum.IT3,
            Sum.IT3_MINUTES,
            Sum.IT3_COVER,
            Sum.CUE3_MICROGRAMS,
            Sum.CUE3_IT,
            Sum.CUE3_MINUTES);

    /** The higher, the nearer to the equipment. */
    public static final List<PueCategory> HIGHEST_FIRST = List.of(PUE3, PUE2, PUE1);

    final Role role;
    final Sum matchedDc;
    final Sum matchedIt;
    final Sum matchedMinutes;
    final Sum meteredMinutes;
    final Sum energy;
    final Sum energyMinutes;
    final Sum energyCover;
    final Sum cueMicrograms;
    final Sum cueIt;
    final Sum cueMinutes;

    PueCategory(
            Role role,
            Sum matchedDc,
            Sum matchedIt,
            Sum matchedMinutes,
            Sum meteredMinutes,
            Sum energy,
            Sum energyMinutes,
            Sum energyCover,
            Sum cueMicrograms,
            Sum cueIt,
            Sum cueMinutes) {
        this.role = role;
        this.matchedDc = matchedDc;
        this.matchedIt = matchedIt;
        this.matchedMinutes = matchedMinutes;
        this.meteredMinutes = meteredMinutes;
        this.energy = energy;
        this.energyMinutes = energyMinutes;
        this.energyCover = energyCover;
        this.cueMicrograms = cueMicrograms;
        this.cueIt = cueIt;
        this.cueMinutes = cueMinutes;
    }

    /** Whose meters measure it. */
    public Role role() {
        return role;
    }
}

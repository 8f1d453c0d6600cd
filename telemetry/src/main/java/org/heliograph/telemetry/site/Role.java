package org.heliograph.telemetry.site;

import java.util.Arrays;
import java.util.Optional;

/** What a device's energy counts as in the site's balance. */
public enum Role {
    /** Utility meter at the connection point: import and export registers. */
    GRID("grid"),
    /** Photovoltaic inverter, metered at its AC output. */
    PV("pv"),
    BATTERY("battery"),
    GENERATOR("generator"),
    /** UPS output: the IT energy of PUE category 1 (ISO/IEC 30134-2). */
    UPS("ups"),
    /** Floor PDU output: category 2. */
    FLOOR_PDU("floor-pdu"),
    /** Metered rack PDU, the IT equipment's input: category 3. */
    IT("it"),
    COOLING("cooling"),
    AUXILIARY("auxiliary"),
    /** Environment of a room: no energy. */
    ROOM("room");

    private final String label;

    Role(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Whether a device in this role takes part in the energy balance. */
    public boolean countsEnergy() {
        return this != ROOM;
    }

    public static Optional<Role> labelled(String label) {
        return Arrays.stream(values()).filter(role -> role.label.equals(label)).findFirst();
    }
}

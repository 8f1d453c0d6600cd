package org.heliograph.streams.energy;

/**
 * One reading of a register.
 *
 * @param timeMillis epoch milliseconds
 * @param serial the serial number of the unit that it is of; empty when nobody says
 */
public record RegisterReading(long timeMillis, long millijoules, String serial) {

    /** Whether both are of one unit, as far as anybody says. */
    boolean isOfSameUnit(RegisterReading other) {
        return serial.isEmpty() || other.serial.isEmpty() || serial.equals(other.serial);
    }
}

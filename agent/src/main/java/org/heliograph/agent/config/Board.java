package org.heliograph.agent.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * What hangs on the pins and buses of the machine itself.
 *
 * @param led null without one
 */
public record Board(
        List<Pulses> pulses,
        List<Contact> contacts,
        List<Sensor> sensors,
        @Nullable Led led) {
    public static final Board NONE = new Board(List.of(), List.of(), List.of(), null);

    public Board {
        pulses = List.copyOf(pulses);
        contacts = List.copyOf(contacts);
        sensors = List.copyOf(sensors);
    }

    /** Whether anything there gives readings. */
    public boolean hasInputs() {
        return !pulses.isEmpty() || !contacts.isEmpty() || !sensors.isEmpty();
    }

    /** Whose inputs these are. */
    Set<String> devices() {
        Set<String> devices = new HashSet<>();
        pulses.forEach(input -> devices.add(input.device()));
        contacts.forEach(input -> devices.add(input.device()));
        sensors.forEach(input -> devices.add(input.device()));
        return devices;
    }

    /** How many inputs give readings. */
    public int inputs() {
        return pulses.size() + contacts.size() + sensors.size();
    }

    /**
     * An S0 pulse output on a pin.
     *
     * @param pin in the numbering of the chip (BCM), not of the header
     * @param pulsesPerKilowattHour as on the meter's plate
     * @param debounce shorter changes are noise
     * @param period how often the register is reported
     */
    public record Pulses(
            String device, int pin, Point point, int pulsesPerKilowattHour, Duration debounce, Duration period) {}

    /**
     * A leak or door contact between a pin and ground.
     *
     * @param point leak or door
     * @param normallyOpen whether the contact is open while all is well; else a cut wire raises it, too
     * @param raised the value of the point while it isn't well: 1 (a warning, or open) or 2 (critical)
     * @param debounce a change counts once it has lasted so long
     * @param heartbeat how often the state is reported without a change
     */
    public record Contact(
            String device,
            int pin,
            Point point,
            boolean normallyOpen,
            int raised,
            Duration debounce,
            Duration heartbeat) {}

    /** A sensor on an I2C bus, measured at its period. */
    public record Sensor(String device, Chip chip, int bus, int address, Duration period) {}

    /** What kind of sensor it is. */
    public sealed interface Chip {
        /** Sensirion SHT30, 31 or 35: temperature and humidity. */
        record Sht3x() implements Chip {}

        /** Texas Instruments INA219: voltage, current and power of a direct-current feed. */
        record Ina219(Shunt shunt) implements Chip {}

        /** Texas Instruments INA226: the same, finer. */
        record Ina226(Shunt shunt) implements Chip {}
    }

    /** @param maxAmperes the largest current that can be told; the resolution is the 32,768th part of it */
    public record Shunt(double ohms, double maxAmperes) {}

    /** A light that shows how the agent is doing. */
    public record Led(int pin, boolean activeLow) {}
}

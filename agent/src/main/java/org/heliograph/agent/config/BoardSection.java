package org.heliograph.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the parts {@code gpio}, {@code i2c} and {@code led} of {@code agent.yaml}. For one file. */
final class BoardSection {
    private static final int PIN_MAX = 1_000;
    private static final int PULSES_MAX = 1_000_000;
    private static final Duration PULSE_DEBOUNCE = Duration.ofMillis(3);
    /** The shortest pulse of IEC 62053-31: a longer debounce would swallow it. */
    private static final Duration PULSE_DEBOUNCE_MAX = Duration.ofMillis(30);

    private static final Duration CONTACT_DEBOUNCE = Duration.ofMillis(50);
    private static final Duration CONTACT_DEBOUNCE_MAX = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT_MAX = Duration.ofMinutes(10);
    private static final int WARNING = 1;
    private static final int CRITICAL = 2;

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration PERIOD_MIN = Duration.ofMillis(100);
    private static final int BUS = 1;
    private static final int BUS_MAX = 255;
    private static final int ADDRESS_MIN = 0x08;
    private static final int ADDRESS_MAX = 0x77;
    private static final int SHT3X_ADDRESS = 0x44;
    private static final int INA_ADDRESS = 0x40;
    private static final double OHMS_MIN = 0.0001;
    private static final double OHMS_MAX = 10;
    private static final double AMPERES_MIN = 0.001;
    private static final double AMPERES_MAX = 1_000;
    /** The widest range of the INA219, and the only one of the INA226. */
    private static final double INA219_VOLTS_MAX = 0.32;

    private static final double INA226_VOLTS_MAX = 0.0819;
    /** Much below it, the calibration doesn't fit into the INA219's register; and there would be little to measure. */
    private static final double VOLTS_MIN = 0.025;

    private final Set<String> devices;
    private final Set<String> points = new HashSet<>();
    private final Set<Integer> pins = new HashSet<>();
    private final Set<String> own = new HashSet<>();

    private final List<Board.Pulses> pulses = new ArrayList<>();
    private final List<Board.Contact> contacts = new ArrayList<>();
    private final List<Board.Sensor> sensors = new ArrayList<>();

    private BoardSection(Set<String> devices) {
        this.devices = devices;
    }

    /** @param devices that other sources have; those of the board are added */
    static Board read(Section top, Set<String> devices) {
        BoardSection board = new BoardSection(devices);
        for (Section section : top.sections("gpio")) {
            board.pin(section);
            section.finish();
        }
        Set<String> places = new HashSet<>();
        for (Section section : top.sections("i2c")) {
            board.sensor(section, places);
            section.finish();
        }
        Board.Led led = board.led(top);
        return new Board(board.pulses, board.contacts, board.sensors, led);
    }

    private void pin(Section section) {
        String device = device(section);
        int pin = pinOf(section);
        Point point = section.optional("point", BoardSection::point).orElse(Point.ENERGY);
        takes(section, device, point);
        if (point.isRegister()) {
            pulses.add(pulses(section, device, pin, point));
        } else {
            contacts.add(contact(section, device, pin, point));
        }
    }

    private static Board.Pulses pulses(Section section, String device, int pin, Point point) {
        if (!section.has("pulsesPerKilowattHour")) {
            section.flaw("pulsesPerKilowattHour", "is missing; the meter's plate has it");
        }
        int perKilowattHour = section.integer("pulsesPerKilowattHour", 1_000, 1, PULSES_MAX);
        Duration debounce = section.duration("debounce", PULSE_DEBOUNCE);
        if (debounce.compareTo(PULSE_DEBOUNCE_MAX) >= 0) {
            section.flaw("debounce", "is not below " + PULSE_DEBOUNCE_MAX + ", the shortest pulse of an S0 output");
        }
        return new Board.Pulses(device, pin, point, perKilowattHour, debounce, period(section));
    }

    private static Board.Contact contact(Section section, String device, int pin, Point point) {
        boolean normallyOpen =
                section.optional("contact", BoardSection::isNormallyOpen).orElse(point == Point.LEAK);
        int raised = WARNING;
        if (point == Point.LEAK) {
            raised = section.optional("severity", BoardSection::severity).orElse(CRITICAL);
        }
        Duration debounce = section.duration("debounce", CONTACT_DEBOUNCE);
        if (debounce.compareTo(CONTACT_DEBOUNCE_MAX) > 0) {
            section.flaw("debounce", "is above " + CONTACT_DEBOUNCE_MAX);
        }
        Duration heartbeat = section.duration("heartbeat", HEARTBEAT);
        if (heartbeat.compareTo(PERIOD_MIN) < 0 || heartbeat.compareTo(HEARTBEAT_MAX) > 0) {
            section.flaw("heartbeat", "is not between " + PERIOD_MIN + " and " + HEARTBEAT_MAX);
        }
        return new Board.Contact(device, pin, point, normallyOpen, raised, debounce, heartbeat);
    }

    private void sensor(Section section, Set<String> places) {
        String device = device(section);
        int bus = section.integer("bus", BUS, 0, BUS_MAX);
        Board.Chip chip = chip(section);
        Point first = chip instanceof Board.Chip.Sht3x ? Point.INLET_TEMP : Point.VOLTAGE;
        Optional<Integer> stated = section.optional("address", BoardSection::address);
        int address = stated.orElse(chip instanceof Board.Chip.Sht3x ? SHT3X_ADDRESS : INA_ADDRESS);
        takes(section, device, first);
        if (stated.isPresent() == section.has("address") && !places.add(bus + "/" + address)) {
            section.flaw("address", "0x" + Integer.toHexString(address) + " of bus " + bus + " is used twice");
        }
        sensors.add(new Board.Sensor(device, chip, bus, address, period(section)));
    }

    private static Board.Chip chip(Section section) {
        String chip = section.parsed("chip", BoardSection::chipName, "sht3x");
        return switch (chip) {
            case "ina219" -> new Board.Chip.Ina219(shunt(section, INA219_VOLTS_MAX));
            case "ina226" -> new Board.Chip.Ina226(shunt(section, INA226_VOLTS_MAX));
            default -> new Board.Chip.Sht3x();
        };
    }

    private static Board.Shunt shunt(Section section, double voltsMax) {
        for (String key : List.of("shuntOhms", "maxAmperes")) {
            if (!section.has(key)) {
                section.flaw(key, "is missing");
            }
        }
        double ohms = section.decimal("shuntOhms", 1, OHMS_MIN, OHMS_MAX);
        double amperes = section.decimal("maxAmperes", voltsMax, AMPERES_MIN, AMPERES_MAX);
        // in steps of 0.1 mV, as it is said: 0.1 ohm and 3.2 A, which every breakout has, are a little more than 0.32
        // in binary
        double volts = Math.round(ohms * amperes * 1e4) / 1e4;
        if (section.has("shuntOhms") && section.has("maxAmperes") && (volts > voltsMax || volts < VOLTS_MIN)) {
            section.flaw(
                    "maxAmperes",
                    "drops " + Math.round(volts * 1e4) / 10.0 + " mV at the shunt, not " + VOLTS_MIN * 1e3 + " to "
                            + voltsMax * 1e3 + " mV, which this chip measures");
        }
        return new Board.Shunt(ohms, amperes);
    }

    private Board.@Nullable Led led(Section top) {
        if (!top.has("led")) {
            return null;
        }
        Section section = top.section("led");
        Board.Led led = new Board.Led(pinOf(section), section.flag("activeLow", false));
        section.finish();
        return led;
    }

    private int pinOf(Section section) {
        if (!section.has("pin")) {
            section.flaw("pin", "is missing");
        }
        int pin = section.integer("pin", 0, 0, PIN_MAX);
        if (section.has("pin") && !pins.add(pin)) {
            section.flaw("pin", "is used twice");
        }
        return pin;
    }

    /** A device of the board may have several inputs, of different points. */
    private String device(Section section) {
        String device = section.parsed("device", AgentFile::name, "device");
        if (section.has("device") && own.add(device) && !devices.add(device)) {
            section.flaw("device", "'" + device + "' is configured twice");
        }
        return device;
    }

    private void takes(Section section, String device, Point point) {
        if (section.has("device") && !points.add(device + ":" + point.label())) {
            section.flaw("device", "'" + device + "' has its " + point.label() + " already");
        }
    }

    private static Duration period(Section section) {
        Duration period = section.duration("period", PERIOD);
        if (period.compareTo(PERIOD_MIN) < 0) {
            section.flaw("period", "is below " + PERIOD_MIN);
        }
        return period;
    }

    private static Point point(String label) {
        return Point.labelled(label)
                .filter(point -> point.isRegister() || point == Point.LEAK || point == Point.DOOR)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + label + "' is neither a register such as energy, nor leak, nor door"));
    }

    private static boolean isNormallyOpen(String text) {
        return switch (text) {
            case "normally-open" -> true;
            case "normally-closed" -> false;
            default ->
                throw new IllegalArgumentException("'" + text + "' is neither normally-open nor normally-closed");
        };
    }

    private static int severity(String text) {
        return switch (text) {
            case "warning" -> WARNING;
            case "critical" -> CRITICAL;
            default -> throw new IllegalArgumentException("'" + text + "' is neither warning nor critical");
        };
    }

    private static String chipName(String text) {
        return switch (text) {
            case "sht3x", "ina219", "ina226" -> text;
            default -> throw new IllegalArgumentException("'" + text + "' is not one of sht3x, ina219, ina226");
        };
    }

    private static int address(String text) {
        int address;
        try {
            address = Integer.decode(text);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "' is not an address such as 0x44");
        }
        if (address < ADDRESS_MIN || address > ADDRESS_MAX) {
            throw new IllegalArgumentException("'" + text + "' is not between 0x08 and 0x77");
        }
        return address;
    }
}

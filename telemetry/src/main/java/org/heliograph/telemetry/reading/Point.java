package org.heliograph.telemetry.reading;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.heliograph.telemetry.quantity.Unit;

/** What can be read of a device. The number travels on the wire and is never reused; the name is what people meet. */
public enum Point {
    POWER(1, "power", Unit.WATT),
    ENERGY(2, "energy", Unit.WATT_HOUR),
    ENERGY_IMPORT(3, "energy_import", Unit.WATT_HOUR),
    ENERGY_EXPORT(4, "energy_export", Unit.WATT_HOUR),
    ENERGY_CHARGE(5, "energy_charge", Unit.WATT_HOUR),
    ENERGY_DISCHARGE(6, "energy_discharge", Unit.WATT_HOUR),
    VOLTAGE(7, "voltage", Unit.VOLT),
    CURRENT(8, "current", Unit.AMPERE),
    FREQUENCY(9, "frequency", Unit.HERTZ),
    POWER_FACTOR(10, "power_factor", Unit.RATIO),
    APPARENT_POWER(11, "apparent_power", Unit.VOLT_AMPERE),
    SUPPLY_TEMP(12, "supply_temp", Unit.CELSIUS),
    RETURN_TEMP(13, "return_temp", Unit.CELSIUS),
    SUPPLY_HUMIDITY(14, "supply_humidity", Unit.RELATIVE_HUMIDITY),
    FAN_SPEED(15, "fan_speed", Unit.PERCENT),
    COOLING_DEMAND(16, "cooling_demand", Unit.PERCENT),
    COMPRESSOR(17, "compressor", Unit.PERCENT),
    INLET_TEMP(18, "inlet_temp", Unit.CELSIUS),
    STATE(19, "state", Unit.NONE),
    EVENTS(20, "events", Unit.NONE),
    LEAK(21, "leak", Unit.NONE),
    DOOR(22, "door", Unit.NONE),
    BREAKER(23, "breaker", Unit.NONE),
    LOAD(24, "load", Unit.PERCENT);

    private static final Map<String, Point> BY_LABEL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Point::label, Function.identity()));
    private static final Map<Integer, Point> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Point::number, Function.identity()));

    private final int number;
    private final String label;
    private final Unit unit;

    Point(int number, String label, Unit unit) {
        this.number = number;
        this.label = label;
        this.unit = unit;
    }

    public int number() {
        return number;
    }

    /** The point's name outside: SenML, site model, InfluxDB. */
    public String label() {
        return label;
    }

    public Unit unit() {
        return unit;
    }

    /** Whether it counts energy (a register) rather than shows a value (a gauge). */
    public boolean isRegister() {
        return unit == Unit.WATT_HOUR;
    }

    public static Optional<Point> labelled(String label) {
        return Optional.ofNullable(BY_LABEL.get(label));
    }

    /** The point of a wire number; empty when a newer sender knows points that this program doesn't. */
    public static Optional<Point> numbered(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }
}

package org.heliograph.sim.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Noise;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.InverterStates;
import org.heliograph.telemetry.site.Role;

/** The instruments of one device: they read the integration as it stands now. */
public final class Instruments {
    private static final double POWER_FACTOR = 0.97;
    private static final double NORMAL = 0;
    private static final double MOST_SERIAL = 99_999_999;

    private final Device device;
    private final Integration integration;
    private final Noise noise;
    private final OptionalInt powerColumn;
    private final double ratingWatts;
    private final List<Instrument> instruments;
    private final List<Point> points;
    private final String serial;

    private record Instrument(Point point, int column, long periodSeconds) {}

    public Instruments(Device device, Integration integration, long seed) {
        this.device = device;
        this.integration = integration;
        Layout layout = integration.layout();
        noise = new Noise(seed).channel(device.id().hashCode());
        powerColumn = layout.column(device, device.role() == Role.GRID ? Point.ENERGY_IMPORT : Point.ENERGY);
        ratingWatts = Math.max(1, layout.ratingWatts(device));
        instruments = instruments(device, layout);
        points = instruments.stream().map(Instrument::point).toList();
        serial = device.serial().isEmpty()
                ? serial(noise.channel(integration.start().getEpochSecond()))
                : device.serial();
    }

    /** A number on the plate of a unit whose number the site model doesn't give. */
    private static String serial(Noise noise) {
        return "SN" + Math.round(noise.uniform(Long.MAX_VALUE) * MOST_SERIAL);
    }

    /** The points of the device's profile that it can show, registers first. */
    private static List<Instrument> instruments(Device device, Layout layout) {
        List<Instrument> instruments = new ArrayList<>();
        device.profile().points().forEach((point, spec) -> {
            OptionalInt column = layout.column(device, point);
            boolean needsPower = point == Point.POWER || point == Point.CURRENT || point == Point.APPARENT_POWER;
            boolean hasPower = device.role().countsEnergy();
            if (point.isRegister() ? column.isPresent() : hasPower || !needsPower) {
                instruments.add(new Instrument(point, column.orElse(-1), wholeSeconds(spec.period())));
            }
        });
        instruments.sort(Comparator.<Instrument>comparingInt(it -> it.point().isRegister() ? 0 : 1)
                .thenComparing(Instrument::point));
        return List.copyOf(instruments);
    }

    private static long wholeSeconds(Duration period) {
        return Math.max(1, period.toSeconds());
    }

    public Device device() {
        return device;
    }

    /** Reads every point. */
    public Snapshot read() {
        long now = integration.now().getEpochSecond();
        long[] amounts = new long[instruments.size()];
        for (int i = 0; i < amounts.length; i++) {
            Instrument instrument = instruments.get(i);
            amounts[i] = instrument.column() >= 0
                    ? integration.millijoules(instrument.column())
                    : Decimal.steps(instrument.point(), gauge(instrument.point(), now));
        }
        return new Snapshot(now, serial, points, amounts);
    }

    /** Whether a point is to be sampled at that second: by its period, and at every whole minute. */
    public boolean isDue(long epochSecond) {
        if (epochSecond % 60 == 0) {
            return true;
        }
        for (Instrument instrument : instruments) {
            if (epochSecond % instrument.periodSeconds() == 0) {
                return true;
            }
        }
        return false;
    }

    private double gauge(Point gauge, long now) {
        double share = integration.conditions().coolingShare();
        return switch (gauge) {
            case POWER -> watts();
            case APPARENT_POWER -> Math.abs(watts()) / POWER_FACTOR;
            case POWER_FACTOR -> POWER_FACTOR;
            case VOLTAGE -> volts(now);
            case CURRENT -> Math.abs(watts()) / (POWER_FACTOR * volts(now));
            case FREQUENCY -> 50 + 0.02 * noise.wander(now, 30);
            case LOAD -> 100 * watts() / ratingWatts;
            case STATE -> device.role() == Role.PV ? inverterState() : NORMAL;
            case EVENTS, LEAK, DOOR, BREAKER -> NORMAL;
            case SUPPLY_TEMP -> supplyTemperature(now);
            case RETURN_TEMP -> supplyTemperature(now) + 4 + 8 * share;
            case SUPPLY_HUMIDITY -> 52 + 5 * noise.wander(now, 3600);
            case FAN_SPEED -> 100 * Math.clamp(share, 0.35, 1.0);
            case COOLING_DEMAND -> 100 * Math.clamp(share, 0.0, 1.0);
            case COMPRESSOR ->
                100 * Math.clamp(share * (1 + 0.012 * (integration.conditions().ambient() - 18)), 0.0, 1.0);
            case INLET_TEMP -> inletTemperature(now, share);
            case ENERGY, ENERGY_IMPORT, ENERGY_EXPORT, ENERGY_CHARGE, ENERGY_DISCHARGE ->
                throw new IllegalStateException(gauge + " is a register");
        };
    }

    private double inverterState() {
        InverterStates states = device.profile().states();
        return watts() > 0 ? states.running() : states.sleeping();
    }

    /** The power in the last second; at the utility meter import is positive. */
    private double watts() {
        if (powerColumn.isEmpty()) {
            return 0;
        }
        double watts = integration.watts(powerColumn.getAsInt());
        return device.role() == Role.GRID
                ? watts - integration.watts(integration.layout().exportColumn())
                : watts;
    }

    private double volts(long now) {
        return 230 + 2.5 * noise.wander(now, 120);
    }

    private double supplyTemperature(long now) {
        return 18 + 0.4 * noise.wander(now, 300);
    }

    /** Some racks stand better in the air stream than others; a busier hall is warmer. */
    private double inletTemperature(long now, double share) {
        double place = 1.6 * noise.swing(Long.MIN_VALUE);
        return Math.clamp(20.6 + place + 1.6 * share + 0.5 * noise.wander(now, 400), 18.0, 27.0);
    }
}

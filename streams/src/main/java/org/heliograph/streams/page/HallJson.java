package org.heliograph.streams.page;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.InverterStates;
import org.heliograph.telemetry.site.Profile;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;

/**
 * The devices of the hall as JSON: inlet sensors by row beside the envelope that they are held against, cooling units,
 * inverters, UPS. Values are of each device's newest minute, means of it but for states; what wasn't read is absent. A
 * device that the site model has and nobody heard is there without values.
 */
final class HallJson {
    /** ASHRAE TC 9.9, class A1: dry-bulb temperature at the inlet. */
    private static final double[] RECOMMENDED_CELSIUS = {18, 27};

    private static final double[] ALLOWABLE_CELSIUS = {15, 32};

    /** A device that is silent for longer is told as not heard. */
    private static final long USUAL_PATIENCE_MILLIS = Duration.ofMinutes(5).toMillis();

    private static final int MOST_OF_A_KIND = 2_000;

    private HallJson() {}

    /** A device, as far as it is known. */
    private record Unit(
            String name,
            String area,
            OptionalDouble ratingWatts,
            Optional<Profile> profile,
            Optional<DeviceMinute> minute) {
        Optional<InverterStates> states() {
            return profile.map(Profile::states);
        }

        OptionalDouble mean(Point point) {
            return of(point)
                    .map(PointStatistics::getMean)
                    .map(OptionalDouble::of)
                    .orElse(OptionalDouble.empty());
        }

        OptionalDouble last(Point point) {
            return of(point)
                    .map(PointStatistics::getLast)
                    .map(OptionalDouble::of)
                    .orElse(OptionalDouble.empty());
        }

        /** Mean power over what the inverter is made for; absent where that isn't known: kilowatts are no share. */
        OptionalDouble output() {
            OptionalDouble watts = mean(Point.POWER);
            return watts.isPresent() && ratingWatts.isPresent()
                    ? OptionalDouble.of(watts.getAsDouble() / ratingWatts.getAsDouble())
                    : OptionalDouble.empty();
        }

        long startMillis() {
            return minute.map(DeviceMinute::getStartMs).orElse(0L);
        }

        private Optional<PointStatistics> of(Point point) {
            return minute.flatMap(known -> known.getPointsList().stream()
                    .filter(value -> value.getPoint() == point.number() && value.getCount() > 0)
                    .findFirst());
        }
    }

    static String hall(String site, Instant now, Optional<SiteModel> model, Map<String, DeviceMinute> minutes) {
        return FigureJson.object(json -> {
            json.writeStringField("site", site);
            json.writeNumberField("server_ms", now.toEpochMilli());
            if (model.isPresent()) {
                List<Device> devices = model.get().devicesAt(now).stream()
                        .filter(device -> !device.profile().isOfAgent())
                        .toList();
                roles(json, devices);
                patience(json, devices);
            }
            json.writeObjectFieldStart("envelope");
            range(json, "recommended_c", RECOMMENDED_CELSIUS);
            range(json, "allowable_c", ALLOWABLE_CELSIUS);
            json.writeEndObject();
            rows(json, units(Role.ROOM, model, minutes, now));
            json.writeArrayFieldStart("cooling");
            for (Unit unit : units(Role.COOLING, model, minutes, now)) {
                start(json, unit);
                value(json, "power_w", unit.mean(Point.POWER));
                value(json, "supply_temp_c", unit.mean(Point.SUPPLY_TEMP));
                value(json, "return_temp_c", unit.mean(Point.RETURN_TEMP));
                value(json, "supply_humidity_pct", unit.mean(Point.SUPPLY_HUMIDITY));
                value(json, "fan_speed_pct", unit.mean(Point.FAN_SPEED));
                value(json, "cooling_demand_pct", unit.mean(Point.COOLING_DEMAND));
                value(json, "compressor_pct", unit.mean(Point.COMPRESSOR));
                value(json, "events", unit.last(Point.EVENTS));
                json.writeEndObject();
            }
            json.writeEndArray();
            inverters(json, units(Role.PV, model, minutes, now));
            json.writeArrayFieldStart("ups");
            for (Unit unit : units(Role.UPS, model, minutes, now)) {
                start(json, unit);
                value(json, "power_w", unit.mean(Point.POWER));
                value(json, "load_pct", unit.mean(Point.LOAD));
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** What the site has devices for: of the rest nobody misses a reading. */
    private static void roles(JsonGenerator json, List<Device> devices) throws IOException {
        Set<String> roles =
                devices.stream().map(device -> device.role().label()).collect(Collectors.toCollection(TreeSet::new));
        json.writeArrayFieldStart("roles");
        for (String role : roles) {
            json.writeString(role);
        }
        json.writeEndArray();
    }

    /** How long nobody may be heard though all is well: as long as the device that speaks most often may be silent. */
    private static void patience(JsonGenerator json, List<Device> devices) throws IOException {
        OptionalLong least = devices.stream()
                .mapToLong(device -> device.profile().patience().toMillis())
                .min();
        if (least.isPresent()) {
            json.writeNumberField("patience_ms", least.getAsLong());
        }
    }

    private static void rows(JsonGenerator json, List<Unit> sensors) throws IOException {
        Map<String, List<Unit>> rows = new TreeMap<>();
        sensors.forEach(unit ->
                rows.computeIfAbsent(unit.area(), _ -> new ArrayList<>()).add(unit));
        json.writeArrayFieldStart("rows");
        for (Map.Entry<String, List<Unit>> row : rows.entrySet()) {
            json.writeStartObject();
            json.writeStringField("area", row.getKey());
            json.writeArrayFieldStart("sensors");
            for (Unit unit : row.getValue()) {
                json.writeStartObject();
                json.writeStringField("device", unit.name());
                heard(json, unit);
                value(json, "inlet_temp_c", unit.mean(Point.INLET_TEMP));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Inverters of one area in one minute. */
    private record SameSun(String area, long startMillis) {
        static SameSun of(Unit unit) {
            return new SameSun(unit.area(), unit.startMillis());
        }
    }

    private static void inverters(JsonGenerator json, List<Unit> inverters) throws IOException {
        json.writeArrayFieldStart("inverters");
        Map<SameSun, OptionalDouble> usual = inverters.stream()
                .collect(Collectors.groupingBy(
                        SameSun::of,
                        Collectors.collectingAndThen(
                                Collectors.mapping(Unit::output, Collectors.toList()), Neighbours::usual)));
        for (Unit unit : inverters) {
            start(json, unit);
            value(json, "power_w", unit.mean(Point.POWER));
            value(json, "rating_w", unit.ratingWatts());
            value(
                    json,
                    "of_neighbours",
                    Neighbours.ratio(unit.output(), usual.getOrDefault(SameSun.of(unit), OptionalDouble.empty())));
            OptionalDouble state = unit.last(Point.STATE);
            value(json, "state", state);
            Optional<String> stateName = state.isPresent()
                    ? unit.states().flatMap(states -> states.name(state.getAsDouble()))
                    : Optional.empty();
            if (stateName.isPresent()) {
                json.writeStringField("state_name", stateName.get());
            }
            value(json, "events", unit.last(Point.EVENTS));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The devices of a role: those of the model, or where it isn't known those that were heard. */
    private static List<Unit> units(
            Role role, Optional<SiteModel> model, Map<String, DeviceMinute> minutes, Instant now) {
        if (model.isEmpty()) {
            return minutes.values().stream()
                    .filter(minute -> minute.getRole().equals(role.label()))
                    .limit(MOST_OF_A_KIND)
                    .map(minute -> new Unit(
                            minute.getDevice(),
                            minute.getArea(),
                            OptionalDouble.empty(),
                            Optional.empty(),
                            Optional.of(minute)))
                    .toList();
        }
        return model.get().devicesAt(now).stream()
                .filter(device -> device.role() == role && !device.profile().isOfAgent())
                .limit(MOST_OF_A_KIND)
                .map(device -> new Unit(
                        device.id(),
                        device.area(),
                        rating(device),
                        Optional.of(device.profile()),
                        Optional.ofNullable(minutes.get(device.id()))))
                .toList();
    }

    private static OptionalDouble rating(Device device) {
        return device.rating()
                .map(watts -> OptionalDouble.of((double) watts.value()))
                .orElse(OptionalDouble.empty());
    }

    private static void start(JsonGenerator json, Unit unit) throws IOException {
        json.writeStartObject();
        json.writeStringField("device", unit.name());
        json.writeStringField("area", unit.area());
        heard(json, unit);
    }

    /** The time of its values, and how long it may stay silent though all is well, where that is longer than usual. */
    private static void heard(JsonGenerator json, Unit unit) throws IOException {
        if (unit.minute().isPresent()) {
            json.writeNumberField("at_ms", unit.startMillis());
        }
        long patienceMillis =
                unit.profile().map(profile -> profile.patience().toMillis()).orElse(0L);
        if (patienceMillis > USUAL_PATIENCE_MILLIS) {
            json.writeNumberField("patience_ms", patienceMillis);
        }
    }

    private static void value(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            json.writeNumberField(name, value.getAsDouble());
        }
    }

    private static void range(JsonGenerator json, String name, double[] range) throws IOException {
        json.writeFieldName(name);
        json.writeArray(range, 0, range.length);
    }
}

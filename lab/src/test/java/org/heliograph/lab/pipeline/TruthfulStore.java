package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.ledger.CarbonTruth;
import org.heliograph.sim.ledger.GridFactors;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/** A store that holds the truth, but for what it was told otherwise. */
public final class TruthfulStore implements FigureStore {
    private static final Map<String, Duration> LENGTHS =
            Map.of("1m", Duration.ofMinutes(1), "15m", Duration.ofMinutes(15), "1h", Duration.ofHours(1));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final double KILOWATT_HOUR = 3.6e9;
    private static final double WATT_HOUR = 3.6e6;
    private static final double KILOGRAM = 1e9;

    private final Ledger ledger;
    private final ZoneId zone;
    private final GridFactors factors;
    private final Set<Key> forgotten = new HashSet<>();
    private final Map<Key, Map<String, Object>> windowFields = new HashMap<>();
    private final Map<String, Map<Instant, Map<String, Object>>> deviceFields = new HashMap<>();

    private final List<Row> pointHours = new ArrayList<>();
    private final List<Row> liveStates = new ArrayList<>();

    private record Key(String window, Instant start) {}

    public TruthfulStore(Ledger ledger, ZoneId zone, GridFactors factors) {
        this.ledger = ledger;
        this.zone = zone;
        this.factors = factors;
    }

    void forget(String window, Instant start) {
        forgotten.add(new Key(window, start));
    }

    void window(String window, Instant start, String field, Object value) {
        windowFields
                .computeIfAbsent(new Key(window, start), _ -> new HashMap<>())
                .put(field, value);
    }

    public void energy(String window, Instant start, String field, long millijoules) {
        window(window, start, field, millijoules / KILOWATT_HOUR);
    }

    public void minute(String device, Instant start, long millijoules, String flag) {
        deviceFields
                .computeIfAbsent(device, _ -> new HashMap<>())
                .put(start, Map.of("energy_wh", millijoules / WATT_HOUR, "flag", flag));
    }

    /** What an engine makes of it. */
    void minute(String device, Instant start, DeviceMinute measured) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("energy_wh", measured.netMillijoules().orElse(0) / WATT_HOUR);
        fields.put("coverage", (double) measured.coveredMillis() / DeviceMinute.LENGTH_MILLIS);
        fields.put("flag", measured.flags().stream().map(Flag::name).sorted().collect(Collectors.joining(",")));
        deviceFields.computeIfAbsent(device, _ -> new HashMap<>()).put(start, fields);
    }

    void coverage(String device, Instant start, double coverage) {
        deviceFields.computeIfAbsent(device, _ -> new HashMap<>()).put(start, Map.of("coverage", coverage));
    }

    void pointHour(Row row) {
        pointHours.add(row);
    }

    void liveState(Row row) {
        liveStates.add(row);
    }

    @Override
    public List<Row> windows(String site, String window, Instant from, Instant to) {
        List<Row> rows = new ArrayList<>();
        Instant start = startOf(window, ledger.start());
        while (start.isBefore(to) && start.isBefore(ledger.end())) {
            Instant end = endOf(window, start);
            if (!start.isBefore(from) && !forgotten.contains(new Key(window, start))) {
                Instant first = start.isBefore(ledger.start()) ? ledger.start() : start;
                Instant last = end.isAfter(ledger.end()) ? ledger.end() : end;
                rows.add(row(new Key(window, start), ledger.truth(first, last)));
            }
            start = end;
        }
        return rows;
    }

    private Instant startOf(String window, Instant moment) {
        LocalDate date = moment.atZone(zone).toLocalDate();
        return switch (window) {
            case "1d" -> date.atStartOfDay(zone).toInstant();
            case "1mo" -> date.withDayOfMonth(1).atStartOfDay(zone).toInstant();
            case "1y" -> date.withDayOfYear(1).atStartOfDay(zone).toInstant();
            default -> moment; // which is the start of one
        };
    }

    private Instant endOf(String window, Instant start) {
        ZonedDateTime local = start.atZone(zone);
        return switch (window) {
            case "1d" -> local.plusDays(1).toInstant();
            case "1mo" -> local.plusMonths(1).toInstant();
            case "1y" -> local.plusYears(1).toInstant();
            default -> start.plus(Objects.requireNonNull(LENGTHS.get(window)));
        };
    }

    private Row row(Key key, SiteTruth truth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", key.start().toEpochMilli());
        fields.put("energy_import_kwh", truth.importMillijoules() / KILOWATT_HOUR);
        fields.put("energy_export_kwh", truth.exportMillijoules() / KILOWATT_HOUR);
        fields.put("energy_pv_kwh", truth.pvMillijoules() / KILOWATT_HOUR);
        fields.put("energy_self_kwh", truth.selfMillijoules() / KILOWATT_HOUR);
        fields.put("energy_dc_kwh", truth.dcMillijoules() / KILOWATT_HOUR);
        fields.put("energy_it_kwh", truth.it3Millijoules() / KILOWATT_HOUR);
        fields.put("energy_it1_kwh", truth.it1Millijoules() / KILOWATT_HOUR);
        fields.put("energy_it2_kwh", truth.it2Millijoules() / KILOWATT_HOUR);
        fields.put("energy_it3_kwh", truth.it3Millijoules() / KILOWATT_HOUR);
        fields.put("energy_cooling_kwh", truth.coolingMillijoules() / KILOWATT_HOUR);
        fields.put("energy_auxiliary_kwh", truth.auxiliaryMillijoules() / KILOWATT_HOUR);
        CarbonTruth carbon = ledger.carbon(truth.from(), truth.to(), factors);
        fields.put("co2_avoided_kg", carbon.avoided() / KILOGRAM);
        fields.put("co2_avoided_lifecycle_kg", carbon.lifecycle(truth.pvMillijoules()) / KILOGRAM);
        fields.put("co2_avoided_marginal_kg", carbon.avoidedMarginal() / KILOGRAM);
        fields.put("co2_export_kg", carbon.exported() / KILOGRAM);
        fields.put("co2_location_kg", carbon.imported() / KILOGRAM);
        fields.put("coverage", 1.0);
        fields.put("complete_coverage", 1.0);
        fields.put("estimated", 0.0);
        fields.put("state", "final");
        fields.put("pue_category", "PUE3");
        Map<String, Object> otherwise = windowFields.getOrDefault(key, Map.of());
        fields.putAll(otherwise);
        ratios(fields);
        fields.putAll(otherwise);
        return new Row(fields);
    }

    /** Of the energies as they are told. */
    private static void ratios(Map<String, Object> fields) {
        String category = String.valueOf(fields.get("pue_category")).substring("PUE".length());
        fields.put("energy_it_kwh", fields.get("energy_it" + category + "_kwh"));
        ratio(fields, "pue1", "energy_dc_kwh", "energy_it1_kwh");
        ratio(fields, "pue2", "energy_dc_kwh", "energy_it2_kwh");
        ratio(fields, "pue3", "energy_dc_kwh", "energy_it3_kwh");
        ratio(fields, "pue", "energy_dc_kwh", "energy_it_kwh");
        ratio(fields, "dcie", "energy_it_kwh", "energy_dc_kwh");
        ratio(fields, "self_consumption", "energy_self_kwh", "energy_pv_kwh");
        ratio(fields, "self_sufficiency", "energy_self_kwh", "energy_dc_kwh");
        ratio(fields, "ref", "energy_self_kwh", "energy_dc_kwh");
        ratio(fields, "cue", "co2_location_kg", "energy_it_kwh");
    }

    private static void ratio(Map<String, Object> fields, String name, String above, String below) {
        if (fields.get(above) instanceof Double over && fields.get(below) instanceof Double under && under != 0) {
            fields.put(name, over / under);
        }
    }

    @Override
    public List<Row> deviceMinutes(String site, String device, Instant from, Instant to) {
        return ledger.minutes(from, to).stream()
                .map(minute -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("time", minute.from().toEpochMilli());
                    fields.put(
                            "energy_wh",
                            ledger.energyMillijoules(
                                            device,
                                            Point.ENERGY,
                                            minute.from(),
                                            minute.from().plus(MINUTE))
                                    / WATT_HOUR);
                    fields.put("coverage", 1.0);
                    fields.put("flag", "");
                    fields.putAll(deviceFields.getOrDefault(device, Map.of()).getOrDefault(minute.from(), Map.of()));
                    return new Row(fields);
                })
                .toList();
    }

    @Override
    public List<Row> deviceHours(String site, Instant from, Instant to) {
        List<Row> rows = new ArrayList<>();
        for (Device device : ledger.devices()) {
            for (Instant hour = from.truncatedTo(ChronoUnit.HOURS); hour.isBefore(to); hour = hour.plus(HOUR)) {
                Instant start = hour.isBefore(from) ? from : hour;
                Instant end = hour.plus(HOUR).isAfter(to) ? to : hour.plus(HOUR);
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("device", device.id());
                fields.put("time", hour.toEpochMilli());
                fields.put("energy_wh", energy(device, start, end) / WATT_HOUR + otherwise(device.id(), start, end));
                rows.add(new Row(fields));
            }
        }
        return rows;
    }

    private long energy(Device device, Instant from, Instant to) {
        return device.role() == Role.GRID
                ? ledger.energyMillijoules(device.id(), Point.ENERGY_IMPORT, from, to)
                        - ledger.energyMillijoules(device.id(), Point.ENERGY_EXPORT, from, to)
                : ledger.energyMillijoules(device.id(), Point.ENERGY, from, to);
    }

    /** By how much more than the truth it was told of a device's minutes. */
    private double otherwise(String device, Instant from, Instant to) {
        return deviceFields.getOrDefault(device, Map.of()).entrySet().stream()
                .filter(minute ->
                        !minute.getKey().isBefore(from) && minute.getKey().isBefore(to))
                .filter(minute -> minute.getValue().containsKey("energy_wh"))
                .mapToDouble(minute -> (double) minute.getValue().get("energy_wh")
                        - ledger.energyMillijoules(
                                        device,
                                        Point.ENERGY,
                                        minute.getKey(),
                                        minute.getKey().plus(MINUTE))
                                / WATT_HOUR)
                .sum();
    }

    @Override
    public List<Row> pointHours(String site, Instant from, Instant to) {
        return List.copyOf(pointHours);
    }

    @Override
    public Optional<Row> live(String site) {
        return Optional.empty();
    }

    @Override
    public List<Row> live(String site, Instant from) {
        return List.copyOf(liveStates);
    }

    @Override
    public String url() {
        return "nowhere";
    }
}

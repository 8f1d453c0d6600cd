package org.heliograph.lab.server;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The contract's measurements as QuestDB tables, with upsert on time and tags. */
final class QuestDbTables {
    private QuestDbTables() {}

    static List<String> statements() {
        return List.of(
                table(
                        "site_kpi",
                        "site window",
                        "energy_dc_kwh energy_it_kwh energy_it1_kwh energy_it2_kwh energy_it3_kwh energy_cooling_kwh"
                                + " energy_import_kwh energy_export_kwh energy_pv_kwh energy_self_kwh"
                                + " energy_charge_kwh energy_discharge_kwh energy_generator_kwh"
                                + " pue pue1 pue2 pue3 dcie self_consumption self_sufficiency ref cue"
                                + " co2_avoided_kg co2_avoided_marginal_kg co2_export_kg co2_location_kg"
                                + " coverage estimated revision",
                        "pue_category state"),
                table(
                        "site_live",
                        "site",
                        "power_dc_w power_it_w power_pv_w power_import_w power_cooling_w pue self_consumption"
                                + " devices_online devices_stale",
                        ""),
                table("device_energy", "site device class role area", "energy_wh coverage", "flag"),
                table("device_point", "site device class area point", "mean min max last count", ""),
                table("alert", "site device rule severity", "value", "state message"));
    }

    private static String table(String name, String tags, String numbers, String texts) {
        String columns = Stream.of(typed(tags, "SYMBOL"), typed(numbers, "DOUBLE"), typed(texts, "VARCHAR"))
                .flatMap(List::stream)
                .collect(Collectors.joining(", "));
        String keys = words(tags).map(QuestDbTables::quoted).collect(Collectors.joining(", "));
        return "CREATE TABLE IF NOT EXISTS " + name + " (timestamp TIMESTAMP, " + columns
                + ") TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, " + keys + ")";
    }

    private static List<String> typed(String names, String type) {
        return words(names).map(name -> quoted(name) + " " + type).toList();
    }

    private static Stream<String> words(String names) {
        return Stream.of(names.split(" ")).filter(name -> !name.isEmpty());
    }

    private static String quoted(String name) {
        return "\"" + name + "\"";
    }
}

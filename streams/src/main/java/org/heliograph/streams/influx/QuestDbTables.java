package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The measurements as QuestDB tables. Made by the first write they would keep every statement of a point beside the one
 * before; these replace it, by time and tags.
 */
public final class QuestDbTables {
    /**
     * @param tags what tells points of one time apart
     * @param isKept whether it is kept for ever
     */
    private record Table(String name, String tags, String numbers, String texts, boolean isKept) {
        String make() {
            String columns = Stream.of(typed(tags, "SYMBOL"), typed(numbers, "DOUBLE"), typed(texts, "VARCHAR"))
                    .flatMap(List::stream)
                    .collect(Collectors.joining(", "));
            return "CREATE TABLE IF NOT EXISTS " + name + " (timestamp TIMESTAMP, " + columns
                    + ") TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(" + keys() + ")";
        }

        /** For a table that was there before: a row written from then on replaces the one that it repeats. */
        String replace() {
            return "ALTER TABLE " + name + " DEDUP ENABLE UPSERT KEYS(" + keys() + ")";
        }

        String keep(int days) {
            return "ALTER TABLE " + name + " SET TTL " + days + " DAYS";
        }

        private String keys() {
            return "timestamp, " + words(tags).map(QuestDbTables::quoted).collect(Collectors.joining(", "));
        }
    }

    private static final List<Table> ALL = List.of(
            new Table(
                    "site_kpi",
                    "site window",
                    "energy_dc_kwh energy_it_kwh energy_it1_kwh energy_it2_kwh energy_it3_kwh energy_cooling_kwh energy_auxiliary_kwh"
                            + " energy_import_kwh energy_export_kwh energy_pv_kwh energy_self_kwh"
                            + " energy_charge_kwh energy_discharge_kwh energy_generator_kwh"
                            + " pue pue1 pue2 pue3 dcie self_consumption self_sufficiency ref cue"
                            + " co2_avoided_kg co2_avoided_marginal_kg co2_avoided_lifecycle_kg co2_export_kg"
                            + " co2_location_kg co2_coverage coverage complete_coverage cue_coverage"
                            + " co2_location_coverage estimated estimated_share revision",
                    "pue_category state cause partial factor_average factor_marginal factor_fuel",
                    true),
            new Table(
                    "site_live",
                    "site",
                    "power_dc_w power_it_w power_pv_w power_import_w power_export_w power_battery_w power_generator_w power_cooling_w"
                            + " power_auxiliary_w power_loss_w pue self_consumption"
                            + " devices_online devices_stale",
                    "",
                    false),
            new Table("device_energy", "site device class role area", "energy_wh carried_wh coverage", "flag", false),
            new Table("device_point", "site device class area point", "mean min max last count", "role", false),
            new Table(
                    "meter_branch",
                    "site device window",
                    "energy_kwh children_kwh remainder_kwh tolerance_kwh coverage",
                    "",
                    false),
            new Table("loss", "site agent", "expected missing reported duplicates unnumbered readings_lost", "", false),
            new Table("alert", "site device rule severity", "value", "state message", true));

    private QuestDbTables() {}

    /** Makes those that aren't there. */
    public static List<String> make() {
        return ALL.stream().map(Table::make).toList();
    }

    /** Makes them, or has those that are there replace points from now on, and forget what is older than some days. */
    static List<String> apply(int days) {
        List<String> statements = new ArrayList<>(make());
        for (Table table : ALL) {
            statements.add(table.replace());
            if (!table.isKept()) {
                statements.add(table.keep(days));
            }
        }
        return statements;
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

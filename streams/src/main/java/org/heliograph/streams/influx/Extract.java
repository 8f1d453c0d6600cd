package org.heliograph.streams.influx;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that an InfluxDB 1 keeps for ever beside what it holds for a while. A continuous query of the server works it
 * out for what is new, looking back further than readings may come late; {@link #statement} for any time.
 *
 * @param name of the continuous query
 * @param resample how often it runs, and how far it looks back
 * @param oldest a field that every point of the measurement has
 * @param only which of its points; empty for all
 */
record Extract(
        String name,
        String resample,
        String select,
        String into,
        String measurement,
        String oldest,
        String only,
        String group) {
    /** The retention policy that forgets nothing. */
    static final String YEARS = "years";

    /** Looks back to the beginning of last year and longer: as far as a revised factor restates windows. */
    private static final String WINDOWS_BACK = "EVERY 1d FOR 800d";

    /**
     * Looks back longer than a minute may be restated, so that all of the hour that it lies in is worked out anew by a run
     * after that, though the sink may be some time behind.
     */
    static final int DEVICES_BACK_HOURS = 54;

    private static final String DEVICES_BACK = "EVERY 1h FOR " + DEVICES_BACK_HOURS + "h";

    private static final List<String> WINDOW_FIELDS = Stream.of(
                    "energy_dc_kwh energy_it_kwh energy_it1_kwh energy_it2_kwh energy_it3_kwh energy_cooling_kwh energy_auxiliary_kwh",
                    "energy_import_kwh energy_export_kwh energy_pv_kwh energy_self_kwh energy_charge_kwh",
                    "energy_discharge_kwh energy_generator_kwh pue pue_category pue1 pue2 pue3 dcie",
                    "self_consumption self_sufficiency ref cue co2_avoided_kg co2_avoided_marginal_kg",
                    "co2_avoided_lifecycle_kg co2_export_kg co2_location_kg co2_coverage",
                    "factor_average factor_marginal factor_fuel coverage estimated estimated_share",
                    "complete_coverage cue_coverage co2_location_coverage partial",
                    "state revision cause")
            .flatMap(line -> Stream.of(line.split(" ", -1)))
            .toList();

    /** All of a database. */
    static List<Extract> of(String database) {
        return List.of(
                new Extract(
                        "windows",
                        WINDOWS_BACK,
                        latest(WINDOW_FIELDS),
                        into(database, "site_kpi"),
                        "site_kpi",
                        "coverage",
                        "\"window\" =~ /^(1h|1d|1mo|1y)$/",
                        "time(15m), \"site\", \"window\""),
                new Extract(
                        "alerts",
                        DEVICES_BACK,
                        latest(List.of("state", "message", "value")),
                        into(database, "alert"),
                        "alert",
                        "state",
                        "",
                        "time(1m), *"),
                new Extract(
                        "device_hours",
                        DEVICES_BACK,
                        "SELECT sum(\"energy_wh\") AS \"energy_wh\", sum(\"carried_wh\") AS \"carried_wh\","
                                + " sum(\"coverage\") / 60 AS \"coverage\"",
                        into(database, "device_energy_1h"),
                        "device_energy",
                        "coverage",
                        "",
                        "time(1h), *"),
                new Extract(
                        "point_hours",
                        DEVICES_BACK,
                        "SELECT mean(\"mean\") AS \"mean\", min(\"min\") AS \"min\", max(\"max\") AS \"max\","
                                + " last(\"last\") AS \"last\", sum(\"count\") AS \"count\"",
                        into(database, "device_point_1h"),
                        "device_point",
                        "count",
                        "",
                        "time(1h), *"));
    }

    /** Makes the continuous query anew. */
    Stream<String> define(String database) {
        String on = quoted(name) + " ON " + quoted(database);
        return Stream.of(
                "DROP CONTINUOUS QUERY " + on,
                "CREATE CONTINUOUS QUERY " + on + " RESAMPLE " + resample + " BEGIN " + statement("") + " END");
    }

    /** @param times a condition on time; empty for none */
    String statement(String times) {
        String where =
                Stream.of(only, times).filter(condition -> !condition.isEmpty()).collect(Collectors.joining(" AND "));
        return select + " INTO " + into + " FROM " + quoted(measurement) + (where.isEmpty() ? "" : " WHERE " + where)
                + " GROUP BY " + group;
    }

    static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String into(String database, String measurement) {
        return quoted(database) + "." + quoted(YEARS) + "." + quoted(measurement);
    }

    private static String latest(List<String> fields) {
        return fields.stream()
                .map(field -> "last(\"" + field + "\") AS \"" + field + "\"")
                .collect(Collectors.joining(", ", "SELECT ", ""));
    }
}

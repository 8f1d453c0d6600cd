package org.heliograph.lab.demo;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.server.Row;

/** The site now and today, from the store. */
final class LiveTable {
    private final Pipeline pipeline;
    private final Terminal terminal;

    LiveTable(Pipeline pipeline, Terminal terminal) {
        this.pipeline = pipeline;
        this.terminal = terminal;
    }

    void show() {
        String site = pipeline.site().model().site();
        ZoneId zone = pipeline.site().model().zone();
        Instant midnight = LocalDate.now(zone).atStartOfDay(zone).toInstant(); // it may be up for days
        Optional<Row> live = pipeline.store().live(site);
        Optional<Row> day = Day.newest(pipeline.store().windows(site, "1d", midnight, midnight.plusMillis(1)));
        List<String> lines = List.of(
                "  now    "
                        + live.map(row -> row.time("time")
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString())
                                .orElse("-"),
                "  PUE    " + figure(live, "pue", "%.3f", 1) + "        devices online "
                        + figure(live, "devices_online", "%.0f", 1) + ", not current "
                        + figure(live, "devices_stale", "%.0f", 1),
                "  kW     grid " + kilowatts(live, "power_import_w") + "  solar " + kilowatts(live, "power_pv_w")
                        + "  IT " + kilowatts(live, "power_it_w") + "  cooling " + kilowatts(live, "power_cooling_w"),
                "  today  PUE " + figure(day, "pue", "%.3f", 1) + "  CO2 avoided "
                        + figure(day, "co2_avoided_kg", "%.1f kg", 1) + "  self-consumption "
                        + figure(day, "self_consumption", "%.1f %%", 100) + "  coverage "
                        + figure(day, "coverage", "%.1f %%", 100));
        terminal.draw(lines, String.join("", lines).strip());
    }

    private static String kilowatts(Optional<Row> row, String field) {
        return figure(row, field, "%.1f", 1e-3);
    }

    private static String figure(Optional<Row> row, String field, String format, double scale) {
        OptionalDouble value = row.map(found -> found.number(field)).orElse(OptionalDouble.empty());
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble() * scale) : "-";
    }
}

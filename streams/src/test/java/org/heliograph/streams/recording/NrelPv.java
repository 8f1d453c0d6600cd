package org.heliograph.streams.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;

/** AC power of the array SERF East at NREL, once a minute; by night it is what the inverter draws, below 0. */
final class NrelPv {
    static final String FILE = "serf_east_1min_ac_power.csv";

    static final String SITE = """
            site: nrel
            zone: America/Denver
            profiles:
              - {profile: power-only, points: {power: {period: PT1M, maxGap: PT3M}}}
            devices:
              - {id: serf-east, profile: power-only, role: pv, rating: 6 kW}
            """;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx");

    private NrelPv() {}

    record Row(Instant time, double watts) {
        Sampling addTo(Sampling sampling) {
            return sampling.gauge(Point.POWER, time.toEpochMilli(), watts);
        }
    }

    /** Oldest first, as recorded. */
    static List<Row> rows(Path folder) {
        try {
            return Recordings.lines(folder.resolve(FILE)).stream()
                    .map(line -> line.split(",", -1))
                    .map(columns ->
                            new Row(OffsetDateTime.parse(columns[0], TIME).toInstant(), Double.parseDouble(columns[1])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.heliograph.lab.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Row;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.Retention;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is lost is filled again from Kafka, as {@code docs/operate.md} tells an operator to do it. */
class RebuiltStoreTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DATABASE = "heliograph";
    private static final int DAYS = 400;
    private static final int ALL_DAYS = 36_500;
    private static final List<String> MEASUREMENTS = List.of("site_kpi", "device_energy", "device_point");
    private static final List<String> EXTRACTS = List.of("site_kpi", "device_energy_1h", "device_point_1h");

    @Test
    void a_lost_influxdb_is_filled_from_kafka_with_all_that_it_held_and_what_it_had_forgotten(@TempDir Path folder)
            throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(10));
        Instant longAgo = day.minus(Duration.ofDays(3 * 365));
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                InfluxDb server = InfluxDb.start(folder.resolve("influxdb"));
                Engine engine = new Engine(kafka.bootstrap(), "dc")) {
            SinkSettings settings = SinkSettings.of(URI.create(server.url()));
            new Retention(DATABASE, DAYS).apply(settings);
            engine.publish(
                    window("1d", day, 1.5), window("1h", day, 1.4), window("1d", day.plus(Duration.ofDays(1)), 1.6));
            engine.publish(window("1d", day, 1.45).toBuilder()
                    .setState(WindowState.REVISED)
                    .setRevision(1)
                    .build());
            int minute = Math.toIntExact((day.toEpochMilli() - Engine.START_MILLIS) / Engine.MINUTE_MILLIS) + 1;
            engine.publishMinutes(3, minute, 60, 600);
            run(kafka, engine, settings, 4 + 180);
            Retention.fill(settings);
            Map<String, Set<Row>> before = held(server);
            // which a store that keeps 400 days never took, or has forgotten
            engine.publish(window("1y", longAgo, 1.7));

            server.query("", "DROP DATABASE " + DATABASE);

            new Retention(DATABASE, ALL_DAYS).apply(settings);
            run(kafka, engine, another(settings, "heliograph-sink-2"), 5 + 180);
            Retention.fill(settings);
            new Retention(DATABASE, DAYS).apply(settings);

            Map<String, Set<Row>> after = held(server);
            before.forEach((what, rows) -> {
                assertThat(rows).as(what).isNotEmpty();
                assertThat(after.get(what)).as(what).containsAll(rows);
            });
            assertThat(after.get("years.device_energy_1h")).hasSameSizeAs(before.get("years.device_energy_1h"));
            assertThat(after.get("years.site_kpi"))
                    .filteredOn(row -> row.text("window").equals("1y"))
                    .singleElement()
                    .satisfies(year -> assertThat(year.number("pue")).hasValue(1.7));
            assertThat(engine.deadLetters(0)).isEmpty();
        }
    }

    private static void run(KafkaServer kafka, Engine engine, SinkSettings settings, long records) {
        try (InfluxSink sink =
                InfluxSink.start(Map.of("bootstrap.servers", kafka.bootstrap()), engine.topics, settings)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (sink.progress().records() < records) {
                assertThat(System.nanoTime())
                        .as("the sink took " + sink.progress())
                        .isLessThan(deadline);
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            assertThat(sink.progress().rejected()).isZero();
        }
    }

    private static SinkSettings another(SinkSettings same, String group) {
        return new SinkSettings(
                true,
                same.url(),
                same.org(),
                same.bucket(),
                same.token(),
                group,
                same.batchLines(),
                same.pollRecords(),
                same.tls());
    }

    private static Map<String, Set<Row>> held(InfluxDb server) {
        return Stream.concat(
                        MEASUREMENTS.stream().map(measurement -> "raw." + measurement),
                        EXTRACTS.stream().map(measurement -> "years." + measurement))
                .collect(Collectors.toMap(
                        what -> what, what -> Set.copyOf(server.query(DATABASE, "SELECT * FROM " + what))));
    }

    private static SiteWindow window(String length, Instant start, double pue) {
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow(length)
                .setStartMs(start.toEpochMilli())
                .setCoverage(1)
                .setPue(pue)
                .setState(WindowState.FINAL)
                .build();
    }
}

package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.LongStream;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is lost between an agent and the store is known there, whatever happens to the engine on the way. */
class LossIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final DeviceId UPS = new DeviceId("test1", "ups-a");
    private static final Topics TOPICS = new Topics("hg");

    @TempDir
    private Path folder;

    private final Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(10));

    @Test
    void a_lost_record_is_missing_until_it_comes_and_a_repeated_one_is_a_duplicate() throws Exception {
        assumeTrue(InfluxDb.available(), "influxd is not installed");
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                InfluxDb influx = InfluxDb.start(folder.resolve("influx"));
                Feed feed = new Feed(kafka.bootstrap());
                HeliographProcess streams = streams(kafka, influx)) {
            feed.send(TOPICS.telemetry(), packs(0, 1, 3, 3));
            await(influx, "4 1 1");

            streams.kill();
            streams.restart();
            feed.send(TOPICS.telemetry(), packs(4));
            await(influx, "5 1 1");

            feed.send(TOPICS.telemetry(), packs(2));
            await(influx, "5 0 1");
        }
    }

    private List<MeteredHours.Pack> packs(long... sequences) {
        return LongStream.of(sequences)
                .mapToObj(sequence -> {
                    Instant at = from.plusSeconds(sequence);
                    Sampling sampling = new Sampling().gauge(Point.POWER, at.toEpochMilli(), 60_000);
                    byte[] value = PackCodec.encode(
                            new Readings(UPS, "", sampling.series()), new Origin("edge-1", 7, sequence));
                    return new MeteredHours.Pack(at, UPS.key(), value);
                })
                .toList();
    }

    /** Waits for what the newest point says was expected, is missing, and came twice. */
    private static void await(InfluxDb influx, String expected) throws InterruptedException {
        String query = "SELECT last(expected), missing, duplicates FROM loss WHERE site = 'test1' AND agent = 'edge-1'";
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        String found = "";
        while (!found.equals(expected) && System.nanoTime() < deadlineNanos) {
            Thread.sleep(200);
            found = influx.query("heliograph", query).stream()
                    .map(row -> row.text("last") + " " + row.text("missing") + " " + row.text("duplicates"))
                    .findFirst()
                    .orElse("");
        }
        assertThat(found).isEqualTo(expected);
    }

    private HeliographProcess streams(KafkaServer kafka, InfluxDb influx) throws Exception {
        Files.writeString(folder.resolve("site.yaml"), """
                site: test1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: ups-a, profile: ups, role: ups}
                """);
        Path file = Files.writeString(folder.resolve("streams.yaml"), """
                kafka: {bootstrap: "%s"}
                sites: [site.yaml]
                engine: {sitePartitions: 1, devicePartitions: 1}
                sink: {url: "%s"}
                page: {enabled: false}
                """.formatted(kafka.bootstrap(), influx.url()));
        return HeliographProcess.streams(folder.resolve("streams"), file);
    }
}

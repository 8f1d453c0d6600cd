package org.heliograph.lab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.QuestDb;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The sink from a real Kafka into each real store, beside the store's own ceiling: the very batches that the sink sends,
 * caught beforehand, posted by a bare HTTP client one after the other.
 */
@Command(
        name = "sink",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the sink with a bare HTTP client that posts the same batches.",
            "",
            "Points a second of the sink from Kafka into InfluxDB 1 (where it is installed) and QuestDB, beside the same "
                    + "batches posted raw to a fresh store in the same run, and into a server that stores nothing."
        },
        footer = {"", "Examples:", "  ./heliograph bench sink", "  ./heliograph bench sink --minutes 60 --rounds 3"})
final class SinkBench implements Callable<Integer> {
    private static final int DEVICES = 474;
    private static final int POINTS_EACH = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int MOST_MINUTES = 1_440;
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--minutes", description = "Minutes of data of a site of 474 devices. Default: ${DEFAULT-VALUE}")
    private int minutes = 240;

    @Option(
            names = "--rounds",
            description = "Rounds of raw posts and sink in turn; the best of each counts. Default: ${DEFAULT-VALUE}")
    private int rounds = 2;

    private final Report report = new Report("sink");
    private int groups;

    /** A store that was started for one measurement. */
    private interface Started extends AutoCloseable {
        String url();

        @Override
        void close();
    }

    private enum Kind {
        INFLUXDB("1.6.7", "/write?db=heliograph&precision=ms"),
        QUESTDB("v2.7.4", "/api/v2/write?org=heliograph&bucket=heliograph&precision=ms");

        private final String version;
        private final String path;

        Kind(String version, String path) {
            this.version = version;
            this.path = path;
        }

        Started start(Path folder) {
            return switch (this) {
                case INFLUXDB -> {
                    InfluxDb server = InfluxDb.start(folder);
                    server.query("", "create database heliograph");
                    yield started(server.url(), server::close);
                }
                case QUESTDB -> {
                    QuestDb server = QuestDb.start(folder);
                    yield started(server.url(), server::close);
                }
            };
        }

        private static Started started(String url, Runnable close) {
            return new Started() {
                @Override
                public String url() {
                    return url;
                }

                @Override
                public void close() {
                    close.run();
                }
            };
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (minutes < 1 || minutes > MOST_MINUTES || rounds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--minutes is 1 to " + MOST_MINUTES + ", --rounds at least 1");
        }
        Path folder = Files.createTempDirectory("heliograph-bench-");
        try (Broker broker = Broker.start(folder.resolve("kafka"))) {
            Topics topics = new Topics("sink");
            fill(broker, topics);
            for (Kind kind : Kind.values()) {
                if (kind == Kind.INFLUXDB && !InfluxDb.available()) {
                    System.out.println("influxd isn't installed: left out");
                    continue;
                }
                measure(broker, topics, kind, folder);
            }
        } finally {
            Folders.delete(folder);
        }
        report.finish();
        return 0;
    }

    private void measure(Broker broker, Topics topics, Kind kind, Path folder)
            throws IOException, InterruptedException {
        String name = kind.name().toLowerCase(Locale.ROOT);
        List<byte[]> batches;
        double alone;
        try (CatchingServer server = CatchingServer.start(kind.version)) {
            alone = sink(broker, topics, server.url()); // also warms the sink's code
            server.forget();
            alone = Math.max(alone, sink(broker, topics, server.url()));
            batches = server.caught();
        }
        double raw = 0;
        double sink = 0;
        for (int round = 0; round < rounds; round++) {
            try (Started store = kind.start(folder.resolve(name + "-raw-" + round))) {
                raw = Math.max(raw, post(store.url() + kind.path, batches));
            }
            try (Started store = kind.start(folder.resolve(name + "-sink-" + round))) {
                sink = Math.max(sink, sink(broker, topics, store.url()));
            }
        }
        report.add(name + "_batches", batches.size(), "")
                .add(name + "_raw", raw, "points/s")
                .add(name + "_sink", sink, "points/s", name + "_raw")
                .add(name + "_sink_alone", alone, "points/s", name + "_raw");
        report.print();
    }

    private long points() {
        return (long) DEVICES * minutes * (POINTS_EACH + 1);
    }

    /** From the first points on: joining the group isn't the sink's work. */
    private double sink(Broker broker, Topics topics, String url) {
        SinkSettings defaults = SinkSettings.of(URI.create(url));
        SinkSettings settings = new SinkSettings(
                true,
                defaults.url(),
                defaults.org(),
                defaults.bucket(),
                defaults.token(),
                "bench-" + groups++,
                defaults.batchLines(),
                defaults.pollRecords(),
                Optional.empty());
        try (InfluxSink sink = InfluxSink.start(Map.of("bootstrap.servers", broker.bootstrap()), topics, settings)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            long firstNanos = 0;
            long first = 0;
            while (sink.progress().points() < points()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the sink is at " + sink.progress());
                }
                if (first == 0) {
                    first = sink.progress().points();
                    firstNanos = System.nanoTime();
                }
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            return (double) (points() - first) / ((System.nanoTime() - firstNanos) / NANOS_PER_SECOND);
        }
    }

    private double post(String url, List<byte[]> batches) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long startNanos = System.nanoTime();
            for (byte[] batch : batches) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create(url))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(batch))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 204) {
                    throw new IOException(url + " answered " + answer.statusCode() + ": " + answer.body());
                }
            }
            return (double) points() / ((System.nanoTime() - startNanos) / NANOS_PER_SECOND);
        }
    }

    private void fill(Broker broker, Topics topics) throws InterruptedException {
        broker.topics(topics);
        Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(minutes));
        try (KafkaProducer<String, byte[]> producer =
                broker.producer(Map.of("linger.ms", 20, "batch.size", 256 << 10))) {
            for (int minute = 0; minute < minutes; minute++) {
                long start = from.plus(Duration.ofMinutes(minute)).toEpochMilli();
                for (int device = 0; device < DEVICES; device++) {
                    String name = "pdu-" + device;
                    Broker.send(
                            producer,
                            new ProducerRecord<>(
                                    topics.energy(),
                                    null,
                                    start,
                                    "casa1/" + name,
                                    minute(name, start, 600 + (device * 31 + minute * 7) % 500)));
                }
            }
        }
        System.out.println(points() + " points in " + topics.energy());
    }

    private static byte[] minute(String device, long startMillis, double watts) {
        DeviceMinute.Builder figure = DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setDeviceClass("rack-pdu")
                .setRole("it")
                .setArea("hall-1/row-a")
                .setStartMs(startMillis)
                .setEnergyMj(Math.round(watts * 60_000))
                .setCoverage(1);
        for (Point point : List.of(Point.POWER, Point.VOLTAGE, Point.CURRENT)) {
            figure.addPoints(PointStatistics.newBuilder()
                    .setPoint(point.number())
                    .setMean(watts + 0.137)
                    .setMin(watts - 3.5)
                    .setMax(watts + 4.25)
                    .setLast(watts + 1.0625)
                    .setCount(6));
        }
        return figure.build().toByteArray();
    }
}

package org.heliograph.lab.helm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Row;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A real InfluxDB with a few minutes of a site, written by the product's sink out of a real Kafka. */
final class StoredSite implements AutoCloseable {
    static final String SITE = "casa1";
    static final double PUE = 1.375;
    static final double CO2_KILOGRAMS = 812.5;
    static final double SELF_CONSUMPTION = 0.875;
    static final double IMPORT_WATTS = 640_000;

    /** What a point of a chart stands for. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration SHOWN = Duration.ofMinutes(3);
    private static final Duration SILENT_FROM = Duration.ofSeconds(120);
    private static final Duration SILENT_TO = Duration.ofSeconds(60);
    private static final int WINDOWS = 5;

    private final InfluxDb store;
    private final Instant now;

    private StoredSite(InfluxDb store, Instant now) {
        this.store = store;
        this.now = now;
    }

    static StoredSite write(Path folder) throws Exception {
        InfluxDb store = InfluxDb.start(folder);
        try (KafkaServer kafka = KafkaServer.start(folder)) {
            return new StoredSite(store, fill(kafka.bootstrap(), store.url()));
        } catch (Exception | AssertionError e) {
            store.close();
            throw e;
        }
    }

    Instant from() {
        return now.minus(SHOWN);
    }

    /** Whether an interval from the given moment on lies in the minute that has no live state. */
    boolean isSilent(Instant start, Duration interval) {
        return start.isAfter(now.minus(SILENT_FROM)) && start.plus(interval).isBefore(now.minus(SILENT_TO));
    }

    List<Row> query(String influxql) {
        return store.query("heliograph", influxql);
    }

    @Override
    public void close() {
        store.close();
    }

    /** @return the moment of the newest live state */
    private static Instant fill(String bootstrap, String url) throws Exception {
        Topics topics = Topics.DEFAULT;
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(
                            topic(topics.energy()), topic(topics.kpi()), topic(topics.live()), topic(topics.alerts())))
                    .all()
                    .get();
        }
        Instant now;
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
                InfluxSink sink = InfluxSink.start(client, topics, SinkSettings.of(URI.create(url)))) {
            now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            windows(producer, topics.kpi(), now);
            int points = WINDOWS;
            for (Instant time = now.minus(SHOWN); !time.isAfter(now); time = time.plus(STEP)) {
                if (time.isBefore(now.minus(SILENT_FROM)) || time.isAfter(now.minus(SILENT_TO))) {
                    send(producer, topics.live(), live(time));
                    points++;
                }
            }
            producer.flush();
            awaitPoints(sink, points);
        }
        return now;
    }

    private static void awaitPoints(InfluxSink sink, int points) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (sink.progress().points() < points) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the sink wrote " + sink.progress() + " of " + points + " points");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static void windows(KafkaProducer<byte[], byte[]> producer, String topic, Instant now) throws Exception {
        Instant quarter = floor(now, Duration.ofMinutes(15));
        Instant minute = floor(now, Duration.ofMinutes(1));
        Instant hour = floor(now, Duration.ofHours(1));
        SiteWindow.Builder closed = window("15m", quarter.minusSeconds(900), WindowState.FINAL);
        send(producer, topic, closed.setPue(PUE).setPueCategory("PUE1").build());
        // the open quarter: its PUE isn't the one to show
        SiteWindow.Builder open = window("15m", quarter, WindowState.PROVISIONAL);
        send(
                producer,
                topic,
                open.setPue(9).setPueCategory("PUE1").setCoverage(0.5).build());
        send(
                producer,
                topic,
                window("1m", minute.minusSeconds(60), WindowState.FINAL).build());
        send(
                producer,
                topic,
                window("1h", hour.minusSeconds(3600), WindowState.REVISED)
                        .setRevision(2)
                        .setEstimated(true)
                        .build());
        SiteWindow.Builder day = window("1d", now.minus(Duration.ofHours(11)), WindowState.PROVISIONAL);
        send(
                producer,
                topic,
                day.setCo2AvoidedUg(Math.round(CO2_KILOGRAMS * 1e9))
                        .setSelfConsumption(SELF_CONSUMPTION)
                        .build());
    }

    private static SiteWindow.Builder window(String length, Instant start, WindowState state) {
        return SiteWindow.newBuilder()
                .setSite(SITE)
                .setWindow(length)
                .setStartMs(start.toEpochMilli())
                .setCoverage(1)
                .setState(state);
    }

    private static SiteLive live(Instant time) {
        return SiteLive.newBuilder()
                .setSite(SITE)
                .setTimeMs(time.toEpochMilli())
                .setPowerImportW(IMPORT_WATTS)
                .setPowerPvW(180_000)
                .setPowerItW(600_000)
                .setPowerCoolingW(150_000)
                .setDevicesOnline(6)
                .setDevicesStale(1)
                .build();
    }

    private static Instant floor(Instant time, Duration unit) {
        return Instant.ofEpochMilli(time.toEpochMilli() - Math.floorMod(time.toEpochMilli(), unit.toMillis()));
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, 1, (short) 1);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, Message figure) throws Exception {
        var _ = producer.send(new ProducerRecord<>(topic, SITE.getBytes(UTF_8), figure.toByteArray()));
    }
}

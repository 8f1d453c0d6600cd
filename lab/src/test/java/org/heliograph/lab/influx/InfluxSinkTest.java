package org.heliograph.lab.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Row;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sink between a real Kafka and each real store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InfluxSinkTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final AtomicInteger RUN = new AtomicInteger();
    private static final int DEVICES = 40;

    private KafkaServer kafka;

    @BeforeAll
    void startKafka(@TempDir Path folder) {
        kafka = KafkaServer.start(folder);
    }

    @AfterAll
    void stopKafka() {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource
    void figures_arrive_and_a_restatement_overwrites_and_what_was_aborted_never_arrives(
            StoreServer.Kind kind, @TempDir Path folder) throws Exception {
        try (StoreServer store = kind.start(folder);
                Engine engine = engine();
                InfluxSink _ = sink(engine, store)) {
            engine.publishMinutes(2, 0, 3, 600);
            engine.publish(
                    Engine.window(0)
                            .setEnergyDcMj(3_600_000_000L)
                            .setPue(1.5)
                            .setPueCategory("PUE3")
                            .build(),
                    Engine.window(1).setPue(1.25).build());
            List<Row> first = awaitRows(store, "site_kpi", 2, row -> true);
            assertThat(first.getFirst().number("energy_dc_kwh")).hasValue(1);
            assertThat(first.getFirst().text("pue_category")).isEqualTo("PUE3");
            assertThat(first.getFirst().text("state")).isEqualTo("final");
            assertThat(first.getFirst().text("site")).isEqualTo("casa1");
            assertThat(time(first.getFirst())).isEqualTo(Instant.ofEpochMilli(Engine.START_MILLIS));
            assertThat(first.get(1).has("energy_dc_kwh")).isFalse();

            engine.publishAndAbort(Engine.window(0).setPue(99).build());
            engine.publish(Engine.window(0)
                    .setPue(1.75)
                    .setState(WindowState.REVISED)
                    .setRevision(1)
                    .build());
            List<Row> second = awaitRows(
                    store, "site_kpi", 2, row -> row.number("revision").orElse(0) == 1);
            assertThat(second.getFirst().number("pue")).hasValue(1.75);
            assertThat(second.getFirst().text("state")).isEqualTo("revised");
            assertThat(second.getFirst().has("energy_dc_kwh"))
                    .as("what the restatement withdraws")
                    .isFalse();
            assertThat(second.getFirst().text("pue_category")).isEmpty();

            assertThat(awaitRows(store, "device_energy", 6, row -> true)).allSatisfy(row -> {
                assertThat(row.number("energy_wh")).hasValue(10);
                assertThat(row.text("area")).isEqualTo("hall-1/row-a");
            });
            assertThat(awaitRows(store, "device_point", 18, row -> true))
                    .allSatisfy(row -> assertThat(row.number("last")).hasValue(600 + 1e-7));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_store_that_is_away_at_the_start_and_in_the_middle_loses_and_doubles_nothing(
            StoreServer.Kind kind, @TempDir Path folder) throws Exception {
        try (StoreServer store = kind.start(folder);
                Engine engine = engine()) {
            store.kill();
            engine.publishMinutes(DEVICES, 0, 10, 600);
            try (InfluxSink sink = sink(engine, store)) {
                await(() -> !sink.progress().problem().isEmpty(), "the sink to notice");
                store.restart();
                awaitRows(store, "device_energy", DEVICES * 10, row -> true);
                await(() -> sink.progress().problem().isEmpty(), "the sink to recover");
                store.kill();
                engine.publishMinutes(DEVICES, 10, 10, 600);
                await(() -> !sink.progress().problem().isEmpty(), "the sink to notice");
                engine.publishMinutes(DEVICES, 20, 10, 600);
                store.restart();
                awaitRows(store, "device_point", DEVICES * 30 * 3, row -> true);
                assertEveryMinuteOnce(awaitRows(store, "device_energy", DEVICES * 30, row -> true), 30);
                assertThat(sink.progress().rejected()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_refused_point_is_dead_lettered_while_its_neighbours_are_stored(StoreServer.Kind kind, @TempDir Path folder)
            throws Exception {
        try (StoreServer store = kind.start(folder);
                Engine engine = engine()) {
            store.refuseCue();
            SiteWindow bad = Engine.window(1).setCue(0.45).build();
            engine.publish(
                    Engine.window(0).setPue(1.5).build(),
                    bad,
                    Engine.window(2).setPue(1.5).build());
            engine.publishMinutes(DEVICES, 0, 5, 600);
            try (InfluxSink sink = sink(engine, store)) {
                assertEveryMinuteOnce(awaitRows(store, "device_energy", DEVICES * 5, row -> true), 5);
                List<Row> stored =
                        awaitRows(store, "site_kpi", 2, row -> row.text("site").equals("casa1"));
                assertThat(stored)
                        .allSatisfy(row -> assertThat(row.number("pue")).hasValue(1.5));
                assertThat(engine.deadLetters(1)).singleElement().satisfies(letter -> {
                    assertThat(letter.value()).isEqualTo(bad.toByteArray());
                    assertThat(header(letter.headers()
                                    .lastHeader(DeadLetter.STAGE)
                                    .value()))
                            .isEqualTo("sink");
                    assertThat(header(letter.headers()
                                    .lastHeader(DeadLetter.SOURCE)
                                    .value()))
                            .startsWith(engine.topics.kpi() + "-");
                    assertThat(header(letter.headers()
                                    .lastHeader(DeadLetter.REASON)
                                    .value()))
                            .contains("cue");
                });
                await(() -> sink.progress().records() == 3 + DEVICES * 5L, "all to be dealt with");
                assertThat(sink.progress().rejected()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_sink_that_is_restarted_in_the_middle_loses_and_doubles_nothing(StoreServer.Kind kind, @TempDir Path folder)
            throws Exception {
        int minutes = 200;
        try (StoreServer store = kind.start(folder);
                Engine engine = engine()) {
            engine.publishMinutes(DEVICES, 0, minutes, 600);
            SinkSettings settings = smallBatches(store);
            try (InfluxSink first = InfluxSink.start(kafkaClient(), engine.topics, settings)) {
                await(() -> first.progress().points() > 0, "the first points");
            }
            try (InfluxSink _ = InfluxSink.start(kafkaClient(), engine.topics, settings)) {
                assertEveryMinuteOnce(awaitRows(store, "device_energy", DEVICES * minutes, row -> true), minutes);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_sink_alone_in_its_process_that_is_killed_while_it_writes_loses_and_doubles_nothing(
            StoreServer.Kind kind, @TempDir Path folder) throws Exception {
        int minutes = 400;
        try (StoreServer store = kind.start(folder.resolve("store"));
                Engine engine = engine()) {
            engine.publishMinutes(DEVICES, 0, minutes, 600);
            engine.publish(Engine.window(0).setPue(1.5).build());
            Path config = Files.writeString(folder.resolve("streams.yaml"), """
                    kafka: {bootstrap: "%s", prefix: %s}
                    engine: {enabled: false}
                    page: {enabled: false}
                    alerts: {enabled: false}
                    sink: {url: "%s", batchLines: 500, pollRecords: 500}
                    health: {listen: "127.0.0.1:0"}
                    """.formatted(
                            kafka.bootstrap(), engine.topics.prefix(), store.url()));
            try (HeliographProcess sink = HeliographProcess.streams(folder.resolve("sink"), config)) {
                await(() -> !rows(store, "device_energy").isEmpty(), "the first points");
                sink.kill(); // most likely while it writes; wherever it was, nothing may come of it
                engine.publish(Engine.window(0)
                        .setPue(1.75)
                        .setState(WindowState.REVISED)
                        .setRevision(1)
                        .build());
                sink.restart();
                assertEveryMinuteOnce(awaitRows(store, "device_energy", DEVICES * minutes, row -> true), minutes);
                assertThat(awaitRows(
                                store,
                                "site_kpi",
                                1,
                                row -> row.number("revision").orElse(0) == 1))
                        .singleElement()
                        .satisfies(row -> assertThat(row.number("pue")).hasValue(1.75));
                assertSaysHowItIs(sink);
            }
        }
    }

    @Test
    void a_user_who_may_only_write_to_the_database_is_enough(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        Path token = Files.writeString(folder.resolve("token"), "sink:s3cret");
        try (InfluxDb store = InfluxDb.startWithUsers(folder.resolve("store"));
                Engine engine = engine()) {
            store.query("", "CREATE USER sink WITH PASSWORD 's3cret'");
            engine.publishMinutes(2, 0, 3, 600);
            try (InfluxSink sink = InfluxSink.start(kafkaClient(), engine.topics, asUser(store, token))) {
                await(() -> sink.progress().problem().contains("GRANT WRITE ON \"heliograph\""), "what has to be done");
                store.query("", "CREATE DATABASE heliograph");
                store.query("", "GRANT WRITE ON heliograph TO sink");
                await(() -> sink.progress().records() == 6, "all to be written");
            }
            assertThat(store.query("heliograph", "SELECT energy_wh FROM device_energy"))
                    .hasSize(6);
        }
    }

    private static SinkSettings asUser(InfluxDb store, Path token) {
        return new SinkSettings(
                true,
                URI.create(store.url()),
                "heliograph",
                "heliograph",
                Optional.of(new Secret.InFile(token)),
                "as-user-" + RUN.incrementAndGet(),
                10_000,
                10_000,
                Optional.empty());
    }

    /** To probes and to Prometheus, where there is no page. */
    private static void assertSaysHowItIs(HeliographProcess sink) throws Exception {
        URI health = URI.create(sink.ready("health").orElseThrow());
        assertThat(get(health.resolve("/live")).statusCode()).isEqualTo(200);
        assertThat(get(health.resolve("/ready")).statusCode()).isEqualTo(200);
        assertThat(get(health.resolve("/health")).body()).isEqualTo("{\"status\":\"up\",\"parts\":{\"sink\":\"ok\"}}");
        assertThat(get(health.resolve("/metrics")).body())
                .contains("heliograph_sink_up 1", "heliograph_sink_rejected_total 0", "heliograph_sink_lag_records")
                .doesNotContain("engine", "page");
        assertThat(get(health.resolve("/api/sites")).statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> get(URI from) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(from).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void assertEveryMinuteOnce(List<Row> rows, int minutes) {
        assertThat(rows).hasSize(DEVICES * minutes);
        Set<String> distinct =
                rows.stream().map(row -> row.text("device") + "@" + time(row)).collect(Collectors.toSet());
        assertThat(distinct).hasSize(DEVICES * minutes);
    }

    /** The site's rows in time's order, as soon as there are so many and one of them qualifies. */
    private static List<Row> awaitRows(StoreServer store, String measurement, int count, Predicate<Row> any) {
        AtomicReference<List<Row>> found = new AtomicReference<>(List.of());
        await(
                () -> {
                    List<Row> rows = rows(store, measurement);
                    found.set(rows);
                    return rows.size() >= count && rows.stream().anyMatch(any);
                },
                count + " rows of " + measurement);
        return found.get();
    }

    private static List<Row> rows(StoreServer store, String measurement) {
        return store.rows(measurement).stream()
                .filter(row -> row.text("site").equals("casa1"))
                .sorted(Comparator.comparing(InfluxSinkTest::time))
                .toList();
    }

    private static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private static Instant time(Row row) {
        return row.time(row.has("time") ? "time" : "timestamp");
    }

    private static String header(byte[] value) {
        return new String(value, UTF_8);
    }

    private Engine engine() throws Exception {
        return new Engine(kafka.bootstrap(), "hg" + RUN.incrementAndGet());
    }

    private Map<String, Object> kafkaClient() {
        return Map.of("bootstrap.servers", kafka.bootstrap());
    }

    private InfluxSink sink(Engine engine, StoreServer store) {
        return InfluxSink.start(kafkaClient(), engine.topics, settings(engine, store, 10_000));
    }

    private static SinkSettings smallBatches(StoreServer store) {
        return settings("restarted-" + RUN.incrementAndGet(), store, 500);
    }

    private static SinkSettings settings(Engine engine, StoreServer store, int batch) {
        return settings("sink-" + engine.topics.prefix(), store, batch);
    }

    private static SinkSettings settings(String group, StoreServer store, int batch) {
        return new SinkSettings(
                true, store.url(), "heliograph", "heliograph", Optional.empty(), group, batch, batch, Optional.empty());
    }
}

package org.heliograph.lab.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink before a real InfluxDB behind TLS: it writes to the server that it was told to, and to no other. */
class SecuredStoreTest {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final List<String> HERE = List.of("localhost", "127.0.0.1");

    @TempDir
    private Path folder;

    private final DevelopmentAuthority authority = DevelopmentAuthority.create(Instant.now(), VALIDITY);
    private int groups;

    @Test
    void figures_go_to_a_store_that_proves_its_name_and_to_no_other() throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        Path ca = authority.own().write(folder, "ca").certificate();
        Path stranger = DevelopmentAuthority.create(Instant.now(), VALIDITY)
                .own()
                .write(folder, "stranger")
                .certificate();
        Instant now = Instant.now();
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                InfluxDb store = InfluxDb.start(folder.resolve("store"));
                TlsFront right = front(ca, Subject.server("store", HERE), now, store, false);
                TlsFront elsewhere = front(ca, Subject.server("other", List.of("other.example")), now, store, false);
                TlsFront expired = front(ca, Subject.server("expired", HERE), now.minus(VALIDITY), store, false);
                TlsFront asking = front(ca, Subject.server("asking", HERE), now, store, true)) {
            publish(kafka);
            assertRefused(kafka, store, right, new Tls(stranger, null, null), "PKIX path");
            assertRefused(kafka, store, elsewhere, new Tls(ca, null, null), "other.example");
            assertRefused(kafka, store, expired, new Tls(ca, null, null), "validity check failed");
            assertRefused(kafka, store, asking, new Tls(ca, null, null), ""); // an alert, or a closed connection

            assertWritten(kafka, store, right, new Tls(ca, null, null));
            store.query("", "drop database heliograph");
            Identity.PemFiles own =
                    authority.issue(Subject.client("sink"), now, VALIDITY).write(folder, "sink");
            assertWritten(kafka, store, asking, new Tls(ca, own.certificate(), own.key()));
        }
    }

    private TlsFront front(Path ca, Subject subject, Instant made, InfluxDb store, boolean asks) throws Exception {
        Identity.PemFiles own = authority
                .issue(subject, made.minusSeconds(600), made.plus(VALIDITY).minusSeconds(60))
                .write(folder, subject.name());
        return new TlsFront(new Tls(ca, own.certificate(), own.key()), asks, URI.create(store.url()));
    }

    private void assertRefused(KafkaServer kafka, InfluxDb store, TlsFront front, Tls tls, String reason) {
        try (InfluxSink sink = sink(kafka, front, tls)) {
            await(
                    () -> {
                        String problem = sink.progress().problem();
                        return !problem.isEmpty() && problem.contains(reason);
                    },
                    "the sink to refuse or be refused: " + reason);
            assertThat(store.query("", "show databases"))
                    .noneMatch(row -> row.text("name").equals("heliograph"));
        }
    }

    private void assertWritten(KafkaServer kafka, InfluxDb store, TlsFront front, Tls tls) {
        try (InfluxSink sink = sink(kafka, front, tls)) {
            await(() -> sink.progress().points() == 1, "the window to be written");
            assertThat(sink.progress().problem()).isEmpty();
        }
        assertThat(store.query("heliograph", "select pue from site_kpi"))
                .singleElement()
                .satisfies(row -> assertThat(row.number("pue")).hasValue(1.5));
    }

    private InfluxSink sink(KafkaServer kafka, TlsFront front, Tls tls) {
        SinkSettings plain = SinkSettings.of(URI.create("https://localhost:" + front.port()));
        return InfluxSink.start(
                Map.of("bootstrap.servers", kafka.bootstrap()),
                TOPICS,
                new SinkSettings(
                        true,
                        plain.url(),
                        plain.org(),
                        plain.bucket(),
                        plain.token(),
                        "sink-" + groups++,
                        plain.batchLines(),
                        plain.pollRecords(),
                        Optional.of(tls)));
    }

    private static void publish(KafkaServer kafka) throws Exception {
        TopicPlan.apply(new KafkaSettings(kafka.bootstrap(), TOPICS, 1, Map.of()), List.of(), Factors.SHIPPED, 1, 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            SiteWindow window = SiteWindow.newBuilder()
                    .setSite("casa1")
                    .setWindow("1m")
                    .setStartMs(1_750_000_020_000L)
                    .setPue(1.5)
                    .build();
            producer.send(new ProducerRecord<>(TOPICS.kpi(), new byte[1], window.toByteArray()))
                    .get();
        }
    }

    private static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}

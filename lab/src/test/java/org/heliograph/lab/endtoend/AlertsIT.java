package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.lab.server.Subscriber;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts through a real Kafka to a webhook and a broker, with a {@code kill -9} in the middle. */
class AlertsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topics TOPICS = new Topics("hg");
    private static final String LEAK = "hg/casa1/alerts/inlet-1/leak";
    private static final String HOT = "hg/casa1/alerts/inlet-1/hot";

    @TempDir
    private Path folder;

    private final Instant from = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(10));
    private final List<String> posted = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger(3);
    private final Map<String, String> retained = new ConcurrentHashMap<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/api/v2/alerts", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isWell = refusals.getAndDecrement() <= 0;
            if (isWell) {
                posted.add(body);
            }
            exchange.sendResponseHeaders(isWell ? 200 : 503, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void fall_silent() {
        receiver.stop(0);
    }

    @Test
    void what_lasts_is_told_once_to_everybody_through_a_kill_in_the_middle() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto is not installed");
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                HeliographProcess streams = streams(kafka, mosquitto)) {
            subscribe(mosquitto);
            send(kafka, 0, 1, 22);
            await("the leak on MQTT", () -> retained.getOrDefault(LEAK, "").contains("\"state\":\"raised\""));
            await("the leak at the webhook", () -> isPosted("leak", false));

            send(kafka, 1, 1, 30); // hot, but not yet for two minutes
            streams.kill();
            send(kafka, 2, 1, 30);
            send(kafka, 3, 1, 30);
            streams.restart();
            await("the heat on MQTT", () -> retained.getOrDefault(HOT, "").contains("\"state\":\"raised\""));
            await("the heat at the webhook", () -> isPosted("hot", false));

            send(kafka, 4, 0, 30);
            await(
                    "the leak's end on MQTT",
                    () -> retained.getOrDefault(LEAK, "").contains("\"state\":\"cleared\""));
            await("the leak's end at the webhook", () -> isPosted("leak", true));

            assertThat(said(kafka))
                    .containsExactly(
                            "leak RAISED " + minute(1), "hot RAISED " + minute(4), "leak CLEARED " + minute(5));
            URI health = URI.create(streams.ready("health").orElseThrow());
            assertThat(get(health.resolve("/health"))).isEqualTo("{\"status\":\"up\",\"parts\":{\"alerts\":\"ok\"}}");
            assertThat(get(health.resolve("/metrics"))).contains("heliograph_alerts_leading 1");
        }
    }

    private static String get(URI from) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(from).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private long minute(int minute) {
        return from.plus(Duration.ofMinutes(minute)).toEpochMilli();
    }

    /** Whether an alert was posted, as raised or as ended. */
    private boolean isPosted(String rule, boolean ended) {
        Pattern alert = Pattern.compile("\"alertname\":\"" + rule + "\"[^}]*},\"annotations\":\\{\"summary\":\""
                + (ended ? "cleared" : "(?!cleared)"));
        return posted.stream().anyMatch(body -> alert.matcher(body).find());
    }

    private void send(KafkaServer kafka, int minute, double leak, double celsius) throws Exception {
        DeviceMinute value = DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice("inlet-1")
                .setRole("room")
                .setStartMs(minute(minute))
                .addPoints(statistics(Point.LEAK, leak))
                .addPoints(statistics(Point.INLET_TEMP, celsius))
                .build();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            TOPICS.energy(), null, minute(minute), "casa1/inlet-1", value.toByteArray()))
                    .get();
        }
    }

    private static PointStatistics statistics(Point point, double value) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMean(value)
                .setMin(value)
                .setMax(value)
                .setLast(value)
                .setCount(1)
                .build();
    }

    /** All that was ever said, in its order: compaction hasn't had the time. */
    private static List<String> said(KafkaServer kafka) throws Exception {
        List<String> said = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(TOPICS.alerts()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    Alert alert = Alert.parseFrom(record.value());
                    said.add(alert.getRule() + " " + alert.getState() + " " + alert.getTimeMs());
                }
            }
        }
        return said;
    }

    private void subscribe(Mosquitto mosquitto) throws Exception {
        MqttClient client = new MqttClient(mosquitto.uri(), "alerts-it", new MemoryPersistence());
        client.setCallback(new Retained(retained));
        client.connect();
        client.subscribe(new MqttSubscription[] {new MqttSubscription("hg/+/alerts/#", 1)});
    }

    private static void await(String what, BooleanSupplier so) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!so.getAsBoolean() && System.nanoTime() < deadlineNanos) {
            Thread.sleep(100);
        }
        assertThat(so.getAsBoolean()).as(what).isTrue();
    }

    private HeliographProcess streams(KafkaServer kafka, Mosquitto mosquitto) throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), """
                rules:
                  - {rule: leak, watch: leak, above: 0.5, severity: critical}
                  - {rule: hot, watch: inlet-high, above: 27, for: PT2M, clearAfter: PT20M}
                """);
        Files.writeString(folder.resolve("site.yaml"), """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: inlet-1, profile: inlet-sensor, role: room}
                """);
        Path file = Files.writeString(folder.resolve("streams.yaml"), """
                kafka:
                  bootstrap: "%s"
                sites: [site.yaml]
                engine: {enabled: false, sitePartitions: 1, devicePartitions: 1}
                sink: {enabled: false}
                page: {enabled: false}
                health: {listen: "127.0.0.1:0"}
                alerts:
                  rules: rules.yaml
                  webhook: {url: "http://127.0.0.1:%d/api/v2/alerts"}
                  mqtt: {url: "%s"}
                """.formatted(
                        kafka.bootstrap(), receiver.getAddress().getPort(), mosquitto.uri()));
        return HeliographProcess.streams(folder.resolve("streams"), file);
    }

    /** Keeps the newest message of each topic. */
    private record Retained(Map<String, String> messages) implements Subscriber {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            messages.put(topic, new String(message.getPayload(), StandardCharsets.UTF_8));
        }
    }
}

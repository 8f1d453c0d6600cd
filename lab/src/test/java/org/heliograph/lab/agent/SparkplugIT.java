package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttMessageListener;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent as a host application: an edge node on Mosquitto, which is asked for its birth, speaks by aliases and dies. */
class SparkplugIT {
    private static final String STATE = "spBv1.0/STATE/heliograph";
    private static final String COMMANDS = "spBv1.0/casa1/NCMD/edge-7";
    private static final int DOUBLE = 10;
    private static final long AT = Yesterday.at(10).toEpochMilli();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void requireMosquitto() {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
    }

    /** What a client hears, by topic. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are looked at, never compared
    private record Heard(String topic, byte[] payload, boolean retained) {}

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_node_that_was_there_before_is_asked_for_its_birth_and_heard_until_it_dies(Protocol protocol)
            throws Exception {
        RecordingIntake intake = new RecordingIntake();
        BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"))) {
            MqttAsyncClient node = node(mosquitto.uri(), heard);
            try (MqttSource _ = MqttAgent.start(config(mosquitto.uri(), protocol), intake)) {
                assertThat(text(await(heard, STATE))).contains("\"online\":true");

                publish(node, "DDATA/edge-7/util-1", 41, byAlias(7, 1.0));
                Metric command =
                        Payload.parseFrom(await(heard, COMMANDS).payload()).getMetrics(0);
                assertThat(command.getName()).isEqualTo("Node Control/Rebirth");
                assertThat(command.getBooleanValue()).isTrue();

                publish(node, "NBIRTH/edge-7", 0, bdSeq(), born("power", 1, 3.5));
                publish(node, "DBIRTH/edge-7/util-1", 1, born("power", 7, 2.0));
                publish(node, "DDATA/edge-7/util-1", 2, byAlias(7, 2.5));
                intake.awaitReadings("its birth and data", all -> all.size() == 3);
                assertThat(intake.readings()).contains(readings("util-1", 2.5), readings("edge-7", 3.5));
                assertThat(intake.presences()).containsExactly("edge-7 online", "util-1 online");

                kill(node);
                RecordingIntake.await("its death", () -> intake.presences().size() == 4);
                assertThat(intake.presences().subList(2, 4))
                        .containsExactlyInAnyOrder("util-1 offline", "edge-7 offline");
            }
            MqttAsyncClient watcher = client(mosquitto.uri(), "watcher");
            BlockingQueue<Heard> after = listen(watcher, STATE);
            Heard state = await(after, STATE);
            assertThat(state.retained()).isTrue();
            assertThat(text(state)).as("an agent that stops says so").contains("\"online\":false");
            watcher.disconnect().waitForCompletion();
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_late_will_of_an_earlier_connection_is_denied(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                MqttSource _ = MqttAgent.start(config(mosquitto.uri(), protocol), intake)) {
            MqttAsyncClient other = client(mosquitto.uri(), "other");
            BlockingQueue<Heard> heard = listen(other, STATE);
            assertThat(text(await(heard, STATE))).contains("\"online\":true");

            other.publish(STATE, "{\"online\":false,\"timestamp\":1}".getBytes(StandardCharsets.UTF_8), 1, true);
            assertThat(text(await(heard, STATE))).contains("\"online\":false");
            assertThat(text(await(heard, STATE))).contains("\"online\":true");

            // by a clock that was ahead of the present one: nodes believe only what is later
            String ahead = "{\"online\":false,\"timestamp\":4102444800000}";
            other.publish(STATE, ahead.getBytes(StandardCharsets.UTF_8), 1, true);
            String said = "";
            while (!said.contains("\"online\":true,\"timestamp\":4102444800001")) {
                said = text(await(heard, STATE));
            }
            other.disconnect().waitForCompletion();
        }
    }

    private AgentConfig.Mqtt config(String url, Protocol protocol) throws Exception {
        return MqttAgent.config(
                folder, url, protocol, "sparkplug: {groups: [casa1], host: heliograph, rebirthEvery: PT1S}");
    }

    /** An edge node's client: it dies with a will, follows its primary host and takes commands. */
    private static MqttAsyncClient node(String url, BlockingQueue<Heard> heard) throws MqttException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setWill("spBv1.0/casa1/NDEATH/edge-7", payload(-1, bdSeq()).toByteArray(), 1, false);
        MqttAsyncClient node = new MqttAsyncClient(url, "edge-7", new MemoryPersistence());
        node.connect(options).waitForCompletion();
        node.subscribe(new String[] {STATE, COMMANDS}, new int[] {1, 1}, null, null, new IMqttMessageListener[] {
                    (topic, message) -> heard.add(new Heard(topic, message.getPayload(), message.isRetained())),
                    (topic, message) -> heard.add(new Heard(topic, message.getPayload(), message.isRetained()))
                })
                .waitForCompletion();
        return node;
    }

    private static MqttAsyncClient client(String url, String id) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient(url, id, new MemoryPersistence());
        client.connect().waitForCompletion();
        return client;
    }

    private static BlockingQueue<Heard> listen(MqttAsyncClient client, String topic) throws MqttException {
        BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
        client.subscribe(
                        topic, 1, (on, message) -> heard.add(new Heard(on, message.getPayload(), message.isRetained())))
                .waitForCompletion();
        return heard;
    }

    private static Heard await(BlockingQueue<Heard> heard, String topic) throws InterruptedException {
        while (true) {
            Heard next = heard.poll(2, TimeUnit.MINUTES);
            assertThat(next).as("a message on " + topic).isNotNull();
            if (next.topic().equals(topic)) {
                return next;
            }
        }
    }

    /** Without a word to the broker, which then publishes the will. */
    private static void kill(MqttAsyncClient node) throws MqttException {
        node.disconnectForcibly(0, 1, false);
        node.close(true);
    }

    private static void publish(MqttAsyncClient node, String to, long sequence, Metric... metrics)
            throws MqttException {
        String[] parts = to.split("/", 2);
        node.publish(
                        "spBv1.0/casa1/" + parts[0] + "/" + parts[1],
                        payload(sequence, metrics).toByteArray(),
                        0,
                        false)
                .waitForCompletion();
    }

    private static Payload payload(long sequence, Metric... metrics) {
        Payload.Builder payload =
                Payload.newBuilder().setTimestamp(Instant.now().toEpochMilli());
        if (sequence >= 0) {
            payload.setSeq(sequence);
        }
        return payload.addAllMetrics(List.of(metrics)).build();
    }

    private static Metric bdSeq() {
        return Metric.newBuilder()
                .setName("bdSeq")
                .setDatatype(8)
                .setLongValue(3)
                .build();
    }

    private static Metric born(String name, long alias, double value) {
        return Metric.newBuilder()
                .setName(name)
                .setAlias(alias)
                .setDatatype(DOUBLE)
                .setTimestamp(AT)
                .setDoubleValue(value)
                .build();
    }

    private static Metric byAlias(long alias, double value) {
        return Metric.newBuilder()
                .setAlias(alias)
                .setTimestamp(AT)
                .setDoubleValue(value)
                .build();
    }

    private static Readings readings(String device, double watts) {
        return new Readings(
                new DeviceId("casa1", device),
                "",
                new Sampling().gauge(Point.POWER, AT, watts).series());
    }

    private static String text(Heard heard) {
        return new String(heard.payload(), StandardCharsets.UTF_8);
    }
}

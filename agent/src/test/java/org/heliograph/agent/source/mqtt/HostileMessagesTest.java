package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.fuzz.Mutation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The entry from MQTT: whatever topic and payload come, each message is answered once, and none ends the connection. */
@Timeout(1_800)
class HostileMessagesTest {
    private static final int MESSAGES = 10_000;
    private static final List<String> TOPICS = List.of(
            "hg/casa1/util-1/senml",
            "tele/plug-1/SENSOR",
            "solar/1141/0/power",
            "spBv1.0/casa1/NBIRTH/edge-7",
            "spBv1.0/casa1/DBIRTH/edge-7/util-1",
            "spBv1.0/casa1/DDATA/edge-7/util-1",
            "spBv1.0/casa1/NDEATH/edge-7",
            "spBv1.0/STATE/heliograph");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void every_message_is_answered_once() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        List<byte[]> payloads = payloads();
        List<byte[]> topics = TOPICS.stream()
                .map(topic -> topic.getBytes(StandardCharsets.UTF_8))
                .toList();
        NoLink broker = new NoLink();
        Recorder recorder = new Recorder();
        try (Session session = broker.session(config(), recorder)) {
            for (int id = 1; id <= MESSAGES; id++) {
                String topic = random.nextInt(4) > 0
                        ? TOPICS.get(random.nextInt(TOPICS.size()))
                        : new String(Mutation.of(topics, random), StandardCharsets.UTF_8);
                byte[] payload = Mutation.of(payloads, random);
                String type = random.nextInt(8) > 0 ? null : "application/senml+cbor";
                session.arrived(
                        new Link.Message(topic, payload, id, 1, random.nextInt(8) == 0, random.nextInt(8) == 0, type));
                assertThat(broker.acknowledged()).as(topic).isEqualTo(id);
            }
        }
        assertThat(broker.isNoneAcknowledged()).isTrue();
        assertThat(recorder.faults).isEmpty();
        assertThat(recorder.offered).isPositive();
        assertThat(recorder.refused).isPositive();
    }

    private static List<byte[]> payloads() throws Exception {
        List<byte[]> payloads = new ArrayList<>();
        try (var files = Files.walk(Path.of("src/test/resources/hostile"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.toString().endsWith(".yaml")) {
                    payloads.add(Files.readAllBytes(file));
                }
            }
        }
        assertThat(payloads).isNotEmpty();
        return payloads;
    }

    private AgentConfig.Mqtt config() throws Exception {
        return BrokerEntry.of(folder, """
                topics: ["hg/+/+/senml"],
                mappings: [{use: tasmota-energy}, {use: opendtu}],
                sparkplug: {groups: [casa1]}""");
    }

    private static final class Recorder extends NoIntake {
        private final List<String> faults = new ArrayList<>();
        private int offered;
        private int refused;

        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            offered++;
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            refused++;
            if (reason.isBlank() || reason.startsWith("the agent failed")) {
                faults.add(arrival.source() + ": " + reason);
            }
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long readings) {
            faults.add(device + " " + reason);
        }
    }
}

package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One message about several devices. */
@Timeout(600)
class GatewayTest {
    @TempDir
    private Path folder = Path.of("");

    private final NoLink broker = new NoLink();
    private final BlockingQueue<DeviceId> offered = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    private final CompletableFuture<Admission> letter = new CompletableFuture<>();

    @Test
    void what_is_wrong_with_one_device_is_a_dead_letter_and_the_others_are_kept_before_it_is_acknowledged()
            throws Exception {
        try (Session session = broker.session(gateway(), new Journal())) {
            String body = "{\"a\":{\"w\":7},\"b\":{\"w\":\"unavailable\"},\"c\":{\"w\":9}}";
            session.arrived(
                    new Link.Message("gateway/all", body.getBytes(StandardCharsets.UTF_8), 1, 1, false, false, null));

            assertThat(refused.poll(2, TimeUnit.MINUTES)).isEqualTo("'/b/w' is 'unavailable', which is not a number");
            assertThat(offered).extracting(DeviceId::device).containsExactlyInAnyOrder("pdu-a", "pdu-c");
            assertThat(broker.isNoneAcknowledged())
                    .as("none while the dead letter isn't on disk")
                    .isTrue();
            letter.complete(new Admission.Refused("kept as a dead letter"));
            assertThat(broker.acknowledged()).isEqualTo(1);
        }
        assertThat(refused).isEmpty();
        assertThat(broker.isNoneAcknowledged()).isTrue();
    }

    private AgentConfig.Mqtt gateway() throws Exception {
        return BrokerEntry.of(folder, """
                mappings: [
                  {topic: gateway/all, device: pdu-a, points: {power: {at: /a/w}}},
                  {topic: gateway/all, device: pdu-b, points: {power: {at: /b/w}}},
                  {topic: gateway/all, device: pdu-c, points: {power: {at: /c/w}}}]""");
    }

    private final class Journal extends NoIntake {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            offered.add(readings.device());
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            refused.add(reason);
            return letter;
        }
    }
}

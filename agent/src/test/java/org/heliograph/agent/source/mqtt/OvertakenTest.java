package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A message that waits for one before it which never comes: it is answered all the same. */
@Timeout(600)
class OvertakenTest {
    @TempDir
    private Path folder = Path.of("");

    private final NoLink broker = new NoLink();
    private final Refusing intake = new Refusing();

    @Test
    void it_is_handed_in_when_it_has_waited_for_long_enough() throws Exception {
        try (Session session = open()) {
            session.arrived(message("NBIRTH", 1, 0));
            assertThat(broker.acknowledged()).isEqualTo(1);
            session.arrived(message("NDATA", 2, 2));

            assertThat(broker.acknowledged()).isEqualTo(2);
            assertThat(intake.reasons()).singleElement().asString().startsWith("sequence 2 where 1 is next");
        }
    }

    @Test
    void it_is_handed_in_when_the_connection_is_closed_before() throws Exception {
        Session session = open();
        session.arrived(message("NBIRTH", 1, 0));
        assertThat(broker.acknowledged()).isEqualTo(1);
        session.arrived(message("NDATA", 2, 2));
        session.close();

        assertThat(broker.acknowledged()).isEqualTo(2);
        assertThat(intake.reasons())
                .containsExactly("the connection ended before what was before it in its edge node's sequence had come");
    }

    private Session open() throws Exception {
        return broker.session(BrokerEntry.of(folder, "sparkplug: {}"), intake);
    }

    private static Link.Message message(String type, int id, int sequence) {
        byte[] payload = Payload.newBuilder()
                .setTimestamp(System.currentTimeMillis())
                .setSeq(sequence)
                .build()
                .toByteArray();
        return new Link.Message("spBv1.0/casa1/" + type + "/edge-7", payload, id, 1, false, false, null);
    }

    private static final class Refusing extends NoIntake {
        private final List<String> reasons = new ArrayList<>();

        synchronized List<String> reasons() {
            return List.copyOf(reasons);
        }

        @Override
        public synchronized CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            reasons.add(reason);
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }
    }
}

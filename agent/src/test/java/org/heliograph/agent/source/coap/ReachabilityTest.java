package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final Presence ONLINE = Presence.online(NOW, "observed");
    private static final Presence OFFLINE = Presence.offline(NOW, "reset");

    private final RecordingIntake intake = new RecordingIntake();
    private final Reachability reachability = new Reachability(new DeviceId("casa1", "crac-01"), intake);

    /** Who spoke before, up to a reload or an agent's end, may have said that it is away. */
    @Test
    void that_a_device_is_there_is_said_at_first_and_then_when_it_changes() throws Exception {
        reachability.is(ONLINE);
        reachability.is(ONLINE);
        reachability.is(OFFLINE);
        reachability.is(OFFLINE);
        reachability.is(ONLINE);

        assertThat(intake.presences()).isEqualTo(3);
        assertThat(intake.awaitPresence()).isEqualTo(ONLINE);
        assertThat(intake.awaitPresence()).isEqualTo(OFFLINE);
        assertThat(intake.awaitPresence()).isEqualTo(ONLINE);
    }
}

package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.NoIntake;
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

    @Test
    void what_finds_no_room_is_left_to_the_intake_and_what_changes_after_that_is_said() {
        List<Presence> said = new ArrayList<>();
        Reachability atFullJournal = new Reachability(new DeviceId("casa1", "crac-01"), new NoIntake() {
            @Override
            public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
                said.add(presence);
                return CompletableFuture.completedFuture(new Admission.Full(1));
            }
        });
        atFullJournal.is(OFFLINE);
        atFullJournal.is(OFFLINE);
        atFullJournal.is(ONLINE);

        assertThat(said).containsExactly(OFFLINE, ONLINE);
    }
}

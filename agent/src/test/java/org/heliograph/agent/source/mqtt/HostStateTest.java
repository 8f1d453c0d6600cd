package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HostStateTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000);

    private final HostState state = new HostState("heliograph", NOW);

    @Test
    void a_denial_by_a_clock_that_was_ahead_is_later() {
        assertThat(state.laterOf(bytes("{\"online\":false,\"timestamp\": 1001}")))
                .contains(Instant.ofEpochMilli(1_001));
        assertThat(state.laterOf(
                        new HostState("heliograph", NOW.plusMillis(7)).offline().payload()))
                .contains(NOW.plusMillis(7));
    }

    @Test
    void ones_own_and_earlier_ones_and_those_without_a_time_are_not() {
        assertThat(state.laterOf(state.offline().payload())).isEmpty();
        for (String denial : new String[] {
            "{\"online\":false,\"timestamp\":999}",
            "{\"online\":false}",
            "OFFLINE",
            "{\"online\":false,\"timestamp\":99999999999999999999}",
            "{\"online\":false,\"timestamp\":-5}"
        }) {
            assertThat(state.laterOf(bytes(denial))).as(denial).isEmpty();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

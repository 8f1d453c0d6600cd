package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final Instant BEGIN = Instant.parse("2026-11-26T00:00:00Z");
    private static final Instant EARLIER = BEGIN.minus(Duration.ofDays(1));

    @Test
    void what_was_deleted_is_not_computed_anew() throws Exception {
        assertThat(Replay.start(Optional.empty(), Optional.of(BEGIN), () -> EARLIER))
                .isEqualTo(BEGIN);
        assertThatThrownBy(() -> Replay.start(Optional.of(EARLIER), Optional.of(BEGIN), () -> EARLIER))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("since 2026-11-26T00:00:00Z only");
    }

    @Test
    void a_topic_of_which_nothing_was_deleted_may_hold_older_readings_than_its_first() throws Exception {
        assertThat(Replay.start(Optional.of(EARLIER), Optional.empty(), () -> BEGIN))
                .isEqualTo(EARLIER);
        assertThat(Replay.start(Optional.empty(), Optional.empty(), () -> BEGIN))
                .isEqualTo(BEGIN);
    }
}

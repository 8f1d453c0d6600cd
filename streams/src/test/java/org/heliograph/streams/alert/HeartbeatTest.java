package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.junit.jupiter.api.Test;

/** What AlertWatchTest doesn't ask of it. */
class HeartbeatTest {
    private static final SiteLive LIVE = SiteLive.newBuilder().setSite("casa1").build();
    private static final long WEEKS_MILLIS = Duration.ofDays(21).toMillis();
    private static final long WEEKS_NANOS = Duration.ofDays(21).toNanos();

    private final Heartbeat heartbeat = new Heartbeat();

    @Test
    void a_site_that_begins_again_is_not_missed_for_what_came_of_it_after_its_end() {
        heartbeat.gathered(0);
        heartbeat.begins("casa1");
        heartbeat.beats(LIVE, 0);
        heartbeat.ends("casa1");
        heartbeat.beats(LIVE, 1);
        heartbeat.begins("casa1");

        assertThat(heartbeat.at(WEEKS_MILLIS, WEEKS_NANOS)).isEmpty();
        heartbeat.beats(LIVE, WEEKS_NANOS);
        assertThat(heartbeat.at(WEEKS_MILLIS, WEEKS_NANOS)).hasSize(1);
    }

    @Test
    void nor_for_what_is_read_again_of_it() {
        heartbeat.begins("casa1");
        heartbeat.ends("casa1");
        heartbeat.beats(LIVE, 0);
        heartbeat.gathered(0);
        heartbeat.begins("casa1");

        assertThat(heartbeat.at(WEEKS_MILLIS, WEEKS_NANOS)).isEmpty();
    }
}

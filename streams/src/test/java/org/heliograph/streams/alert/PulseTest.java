package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.junit.jupiter.api.Test;

/** What AlertWatchTest doesn't ask of it. */
class PulseTest {
    private static final SiteLive LIVE = SiteLive.newBuilder().setSite("casa1").build();
    private static final long WEEKS_MILLIS = Duration.ofDays(21).toMillis();
    private static final long WEEKS_NANOS = Duration.ofDays(21).toNanos();

    private final Pulse pulse = new Pulse();

    @Test
    void a_site_that_begins_again_is_not_missed_for_what_came_of_it_after_its_end() {
        pulse.gathered();
        pulse.begins("casa1");
        pulse.beats(LIVE, 0);
        pulse.ends("casa1");
        pulse.beats(LIVE, 1);
        pulse.begins("casa1");

        assertThat(pulse.at(WEEKS_MILLIS, WEEKS_NANOS)).isEmpty();
        pulse.beats(LIVE, WEEKS_NANOS);
        assertThat(pulse.at(WEEKS_MILLIS, WEEKS_NANOS)).hasSize(1);
    }

    @Test
    void nor_for_what_is_read_again_of_it() {
        pulse.begins("casa1");
        pulse.ends("casa1");
        pulse.beats(LIVE, 0);
        pulse.gathered();
        pulse.begins("casa1");

        assertThat(pulse.at(WEEKS_MILLIS, WEEKS_NANOS)).isEmpty();
    }
}

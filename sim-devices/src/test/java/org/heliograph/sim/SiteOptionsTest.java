package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class SiteOptionsTest {
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");

    /** Else a replay from today and a later start on that day would have other meters. */
    @Test
    void today_and_any_moment_of_the_day_on_the_site_have_the_same_midnight() {
        Instant today = SiteOptions.moment(
                "--replay-from", "today", ZONE, InstantSource.fixed(Instant.parse("2026-07-01T08:00:00Z")));

        assertThat(today).isEqualTo("2026-06-30T23:00:00Z");
        assertThat(SiteOptions.midnight(today, ZONE)).isEqualTo(today);
        assertThat(SiteOptions.midnight(Instant.parse("2026-07-01T22:59:00Z"), ZONE))
                .isEqualTo(today);
    }
}

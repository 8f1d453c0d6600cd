package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
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

    @Test
    void a_site_changes_when_a_device_comes_and_not_at_the_end_of_time() throws ConfigurationException {
        Instant start = Instant.parse("2026-07-01T08:00:00Z");
        String yaml = Casablanca.siteYaml(1);
        String later = yaml + "  - {id: crac-99, profile: crac, role: cooling, validFrom: \"2026-08-01T08:00:00Z\"}\n";

        assertThat(SiteOptions.nextChange(SiteFile.parse("site.yaml", yaml), start))
                .isEmpty();
        assertThat(SiteOptions.nextChange(SiteFile.parse("site.yaml", later), start))
                .contains(Instant.parse("2026-08-01T08:00:00Z"));
    }
}

package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SunTest {
    private static final SiteModel.Location CASABLANCA = new SiteModel.Location(33.57, -7.59);
    private static final SiteModel.Location SYDNEY = new SiteModel.Location(-33.87, 151.21);

    @Test
    void at_noon_of_the_solstices_it_stands_as_high_as_latitude_and_tilt_make_it() {
        // 12:00 UTC + 7.59 degrees of longitude, and what the equation of time is on those days
        assertThat(Sun.elevation(CASABLANCA, Instant.parse("2026-06-21T12:32:00Z")))
                .isEqualTo(79.87, within(0.2));
        assertThat(Sun.elevation(CASABLANCA, Instant.parse("2026-12-21T12:28:30Z")))
                .isEqualTo(32.99, within(0.2));
        assertThat(Sun.elevation(SYDNEY, Instant.parse("2026-12-21T01:53:00Z"))).isEqualTo(79.57, within(0.2));
    }

    @Test
    void at_sunrise_it_is_at_the_horizon_and_at_night_below_it() {
        assertThat(Sun.elevation(CASABLANCA, Instant.parse("2026-03-20T06:34:00Z")))
                .isEqualTo(0, within(1.0));
        assertThat(Sun.elevation(CASABLANCA, Instant.parse("2026-03-20T00:38:00Z")))
                .isLessThan(-50);
    }
}

package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.junit.jupiter.api.Test;

class HallJsonTest {
    private static final Instant NOW = Instant.parse("2026-07-01T12:00:00Z");

    @Test
    void an_inverters_state_is_called_what_its_own_model_calls_it() throws Exception {
        assertThat(inverter("pv-inverter", 8)).contains("\"state\":8.0,\"state_name\":\"standby\"");
        assertThat(inverter("pv-inverter", 7)).contains("\"state\":7.0,\"state_name\":\"fault\"");
        assertThat(inverter("pv-inverter-701", 7)).contains("\"state\":7.0,\"state_name\":\"standby\"");
        assertThat(inverter("pv-inverter-701", 6)).contains("\"state\":6.0,\"state_name\":\"fault\"");
        assertThat(inverter("pv-inverter", 0)).contains("\"state\":0.0").doesNotContain("state_name");
    }

    private static String inverter(String profile, double state) throws Exception {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                devices:
                  - {id: inv-1, profile: %s, role: pv}
                """.formatted(profile));
        DeviceMinute minute = DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice("inv-1")
                .setRole("pv")
                .setStartMs(NOW.minusSeconds(60).toEpochMilli())
                .addPoints(PointStatistics.newBuilder()
                        .setPoint(Point.STATE.number())
                        .setLast(state)
                        .setCount(60))
                .build();
        return HallJson.hall("casa1", NOW, Optional.of(model), Map.of("inv-1", minute));
    }
}

package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
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

    @Test
    void without_a_rating_an_inverter_is_set_beside_nobody() throws Exception {
        String rated = "rating: 50 kW";
        assertThat(shares(inverters(rated, rated, rated, rated))).isEqualTo(4);
        // with kilowatts for a share it would be far above the others, and move the middle of them
        assertThat(shares(inverters(rated, rated, rated, "area: ''"))).isEqualTo(3);
        assertThat(shares(inverters(rated, rated, "area: ''", "area: ''"))).isZero();
    }

    @Test
    void the_page_is_told_what_the_site_has_devices_for_and_who_may_be_silent_for_long() throws Exception {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                profiles:
                  - profile: slow-inlet
                    points: {inlet_temp: {period: PT15M, maxGap: PT1H}}
                devices:
                  - {id: inlet-1, profile: slow-inlet, role: room}
                  - {id: inlet-2, profile: inlet-sensor, role: room}
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: edge-1, profile: agent, role: room}
                """);
        String hall = HallJson.hall("casa1", NOW, Optional.of(model), Map.of());
        assertThat(hall)
                .contains("\"roles\":[\"grid\",\"room\"]")
                .contains("\"patience_ms\":15000,\"envelope\"")
                .contains("{\"device\":\"inlet-1\",\"patience_ms\":2700000}")
                .contains("{\"device\":\"inlet-2\"}");
    }

    @Test
    void a_list_has_two_thousand_devices_at_most() throws Exception {
        Map<String, DeviceMinute> minutes = new TreeMap<>();
        for (int i = 1; i <= 2_001; i++) {
            String id = "ups-" + i;
            minutes.put(
                    id,
                    DeviceMinute.newBuilder()
                            .setSite("casa1")
                            .setDevice(id)
                            .setRole("ups")
                            .build());
        }
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                devices:
                  - {id: "ups-{1..2001}", profile: ups, role: ups}
                  - {id: crac-1, profile: crac, role: cooling}
                """);

        assertThat(devices(HallJson.hall("casa1", NOW, Optional.empty(), minutes), "ups-"))
                .isEqualTo(2_000);
        String modelled = HallJson.hall("casa1", NOW, Optional.of(model), minutes);
        assertThat(devices(modelled, "ups-")).isEqualTo(2_000);
        assertThat(devices(modelled, "crac-")).as("of each kind").isEqualTo(1);
    }

    private static long devices(String hall, String named) {
        return Pattern.compile("\"device\":\"" + named).matcher(hall).results().count();
    }

    private static long shares(String hall) {
        return Pattern.compile("\"of_neighbours\":1\\.0")
                .matcher(hall)
                .results()
                .count();
    }

    /** Inverters that yield the same, each with a field of its own in the site model. */
    private static String inverters(String... fields) throws Exception {
        StringBuilder devices = new StringBuilder();
        Map<String, DeviceMinute> minutes = new TreeMap<>();
        for (int i = 0; i < fields.length; i++) {
            String id = "inv-" + (i + 1);
            devices.append("  - {id: %s, profile: pv-inverter, role: pv, %s}\n".formatted(id, fields[i]));
            minutes.put(
                    id,
                    DeviceMinute.newBuilder()
                            .setSite("casa1")
                            .setDevice(id)
                            .setRole("pv")
                            .setStartMs(NOW.minusSeconds(60).toEpochMilli())
                            .addPoints(PointStatistics.newBuilder()
                                    .setPoint(Point.POWER.number())
                                    .setMean(30_000)
                                    .setCount(60))
                            .build());
        }
        SiteModel model = SiteFile.parse("site.yaml", "site: casa1\nzone: Africa/Casablanca\ndevices:\n" + devices);
        return HallJson.hall("casa1", NOW, Optional.of(model), minutes);
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

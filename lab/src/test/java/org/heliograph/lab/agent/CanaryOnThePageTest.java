package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageBoard;
import org.heliograph.streams.page.PageSettings;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.junit.jupiter.api.Test;

/** A canary is declared like any device, in the role of a room's sensors. */
class CanaryOnThePageTest {
    @Test
    void a_canary_is_no_sensor_of_the_hall() throws Exception {
        PageBoard board = new PageBoard();
        board.accept(SiteFile.parse("casa1.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                factors: {average: ember-2024, marginal: ifi-2021-solar}
                devices:
                  - {id: inlet-a1, profile: inlet-sensor, role: room, area: hall-1}
                  - {id: edge-1, profile: agent, role: room, area: hall-1}
                """));
        board.accept(minute("inlet-a1"));
        board.accept(minute("edge-1"));

        try (LivePage page = LivePage.start(new PageSettings(true, "127.0.0.1", 0), board);
                HttpClient reader = HttpClient.newHttpClient()) {
            String hall = reader.send(
                            HttpRequest.newBuilder(page.address().resolve("/api/sites/casa1/hall"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();

            assertThat(hall).contains("\"inlet-a1\"").doesNotContain("edge-1");
        }
    }

    private static DeviceMinute minute(String device) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setRole(Role.ROOM.label())
                .setArea("hall-1")
                .setStartMs(1_782_900_000_000L)
                .build();
    }
}

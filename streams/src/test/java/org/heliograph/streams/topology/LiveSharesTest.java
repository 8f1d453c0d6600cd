package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.streams.topology.state.v1.LiveShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device side tells the site side of the present, and when. */
class LiveSharesTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Duration LOOK = Duration.ofMillis(200);

    @TempDir
    private Path state;

    private EngineDriver driver;
    private Instant clock = NOON;

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, SiteFixture.YAML);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void power(double watts) {
        driver.send("ups-a", new Sampling().gauge(Point.POWER, clock.toEpochMilli(), watts));
    }

    /** What is said at each look of that time. */
    private List<LiveShare> said(Duration time) {
        List<LiveShare> said = new ArrayList<>();
        for (Instant end = clock.plus(time); clock.isBefore(end); clock = clock.plus(LOOK)) {
            driver.advance(LOOK);
            driver.read("test" + Engine.SHARES_SUFFIX, SiteInput::parseFrom).stream()
                    .filter(SiteInput::hasLive)
                    .forEach(input -> said.add(input.getLive()));
        }
        return said;
    }

    @Test
    void what_does_not_change_is_said_each_three_seconds() {
        power(60_000);
        said(Duration.ofSeconds(3));
        assertThat(said(Duration.ofSeconds(9))).hasSize(3);
    }

    @Test
    void what_has_come_is_said_at_the_next_look() {
        power(60_000);
        said(Duration.ofSeconds(2));
        for (int i = 0; i < 4; i++) { // of five looks of a second one is at all
            power(50_000 - i);
            assertThat(said(LOOK))
                    .singleElement()
                    .satisfies(share -> assertThat(share.getRolesList()).isNotEmpty());
        }
    }

    @Test
    void a_device_is_said_to_be_silent_within_a_second_after_its_patience_has_ended() {
        power(60_000);
        said(Duration.ofSeconds(14)); // fifteen it has
        List<LiveShare> said = said(Duration.ofSeconds(2));
        assertThat(said.getLast().getSilent()).isEqualTo(1);
        assertThat(said.getLast().getStale(0).getLastMs()).isEqualTo(NOON.toEpochMilli());
    }
}

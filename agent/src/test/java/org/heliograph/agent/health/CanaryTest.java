package org.heliograph.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.Test;

class CanaryTest {
    private static final Instant START = Instant.parse("2026-07-01T10:00:00Z");

    private final List<Readings> taken = new ArrayList<>();
    private final List<Stamp> stamps = new ArrayList<>();
    private Instant now = START;
    private long confirmed;
    private final Canary canary = new Canary(
            new Operation.Canary("edge-1", Duration.ofSeconds(10)),
            "casa1",
            MachineClock.of(() -> now),
            () -> new Canary.Song(1, 12.5),
            (offset, _) -> offset <= confirmed);
    private final Intake intake = new NoIntake() {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            taken.add(readings);
            stamps.add(stamp);
            return CompletableFuture.completedFuture(new Admission.Kept(taken.size()));
        }
    };

    @Test
    void it_reports_the_agent_as_any_device_does() throws Exception {
        canary.fly(intake);

        assertThat(taken)
                .containsExactly(new Readings(
                        new DeviceId("casa1", "edge-1"),
                        "",
                        new Sampling()
                                .gauge(Point.STATE, START.toEpochMilli(), 1)
                                .gauge(Point.LOAD, START.toEpochMilli(), 12.5)
                                .series()));
    }

    @Test
    void its_time_is_that_of_the_agents_clock_and_is_held_with_it() throws Exception {
        canary.fly(intake);

        assertThat(stamps).containsExactly(Stamp.ARRIVAL);
    }

    @Test
    void its_age_is_that_of_the_latest_that_has_arrived() throws Exception {
        assertThat(canary.latest()).isEqualTo(new Canary.Flight(0, 0));
        confirmed = 2;
        for (int i = 0; i < 3; i++) {
            canary.fly(intake);
            now = now.plusSeconds(10);
        }
        assertThat(canary.latest().atMillis()).isEqualTo(START.plusSeconds(10).toEpochMilli());
        assertThat(canary.latest().travelMillis()).isNotNegative();
        confirmed = 4;
        canary.fly(intake);
        assertThat(canary.latest().atMillis()).isEqualTo(START.plusSeconds(30).toEpochMilli());
    }
}

package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Moment;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static final DeviceId CRAC = new DeviceId("casa1", "crac-01");
    private static final Arrival ARRIVAL = new Arrival(
            "coap://crac-01/senml",
            CRAC,
            "[]".getBytes(StandardCharsets.UTF_8),
            Moment.of(Instant.parse("2026-07-01T10:00:00Z")));
    private static final Duration NEVER = Duration.ofDays(1);

    private final RecordingIntake intake = new RecordingIntake();
    private int roomAgain;
    private final List<String> answered = new ArrayList<>();
    private final ScheduledThreadPoolExecutor retries = new ScheduledThreadPoolExecutor(1);
    private final Handover handover = new Handover(CRAC, intake, retries, NEVER, () -> roomAgain++);

    @AfterEach
    void end() {
        retries.shutdownNow();
    }

    @Test
    void what_found_no_room_goes_in_before_what_comes_next_and_is_answered_then() {
        intake.turnAway.set(1);
        handover.take(parcel(1));
        assertThat(answered).isEmpty();

        handover.take(parcel(2));
        handover.take(parcel(3));

        assertThat(answered).containsExactly("[1]", "[2]", "[3]");
        assertThat(roomAgain).as("the observation is renewed once").isOne();
    }

    @Test
    void a_reading_that_waited_too_long_is_a_counted_loss_only_if_nothing_later_shows_it() throws Exception {
        intake.turnAway.set(Integer.MAX_VALUE);
        handover.take(parcel(1, 2, 3, 4));
        for (long second = 5; second <= 4 + Handover.WAITING_MAX; second++) {
            handover.take(parcel(second - 2, second - 1, second));
        }

        assertThat(intake.awaitLoss()).isEqualTo("crac-01 turned-away 1 2");
        assertThat(answered).isEmpty();
    }

    @Test
    void what_waits_when_a_source_ends_is_a_counted_loss_too_as_far_as_nothing_else_shows_it() throws Exception {
        intake.turnAway.set(Integer.MAX_VALUE);
        handover.take(parcel(1, 2));
        handover.take(parcel(2, 3));
        handover.close();
        assertThat(intake.awaitLoss()).isEqualTo("crac-01 turned-away 1 1");
        assertThat(intake.awaitLoss()).isEqualTo("crac-01 turned-away 1 2");

        handover.take(parcel(4)); // on its way meanwhile
        assertThat(intake.awaitLoss()).isEqualTo("crac-01 turned-away 1 1");
        assertThat(answered).isEmpty();
    }

    private Handover.Parcel parcel(long... seconds) {
        Sampling sampling = new Sampling();
        for (long second : seconds) {
            sampling.gauge(Point.POWER, second * 1_000, (double) second);
        }
        Readings readings = new Readings(CRAC, "", sampling.series());
        return new Handover.Parcel(
                Optional.of(readings),
                () -> intake.offer(readings, Stamp.DEVICE, ARRIVAL),
                () -> answered.add(Arrays.toString(seconds)));
    }
}

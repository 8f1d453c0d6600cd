package org.heliograph.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;

class WatchedIntakeTest {
    private static final DeviceId CRAC = new DeviceId("casa1", "crac-01");
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");

    private final Silence silence = new Silence(new Silence.Rule(
            3,
            Duration.ofMinutes(1),
            _ -> Optional.empty(),
            _ -> Optional.empty(),
            _ -> false,
            _ -> false,
            _ -> false));
    private final List<Silence.State> whenHandedIn = new ArrayList<>();

    @Test
    void a_device_counts_as_heard_only_once_its_readings_are_handed_in() {
        silence.expect("crac-01", 0);
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 1_000);

        report(watched, NOW, 1_000);

        // agent once ends when everybody was heard and nothing waits in the journal
        assertThat(whenHandedIn).containsExactly(new Silence.State("crac-01", 0, false));
        assertThat(silence.states()).containsExactly(new Silence.State("crac-01", NOW.toEpochMilli(), false));
    }

    @Test
    void a_clock_that_is_set_makes_nobody_silent_and_teaches_nothing() {
        AtomicLong upMillis = new AtomicLong();
        AtomicReference<Instant> wall = new AtomicReference<>(NOW);
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, wall::get, upMillis::get);
        for (int i = 0; i < 100; i++) {
            upMillis.addAndGet(1_000);
            report(watched, wall.get(), upMillis.get());
            wall.set(wall.get().plus(Duration.ofHours(8)));
            assertThat(silence.look(upMillis.get())).isEmpty();
        }
        assertThat(silence.states())
                .containsExactly(new Silence.State(
                        "crac-01", NOW.plus(Duration.ofHours(8 * 99)).toEpochMilli(), false));

        wall.set(NOW.minus(Duration.ofHours(8)));
        upMillis.addAndGet(61_000);
        assertThat(silence.look(upMillis.get()))
                .as("it reports every second, and is missed after a minute")
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofSeconds(61), false));
    }

    @Test
    void what_is_handed_in_again_because_there_was_no_room_is_no_sign_of_life() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        for (int i = 0; i < 100; i++) {
            report(watched, NOW, 1_000L * i);
        }
        for (int i = 0; i < 200; i++) {
            report(watched, NOW, 99_000); // the latest, again and again
        }

        assertThat(silence.look(99_000 + 61_000))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofSeconds(61), false));
    }

    @Test
    void what_a_broker_had_kept_is_no_sign_of_life() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        assertThat(silence.states()).containsExactly(new Silence.State("crac-01", 0, false));

        for (int i = 0; i < 100; i++) {
            report(watched, NOW, 1_000L * i);
        }
        report(watched, NOW.plusSeconds(59), 99_000 + 59_000, false);

        assertThat(silence.look(99_000 + 61_000))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofSeconds(61), false));
        assertThat(silence.states()).containsExactly(new Silence.State("crac-01", NOW.toEpochMilli(), true));
    }

    @Test
    void a_device_of_which_a_broker_had_kept_the_last_word_is_missed_when_it_says_nothing_more_for_a_day() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        long day = Silence.UNLEARNED.toMillis();
        assertThat(silence.look(day)).isEmpty();

        report(watched, NOW, day, false); // by another session
        assertThat(silence.look(day + 1))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofMillis(day + 1), false));
    }

    @Test
    void one_that_is_expected_as_well_is_missed_as_soon_as_any() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        silence.expect("crac-01", 1_000);
        report(watched, NOW, 2_000, false);

        assertThat(silence.look(61_000)).isEmpty();
        assertThat(silence.look(61_001))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofMillis(60_001), false));
    }

    @Test
    void one_that_is_configured_long_after_its_retained_message_has_the_time_that_any_has() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        long configured = Duration.ofHours(2).toMillis();
        silence.expect("crac-01", configured);
        assertThat(silence.look(configured + 1_000)).isEmpty();

        // at each reload, which doesn't wait for it anew
        silence.expect("crac-01", configured + 50_000);
        assertThat(silence.look(configured + 60_001))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofMillis(60_001), false));
    }

    @Test
    void one_that_is_missed_already_is_not_heard_by_being_configured() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        long day = Silence.UNLEARNED.toMillis();
        assertThat(silence.look(day + 1)).hasSize(1);
        silence.expect("crac-01", day + 2);
        assertThat(silence.look(day + 3)).isEmpty();
    }

    @Test
    void nor_is_one_that_has_spoken_since_its_retained_message() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);
        report(watched, NOW, 0, false);
        report(watched, NOW, 1_000);
        long day = Silence.UNLEARNED.toMillis();
        silence.expect("crac-01", day);
        assertThat(silence.look(day + 1_001))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofMillis(day + 1), false));
    }

    @Test
    void a_device_whose_transport_tells_of_its_end_is_silent_then_and_not_before() {
        AtomicLong upMillis = new AtomicLong();
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), upMillis::get);
        report(watched, NOW, 0);
        var _ = watched.announce(CRAC, Presence.online(NOW, "born"));

        upMillis.set(Duration.ofDays(30).toMillis());
        assertThat(silence.look(upMillis.get())).as("nothing has changed").isEmpty();
        var _ = watched.announce(CRAC, Presence.offline(NOW, "dead"));

        assertThat(silence.look(upMillis.get()))
                .containsExactly(new Silence.Change("crac-01", true, Duration.ofDays(30), true));
        var _ = watched.announce(CRAC, Presence.online(NOW, "born"));
        assertThat(silence.look(upMillis.get()))
                .containsExactly(new Silence.Change("crac-01", false, Duration.ZERO, true));
    }

    @Test
    void a_device_that_says_nothing_new_is_heard_all_the_same() {
        WatchedIntake watched = new WatchedIntake(new Journal(), silence, InstantSource.fixed(NOW), () -> 0);

        watched.heard(CRAC);

        assertThat(silence.states()).containsExactly(new Silence.State("crac-01", NOW.toEpochMilli(), false));
    }

    private static void report(WatchedIntake watched, Instant wall, long upMillis) {
        report(watched, wall, upMillis, true);
    }

    private static void report(WatchedIntake watched, Instant wall, long upMillis, boolean live) {
        var _ = watched.offer(
                new Readings(
                        CRAC,
                        "",
                        new Sampling().gauge(Point.POWER, NOW.toEpochMilli(), 7).series()),
                Stamp.DEVICE,
                new Arrival("coap://crac-01/senml", CRAC, new byte[0], new Moment(wall, upMillis), live));
    }

    private final class Journal extends NoIntake {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            whenHandedIn.addAll(silence.states());
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }
    }
}

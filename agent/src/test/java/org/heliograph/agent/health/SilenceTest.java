package org.heliograph.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;

    private boolean isNight;
    private String goneDevice = "";
    private final Silence silence = new Silence(new Silence.Rule(
            3,
            Duration.ofMinutes(1),
            device -> device.equals("known") ? Optional.of(Duration.ofMinutes(5)) : Optional.empty(),
            device -> device.equals("plug of a kind") ? Optional.of(Duration.ofSeconds(10)) : Optional.empty(),
            device -> device.startsWith("inverter") && isNight,
            device -> device.startsWith("named"),
            device -> device.equals(goneDevice)));

    @Test
    void a_device_that_reports_every_second_is_silent_after_a_minute_and_told_once() {
        long now = talk("meter", 0, 100, SECOND);

        assertThat(silence.look(now + MINUTE - SECOND)).isEmpty();
        assertThat(silence.look(now + MINUTE + SECOND))
                .containsExactly(new Silence.Change("meter", true, Duration.ofSeconds(61), false));
        assertThat(silence.look(now + 5 * MINUTE)).isEmpty();
        assertThat(silence.states()).containsExactly(new Silence.State("meter", now, true));

        silence.heard("meter", now + 10 * MINUTE, now);
        assertThat(silence.look(now + 10 * MINUTE))
                .containsExactly(new Silence.Change("meter", false, Duration.ZERO, false));
    }

    @Test
    void an_inverter_that_ends_with_the_sun_is_silent_only_once_it_is_missed_by_day() {
        long now = talk("inverter", 0, 100, SECOND);
        talk("meter", 0, 100, SECOND);
        isNight = true;

        assertThat(silence.look(now + 2 * MINUTE))
                .extracting(Silence.Change::device)
                .containsExactly("meter");
        assertThat(silence.look(now + 19 * 60 * MINUTE)).isEmpty();
        isNight = false;
        assertThat(silence.look(now + 19 * 60 * MINUTE + SECOND))
                .extracting(Silence.Change::device)
                .containsExactly("inverter");
    }

    @Test
    void nor_is_one_whose_transport_takes_leave_of_it_in_the_evening_or_that_was_never_heard_by_night() {
        long now = talk("inverter 1", 0, 10, SECOND);
        silence.expect("inverter 2", now);
        isNight = true;
        silence.told("inverter 1", false, now);

        assertThat(silence.look(now + 60 * MINUTE)).isEmpty();
        isNight = false;
        assertThat(silence.look(now + 61 * MINUTE)).hasSize(2);
    }

    @Test
    void one_that_fell_silent_by_day_does_not_come_back_with_the_night_nor_is_one_of_days_waited_for() {
        long now = talk("inverter 1", 0, 100, SECOND) + 2 * MINUTE;
        assertThat(silence.look(now)).hasSize(1);
        isNight = true;
        silence.expect("inverter 2", now);

        assertThat(silence.look(now + 60 * MINUTE)).isEmpty();
        assertThat(silence.look(now + Silence.LONGEST_REST.toMillis() + SECOND))
                .as("near the poles")
                .extracting(Silence.Change::device)
                .containsExactly("inverter 2");
    }

    @Test
    void of_one_that_is_gone_nothing_is_said_and_it_is_as_it_was_when_it_is_one_again() {
        long now = talk("pdu", 0, 100, SECOND);
        assertThat(silence.look(now + 2 * MINUTE)).hasSize(1);
        goneDevice = "pdu";

        assertThat(silence.look(now + 3 * MINUTE)).isEmpty();
        assertThat(silence.look(now + 10 * 24 * 60 * MINUTE)).isEmpty();
        assertThat(silence.states()).isEmpty();

        goneDevice = "";
        assertThat(silence.look(now + 10 * 24 * 60 * MINUTE)).isEmpty();
        assertThat(silence.states()).containsExactly(new Silence.State("pdu", now, true));
        long back = now + 11 * 24 * 60 * MINUTE;
        silence.heard("pdu", back, back);
        assertThat(silence.look(back)).containsExactly(new Silence.Change("pdu", false, Duration.ZERO, false));
    }

    @Test
    void one_that_its_transport_told_of_before_the_model_had_it_is_judged_by_that() {
        goneDevice = "plug";
        silence.told("plug", true, 0);
        talk("plug", 0, 100, SECOND);
        goneDevice = "";

        assertThat(silence.look(60 * MINUTE)).as("it reports what has changed").isEmpty();
    }

    @Test
    void a_rare_device_has_its_pauses_learned() {
        long now = talk("gas", 0, 10, 15 * MINUTE);

        assertThat(silence.look(now + 44 * MINUTE)).isEmpty();
        assertThat(silence.look(now + 46 * MINUTE)).hasSize(1);
    }

    @Test
    void what_is_known_of_a_device_goes_before_what_was_learned() {
        long now = talk("known", 0, 100, SECOND);

        assertThat(silence.look(now + 14 * MINUTE)).isEmpty();
        assertThat(silence.look(now + 16 * MINUTE)).hasSize(1);
    }

    @Test
    void one_that_reports_more_rarely_than_its_kind_is_silent_by_its_own_pace_once_that_is_known() {
        long now = talk("plug of a kind", 0, 3, 5 * MINUTE);
        silence.heard("plug of a kind", now + 5 * MINUTE, 1);
        silence.look(now + 5 * MINUTE);

        for (long minute = 6; minute <= 60; minute++) {
            if (minute % 5 == 0) {
                silence.heard("plug of a kind", now + minute * MINUTE, 1);
            }
            assertThat(silence.look(now + minute * MINUTE))
                    .as("minute %d", minute)
                    .isEmpty();
        }
        assertThat(silence.look(now + 76 * MINUTE)).hasSize(1);
    }

    @Test
    void one_outage_soon_after_the_start_is_no_pace() {
        long now = talk("plug of a kind", 0, 3, 10 * SECOND);
        assertThat(silence.look(now + 20 * MINUTE)).hasSize(1);
        now = talk("plug of a kind", now + 2 * 60 * MINUTE, 30, 10 * SECOND);
        assertThat(silence.look(now)).hasSize(1);

        assertThat(silence.look(now + MINUTE + SECOND)).hasSize(1);
    }

    @Test
    void one_that_reports_as_often_as_its_kind_is_silent_by_that() {
        long now = talk("plug of a kind", 0, 2, 10 * SECOND);

        assertThat(silence.look(now + MINUTE + SECOND)).hasSize(1);
    }

    @Test
    void a_device_that_was_never_heard_is_silent_too() {
        silence.expect("crac", 0);

        assertThat(silence.look(2 * MINUTE))
                .containsExactly(new Silence.Change("crac", true, Duration.ofMinutes(2), false));
        assertThat(silence.states()).containsExactly(new Silence.State("crac", 0, true));
        silence.forget("crac");
        assertThat(silence.states()).isEmpty();
    }

    @Test
    void a_rare_device_that_nobody_declared_is_never_called_silent_while_it_keeps_its_pace() {
        for (long second = 0; second <= 3_600; second++) {
            if (second % 300 == 0) {
                silence.heard("plug", second * SECOND, 1);
            }
            assertThat(silence.look(second * SECOND)).as("second %d", second).isEmpty();
        }
        assertThat(silence.look(4_501 * SECOND)).as("three reports are missing").hasSize(1);
    }

    @Test
    void messages_that_come_in_bursts_are_one_report() {
        for (long second = 0; second <= 3_600; second++) {
            if (second % 300 < 10) {
                silence.heard("shelly", second * SECOND, 1);
            }
            assertThat(silence.look(second * SECOND)).as("second %d", second).isEmpty();
        }
    }

    @Test
    void a_backlog_that_is_told_at_once_does_not_teach_that_it_is_the_pace() {
        long now = talk("plug", 0, 100, SECOND); // 100 s of it
        for (int i = 0; i < 20; i++) {
            now = talk("plug", now + 5 * MINUTE, 1, SECOND);
            silence.look(now - 1);
            silence.look(now);
        }
        assertThat(silence.look(now + 14 * MINUTE)).isEmpty();
        assertThat(silence.look(now + 16 * MINUTE)).hasSize(1);
    }

    @Test
    void one_that_was_heard_too_rarely_to_know_is_silent_after_a_day() {
        silence.heard("new", 0, 1);

        assertThat(silence.look(Silence.UNLEARNED.toMillis())).isEmpty();
        assertThat(silence.look(Silence.UNLEARNED.toMillis() + 1)).hasSize(1);
    }

    @Test
    void an_observed_device_is_missed_until_it_was_heard_and_then_when_its_observation_says_so() {
        silence.expect("observed", 0);
        assertThat(silence.look(2 * MINUTE))
                .containsExactly(new Silence.Change("observed", true, Duration.ofMinutes(2), false));
        silence.told("observed", true, 2 * MINUTE);
        assertThat(silence.look(2 * MINUTE))
                .as("its observation tells that it is there")
                .containsExactly(new Silence.Change("observed", false, Duration.ZERO, true));

        assertThat(silence.look(600 * MINUTE)).isEmpty();
        silence.told("observed", false, 600 * MINUTE);
        assertThat(silence.look(600 * MINUTE))
                .containsExactly(new Silence.Change("observed", true, Duration.ofMinutes(598), true));
    }

    @Test
    void a_device_that_moves_to_a_transport_that_says_nothing_is_judged_by_its_pace_again() {
        silence.told("plug", true, 0);
        silence.unattended("plug");
        long now = talk("plug", MINUTE, 100, SECOND);

        assertThat(silence.look(now)).isEmpty();
        assertThat(silence.look(now + 2 * MINUTE))
                .containsExactly(new Silence.Change("plug", true, Duration.ofMinutes(2), false));
    }

    @Test
    void a_device_that_reported_only_what_had_changed_has_no_pace_when_its_source_is_begun_anew() {
        silence.told("plug", true, 0);
        long now = talk("plug", 0, 100, SECOND);
        silence.unattended("plug");

        assertThat(silence.look(now + 3_600 * SECOND)).isEmpty();
    }

    @Test
    void a_device_that_was_said_to_be_gone_and_speaks_by_another_way_is_told_as_heard_and_then_judged_by_its_pace() {
        silence.told("plug", true, 0);
        silence.told("plug", false, MINUTE);
        assertThat(silence.look(MINUTE)).hasSize(1);
        silence.unattended("plug");
        assertThat(silence.look(2 * MINUTE)).as("it is gone still").isEmpty();

        long now = talk("plug", 3 * MINUTE, 100, SECOND);
        assertThat(silence.look(now))
                .as("its transport won't tell")
                .containsExactly(new Silence.Change("plug", false, Duration.ZERO, false));
        assertThat(silence.look(now + 2 * MINUTE))
                .containsExactly(new Silence.Change("plug", true, Duration.ofMinutes(2), false));
    }

    @Test
    void what_came_before_a_device_was_said_to_be_gone_does_not_bring_it_back() {
        silence.told("plug", true, 0);
        silence.heard("plug", MINUTE, 1);
        silence.told("plug", false, 2 * MINUTE);
        silence.look(2 * MINUTE);
        silence.heard("plug", MINUTE, 1); // handed in again, as there is room now

        assertThat(silence.look(3 * MINUTE)).isEmpty();
        silence.told("plug", true, 4 * MINUTE);
        assertThat(silence.look(4 * MINUTE)).containsExactly(new Silence.Change("plug", false, Duration.ZERO, true));
    }

    @Test
    void a_silence_does_not_teach_that_silence_is_usual() {
        long now = talk("meter", 0, 100, SECOND);
        for (int i = 0; i < 20; i++) {
            now += 60 * MINUTE;
            assertThat(silence.look(now)).as("silence %d", i).hasSize(1);
            silence.heard("meter", now, now);
            silence.look(now);
            now = talk("meter", now, 100, SECOND);
        }
    }

    @Test
    void names_that_are_made_up_do_not_fill_the_memory() {
        for (int i = 0; i < Silence.DEVICES_MAX + 100; i++) {
            silence.heard("d" + i, 0, 1);
        }
        assertThat(silence.states()).hasSize(Silence.DEVICES_MAX);
        assertThat(silence.look(MINUTE / 2)).isEmpty();

        // nor do they keep out who is known to be there
        silence.expect("named-1", 0);
        silence.heard("named-2", 0, 1);
        assertThat(silence.states()).hasSize(Silence.DEVICES_MAX + 2);
    }

    private long talk(String device, long fromMillis, int times, long everyMillis) {
        for (int i = 0; i < times; i++) {
            silence.heard(device, fromMillis + i * everyMillis, fromMillis + i * everyMillis);
        }
        return fromMillis + (times - 1) * everyMillis;
    }
}

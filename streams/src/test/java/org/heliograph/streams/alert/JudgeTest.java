package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {
    private static final long MINUTE = 60_000;

    private static final AlertRule HOT = rule("hot", Duration.ofMinutes(10), Duration.ofMinutes(5));

    private final Inventory inventory = new Inventory();
    private final List<Alert> told = new ArrayList<>();
    private Judge judge = judge(new AlertRules(List.of(HOT)));

    private static AlertRule rule(String name, Duration hold, Duration calm) {
        return new AlertRule(
                name,
                Watch.INLET_HIGH,
                "warning",
                OptionalDouble.of(27),
                OptionalDouble.empty(),
                0.5,
                hold,
                calm,
                Set.of(),
                Set.of());
    }

    private static Observation at(long minute, double celsius) {
        return new Observation(Watch.INLET_HIGH, "casa1", "inlet-1", celsius, minute * MINUTE, "");
    }

    private Judge judge(AlertRules rules) {
        return new Judge(rules, inventory);
    }

    private void observe(long minute, double celsius) {
        told.addAll(judge.observe(at(minute, celsius)));
    }

    private List<Alert> forget(long nowMillis, Set<String> unnamed, Set<String> still) {
        return judge.forget(nowMillis, Duration.ofMillis(nowMillis).toNanos(), unnamed, still);
    }

    private List<String> told() {
        return told.stream()
                .map(alert -> alert.getState() + "@" + alert.getTimeMs() / MINUTE)
                .toList();
    }

    @Test
    void what_lasts_is_raised_once_and_cleared_once() {
        for (long minute = 0; minute <= 60; minute++) {
            observe(minute, minute >= 10 && minute < 40 ? 28 : 22);
        }

        assertThat(told()).containsExactly("RAISED@20", "CLEARED@45");
        assertThat(told.getFirst().getMessage()).isEqualTo("the inlet is at 28 °C");
        assertThat(told.getFirst().getSeverity()).isEqualTo("warning");
        assertThat(told.getLast().getMessage()).isEqualTo("cleared: the inlet is at 22 °C");
    }

    @Test
    void a_rule_is_idle_as_long_as_nothing_is_known_of_the_sites_or_areas_that_it_names() throws Exception {
        judge = judge(new AlertRules(List.of(
                HOT,
                of("hall-2", Set.of(), Set.of("hall-2")),
                of("others-hall-1", Set.of("casa2"), Set.of("hall-1")),
                of("casa2", Set.of("casa2"), Set.of()))));
        assertThat(judge.idle(0)).containsExactly("casa2", "hall-2", "others-hall-1");
        inventory.put(SiteFile.parse("site.yaml", """
                site: casa1
                zone: UTC
                devices:
                  - {id: inlet-1, profile: inlet-sensor, role: room, area: hall-1/row-a}
                  - {id: inlet-2, profile: inlet-sensor, role: room, area: hall-2, validFrom: 1970-01-02}
                """));
        assertThat(judge.idle(0)).containsExactly("casa2", "hall-2", "others-hall-1");
        assertThat(judge.idle(24 * 60 * MINUTE)).containsExactly("casa2", "others-hall-1");
        inventory.put(SiteFile.parse("site.yaml", """
                site: casa2
                zone: UTC
                devices: [{id: inlet-1, profile: inlet-sensor, role: room, area: hall-1}]
                """));
        assertThat(judge.idle(24 * 60 * MINUTE)).isEmpty();
    }

    private static AlertRule of(String name, Set<String> sites, Set<String> areas) {
        return new AlertRule(
                name,
                Watch.INLET_HIGH,
                "warning",
                OptionalDouble.of(27),
                OptionalDouble.empty(),
                0.5,
                Duration.ZERO,
                Duration.ZERO,
                sites,
                areas);
    }

    @Test
    void what_is_brief_is_not_told() {
        for (long minute = 0; minute <= 60; minute++) {
            observe(minute, minute % 10 == 9 ? 22 : 28);
        }

        assertThat(told).isEmpty();
    }

    @Test
    void two_moments_with_a_night_between_them_in_which_nothing_was_seen_are_not_what_lasts() {
        observe(0, 28);
        observe(800, 28);
        assertThat(told).isEmpty();

        observe(810, 28);
        observe(811, 22);
        observe(1_600, 22);
        assertThat(told()).containsExactly("RAISED@810");

        observe(1_605, 22);
        assertThat(told()).containsExactly("RAISED@810", "CLEARED@1605");
    }

    @Test
    void what_is_heard_once_an_hour_is_raised_and_cleared_at_the_second_word() {
        for (long hour = 0; hour < 4; hour++) {
            told.addAll(judge.observe(new Observation(
                    Watch.INLET_HIGH, "casa1", "inlet-1", hour < 2 ? 28 : 22, hour * 60 * MINUTE, 180 * MINUTE, "")));
        }

        assertThat(told()).containsExactly("RAISED@60", "CLEARED@180");
    }

    @Test
    void between_the_limit_and_the_hysteresis_an_alert_stands() {
        observe(0, 28);
        observe(10, 28);
        observe(11, 22);
        observe(13, 26.8); // not beyond, and not well within
        observe(17, 26.4);
        assertThat(told()).containsExactly("RAISED@10");

        observe(22, 26.4);
        assertThat(told()).containsExactly("RAISED@10", "CLEARED@22");
    }

    @Test
    void a_rule_without_durations_tells_at_once() {
        judge = judge(new AlertRules(List.of(rule("leak", Duration.ZERO, Duration.ZERO))));
        observe(1, 30);
        observe(2, 20);

        assertThat(told()).containsExactly("RAISED@1", "CLEARED@2");
    }

    @Test
    void a_restatement_of_the_past_changes_nothing_that_is_so_now() {
        observe(0, 28);
        observe(10, 28);
        observe(4, 20);
        observe(10, 20);

        assertThat(told()).containsExactly("RAISED@10");
    }

    @Test
    void a_rule_for_an_area_judges_the_devices_in_it_by_the_newest_model() throws Exception {
        AlertRule inHall2 = new AlertRule(
                "hot",
                Watch.INLET_HIGH,
                "warning",
                OptionalDouble.of(27),
                OptionalDouble.empty(),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Set.of(),
                Set.of("hall-2"));
        judge = judge(new AlertRules(List.of(inHall2)));
        inventory.put(SiteFile.parse("site.yaml", """
                site: casa1
                zone: UTC
                devices:
                  - {id: inlet-1, profile: inlet-sensor, role: room, area: hall-2}
                  - {id: inlet-2, profile: inlet-sensor, role: room, area: hall-2/row-a}
                  - {id: inlet-3, profile: inlet-sensor, role: room, area: hall-20}
                  - {id: inlet-4, profile: inlet-sensor, role: room}
                """));

        for (String device : List.of("inlet-1", "inlet-2", "inlet-3", "inlet-4", "inlet-5")) {
            told.addAll(judge.observe(new Observation(Watch.INLET_HIGH, "casa1", device, 40, MINUTE, "")));
        }

        assertThat(told).extracting(Alert::getDevice).containsExactly("inlet-1", "inlet-2");
    }

    @Test
    void a_rule_for_one_site_doesnt_judge_another() {
        judge = judge(new AlertRules(List.of(new AlertRule(
                "hot",
                Watch.INLET_HIGH,
                "warning",
                OptionalDouble.of(27),
                OptionalDouble.empty(),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Set.of("casa2"),
                Set.of()))));
        observe(1, 40);

        assertThat(told).isEmpty();
    }

    @Test
    void what_stands_under_a_rule_that_is_gone_is_cleared() {
        observe(0, 28);
        observe(10, 28);
        Judge other = judge(new AlertRules(List.of()));
        told.forEach(other::recall);

        assertThat(other.reconcile(100 * MINUTE)).singleElement().satisfies(alert -> {
            assertThat(alert.getState()).isEqualTo(AlertState.CLEARED);
            assertThat(alert.getMessage()).isEqualTo("cleared: the rule is gone");
        });
        assertThat(other.reconcile(101 * MINUTE)).isEmpty();
    }

    @Test
    void what_was_raised_anew_with_another_severity_ends_after_that_though_the_figures_that_end_it_come_late() {
        observe(0, 28);
        observe(10, 28);
        AlertRule graver = new AlertRule(
                HOT.name(),
                HOT.watch(),
                "critical",
                HOT.above(),
                HOT.below(),
                HOT.hysteresis(),
                HOT.hold(),
                HOT.calm(),
                HOT.sites(),
                HOT.areas());
        judge = judge(new AlertRules(List.of(graver)));
        told.forEach(judge::recall);
        told.addAll(judge.reconcile(60 * MINUTE));
        observe(12, 20);
        observe(17, 20);

        assertThat(told())
                .as("by time, of which the severity has the same")
                .containsExactly("RAISED@10", "CLEARED@60", "RAISED@60", "CLEARED@60");
        assertThat(told.getLast().getTimeMs()).isGreaterThan(told.get(2).getTimeMs());
    }

    @Test
    void what_a_device_whose_clock_is_ahead_raised_does_not_end_before_it_began() {
        observe(0, 28);
        observe(14, 28);
        assertThat(told()).containsExactly("RAISED@14");

        Judge other = judge(new AlertRules(List.of()));
        other.recall(told.getFirst());

        assertThat(other.reconcile(10 * MINUTE))
                .singleElement()
                .satisfies(alert -> assertThat(alert.getTimeMs())
                        .isGreaterThan(told.getFirst().getTimeMs()));
    }

    @Test
    void the_engines_own_diagnoses_are_left_to_it() {
        judge.recall(Alert.newBuilder()
                .setSite("casa1")
                .setRule("pue-below-one")
                .setState(AlertState.RAISED)
                .build());

        assertThat(judge.reconcile(MINUTE)).isEmpty();
        assertThat(forget(Judge.FORGOTTEN_AFTER.toMillis() * 2, Set.of(), Set.of()))
                .isEmpty();
    }

    @Test
    void what_nobody_hears_of_any_more_is_cleared_after_a_day() {
        observe(0, 28);
        observe(10, 28);

        assertThat(forget(10 * MINUTE, Set.of(), Set.of())).isEmpty();
        assertThat(forget(10 * MINUTE + Judge.FORGOTTEN_AFTER.toMillis(), Set.of(), Set.of()))
                .isEmpty();
        assertThat(forget(11 * MINUTE + Judge.FORGOTTEN_AFTER.toMillis(), Set.of(), Set.of()))
                .hasSize(1);
    }

    @Test
    void a_clock_that_is_set_ahead_by_days_clears_nothing() {
        observe(0, 28);
        observe(10, 28);
        long days = Judge.FORGOTTEN_AFTER.toMillis() * 3;
        long nextLook = Duration.ofSeconds(10).toNanos();

        assertThat(judge.forget(10 * MINUTE, 0, Set.of(), Set.of())).isEmpty();
        assertThat(judge.forget(days, nextLook, Set.of(), Set.of())).isEmpty();
    }

    @Test
    void what_is_heard_of_again_has_another_day() {
        observe(0, 28);
        observe(10, 28);
        assertThat(forget(10 * MINUTE, Set.of(), Set.of())).isEmpty();
        observe(600, 28);

        assertThat(forget(601 * MINUTE, Set.of(), Set.of())).isEmpty();
        assertThat(forget(600 * MINUTE + Judge.FORGOTTEN_AFTER.toMillis(), Set.of(), Set.of()))
                .isEmpty();
    }

    @Test
    void an_engine_that_says_nothing_clears_nothing_however_long_it_is_away() {
        observe(0, 28);
        observe(10, 28);
        long days = Judge.FORGOTTEN_AFTER.toMillis() * 3;

        assertThat(forget(10 * MINUTE, Set.of(), Set.of())).isEmpty();
        assertThat(forget(days, Set.of(), Set.of("casa1"))).isEmpty();
        assertThat(forget(days + MINUTE, Set.of(), Set.of()))
                .as("a day from now on")
                .isEmpty();
    }

    /** Raised by day, and not watched by night: that it is older than a day doesn't make it unheard of for a day. */
    @Test
    void a_restart_at_night_keeps_an_old_alert_standing() {
        observe(0, 28);
        observe(10, 28);
        judge = judge(new AlertRules(List.of(HOT)));
        told.forEach(judge::recall);
        long restarted = 35 * 60 * MINUTE;

        assertThat(forget(restarted, Set.of(), Set.of())).isEmpty();
        assertThat(forget(restarted + Judge.FORGOTTEN_AFTER.toMillis(), Set.of(), Set.of()))
                .isEmpty();
        assertThat(forget(restarted + Judge.FORGOTTEN_AFTER.toMillis() + MINUTE, Set.of(), Set.of()))
                .singleElement()
                .satisfies(alert -> assertThat(alert.getState()).isEqualTo(AlertState.CLEARED));
    }

    @Test
    void a_rule_of_another_severity_ends_what_stands_and_raises_it_anew() {
        observe(0, 28);
        observe(10, 28);
        AlertRule graver = new AlertRule(
                HOT.name(),
                HOT.watch(),
                "critical",
                OptionalDouble.of(27),
                OptionalDouble.empty(),
                0.5,
                HOT.hold(),
                HOT.calm(),
                Set.of(),
                Set.of());
        judge = judge(new AlertRules(List.of(graver)));
        told.forEach(judge::recall);
        told.addAll(judge.reconcile(20 * MINUTE));
        assertThat(judge.reconcile(21 * MINUTE)).isEmpty();
        observe(30, 20);
        observe(40, 20);

        assertThat(told)
                .extracting(alert -> alert.getState() + " " + alert.getSeverity())
                .containsExactly("RAISED warning", "CLEARED warning", "RAISED critical", "CLEARED critical");
    }

    @Test
    void a_silence_that_the_live_state_has_no_room_to_name_is_not_forgotten() {
        AlertRule silence = new AlertRule(
                "device-silent",
                Watch.SILENCE,
                "warning",
                OptionalDouble.of(120),
                OptionalDouble.empty(),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Set.of(),
                Set.of());
        judge = judge(new AlertRules(List.of(silence)));
        judge.observe(new Observation(Watch.SILENCE, "casa1", "util-1", 600, MINUTE, ""));
        long later = Judge.FORGOTTEN_AFTER.toMillis() * 2;
        assertThat(forget(MINUTE, Set.of("casa1"), Set.of())).isEmpty();
        assertThat(forget(later, Set.of("casa1"), Set.of())).isEmpty();
        assertThat(forget(later, Set.of(), Set.of())).as("a day from now on").isEmpty();
        assertThat(forget(2 * later, Set.of(), Set.of())).hasSize(1);
    }

    @Test
    void what_was_told_from_a_clock_that_was_ahead_does_not_silence_what_comes_after_it_was_set() {
        AlertRule late = new AlertRule(
                "readings-late",
                Watch.READINGS_AGE,
                "warning",
                OptionalDouble.of(120),
                OptionalDouble.empty(),
                0,
                Duration.ofMinutes(5),
                Duration.ZERO,
                Set.of(),
                Set.of());
        judge = judge(new AlertRules(List.of(late)));
        judge.observe(new Observation(Watch.READINGS_AGE, "casa1", "", 0, 90 * MINUTE, ""));
        judge.turnBack("casa1", 30 * MINUTE);
        for (long minute = 30; minute <= 35; minute++) {
            told.addAll(judge.observe(new Observation(Watch.READINGS_AGE, "casa1", "", 600, minute * MINUTE, "")));
        }
        assertThat(told()).containsExactly("RAISED@35");
    }

    static Stream<Long> seeds() {
        return LongStream.range(0, 200).boxed();
    }

    /** Restarts recall what was said and read the last while again: what is said is what would have been said without. */
    @ParameterizedTest
    @MethodSource("seeds")
    void repetition_and_restarts_say_what_was_said_without_them(long seed) {
        Random random = new Random(seed);
        List<Observation> day = new ArrayList<>();
        double celsius = 26;
        for (long minute = 0; minute < 600; minute++) {
            celsius = Math.clamp(celsius + random.nextGaussian() * 0.4, 24, 30);
            day.add(at(minute, celsius));
        }
        List<Alert> plain = new ArrayList<>();
        Judge undisturbed = judge(new AlertRules(List.of(HOT)));
        day.forEach(observation -> plain.addAll(undisturbed.observe(observation)));

        List<Alert> said = new ArrayList<>();
        int next = 0;
        while (next < day.size()) {
            if (random.nextInt(300) == 0) {
                judge = judge(new AlertRules(List.of(HOT)));
                said.forEach(judge::recall);
                next = Math.max(0, next - 60); // more than the rule looks back
            } else if (random.nextInt(10) == 0) {
                next = Math.max(0, next - random.nextInt(5)); // repeated
            }
            said.addAll(judge.observe(day.get(next++)));
        }

        assertThat(said).isEqualTo(plain);
        for (int i = 0; i < said.size(); i++) {
            assertThat(said.get(i).getState()).isEqualTo(i % 2 == 0 ? AlertState.RAISED : AlertState.CLEARED);
        }
    }
}

package org.heliograph.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-06-30T23:00:00Z");
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    private static Layout layout(int racks) throws ConfigurationException {
        return Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(racks)), MIDNIGHT);
    }

    private static FaultPlan plan(int racks, long seed, Duration length) throws ConfigurationException {
        return FaultPlan.of(layout(racks), seed, ALL, MIDNIGHT, MIDNIGHT.plus(length));
    }

    @Test
    void the_same_seed_gives_the_same_plan_and_another_another() throws ConfigurationException {
        Duration day = Duration.ofDays(1);

        assertThat(plan(10, 7, day).faults()).isEqualTo(plan(10, 7, day).faults());
        assertThat(plan(10, 8, day).faults()).isNotEqualTo(plan(10, 7, day).faults());
    }

    @Test
    void a_later_start_gives_the_same_plan_that_much_later() throws ConfigurationException {
        Duration day = Duration.ofDays(1);
        Duration later = Duration.ofDays(17);
        Instant then = MIDNIGHT.plus(later);

        assertThat(FaultPlan.of(layout(12), 7, ALL, then, then.plus(day)).faults())
                .extracting(Fault::kind, Fault::device, fault -> fault.from().minus(later))
                .containsExactlyElementsOf(plan(12, 7, day).faults().stream()
                        .map(fault -> tuple(fault.kind(), fault.device(), fault.from()))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"1, 24", "2, 24", "10, 24", "190, 24", "5, 1", "10, 3", "10, 72"})
    void every_kind_occurs_and_no_two_faults_of_a_device_meet(int racks, int hours) throws ConfigurationException {
        for (long seed = 1; seed <= 20; seed++) {
            FaultPlan plan = plan(racks, seed, Duration.ofHours(hours));

            assertThat(plan.faults().stream().map(Fault::kind).collect(Collectors.toSet()))
                    .as("seed %d", seed)
                    .isEqualTo(ALL);
            assertThat(plan.faults()).hasAtLeastOneElementOfType(Fault.FrozenDisplay.class);
            assertThat(plan.faults()).hasAtLeastOneElementOfType(Fault.StoppedCounter.class);
            assertApart(plan.faults());
            assertThat(plan.faults()).allSatisfy(fault -> {
                assertThat(fault.from()).isAfterOrEqualTo(MIDNIGHT);
                assertThat(fault.to()).isBeforeOrEqualTo(MIDNIGHT.plus(Duration.ofHours(hours)));
            });
        }
    }

    private static void assertApart(List<Fault> faults) {
        for (Fault one : faults) {
            for (Fault other : faults) {
                if (one != other && one.device().equals(other.device())) {
                    assertThat(one.to().plusSeconds(300).isBefore(other.from())
                                    || other.to().plusSeconds(300).isBefore(one.from()))
                            .as("%s and %s", one, other)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void what_is_delayed_comes_within_47_hours_and_within_the_plan() throws ConfigurationException {
        Duration longest = Duration.ZERO;
        for (long seed = 1; seed <= 50; seed++) {
            for (Fault fault : plan(5, seed, Duration.ofDays(3)).faults()) {
                if (fault instanceof Fault.Delay delay) {
                    assertThat(delay.due())
                            .isAfterOrEqualTo(delay.to())
                            .isBeforeOrEqualTo(MIDNIGHT.plus(Duration.ofDays(3)));
                    Duration late = Duration.between(delay.from(), delay.due());
                    assertThat(late).isLessThanOrEqualTo(Duration.ofHours(47));
                    longest = late.compareTo(longest) > 0 ? late : longest;
                }
            }
        }
        assertThat(longest).isGreaterThan(Duration.ofHours(40));
    }

    @Test
    void only_the_kinds_that_are_asked_for_occur() throws ConfigurationException {
        FaultPlan plan = FaultPlan.of(
                layout(5), 1, FaultKind.parse("reset, stuck"), MIDNIGHT, MIDNIGHT.plus(Duration.ofDays(1)));

        assertThat(plan.faults())
                .extracting(Fault::kind)
                .containsOnly(FaultKind.RESET, FaultKind.STUCK)
                .hasSize(3);
    }

    @Test
    void no_kinds_are_no_faults() throws ConfigurationException {
        assertThat(FaultPlan.of(layout(1), 1, Set.of(), MIDNIGHT, MIDNIGHT).isEmpty())
                .isTrue();
    }

    @Test
    void all_kinds_have_a_name() {
        assertThat(FaultKind.parse("all")).isEqualTo(ALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all,reset", "fire", "reset,,stuck"})
    void other_names_are_refused(String text) {
        assertThatThrownBy(() -> FaultKind.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a kind of fault; there are all, drop, duplicate");
    }

    @Test
    void less_than_an_hour_is_too_short() throws ConfigurationException {
        Layout layout = layout(5);
        assertThatThrownBy(() -> FaultPlan.of(layout, 1, ALL, MIDNIGHT, MIDNIGHT.plusSeconds(3540)))
                .hasMessageContaining("an hour at least");
    }

    /** The one inverter has its rollover all day, so there's none left for an alarm. */
    @Test
    void too_few_devices_for_one_more_fault_are_not_called_none() throws ConfigurationException {
        String fewAlarms = Casablanca.siteYaml(1)
                .lines()
                .filter(line -> !line.contains("inlet-sensor"))
                .map(line -> line.replace("profile: rack-pdu", "profile: energy-meter")
                        .replace("profile: crac", "profile: energy-meter"))
                .collect(Collectors.joining("\n"));
        Layout layout = Layout.of(SiteFile.parse("site.yaml", fewAlarms), MIDNIGHT);
        Instant end = MIDNIGHT.plus(Duration.ofDays(1));

        assertThatThrownBy(() -> FaultPlan.of(layout, 1, FaultKind.parse("rollover,alarm"), MIDNIGHT, end))
                .hasMessageContaining("too few for one more fault 'alarm'");
    }

    @Test
    void a_kind_that_no_device_can_have_is_refused() throws ConfigurationException {
        String withoutSun = Casablanca.siteYaml(5)
                .lines()
                .filter(line -> !line.contains("pv-inverter"))
                .collect(Collectors.joining("\n"));
        Layout layout = Layout.of(SiteFile.parse("site.yaml", withoutSun), MIDNIGHT);
        Instant end = MIDNIGHT.plus(Duration.ofDays(1));

        assertThatThrownBy(() -> FaultPlan.of(layout, 1, EnumSet.of(FaultKind.ROLLOVER), MIDNIGHT, end))
                .hasMessageContaining("no device for the fault 'rollover'");
        assertThat(FaultPlan.of(layout, 1, ALL, MIDNIGHT, end).faults())
                .extracting(Fault::kind)
                .doesNotContain(FaultKind.ROLLOVER);
    }
}

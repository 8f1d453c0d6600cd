package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ShippedProfilesTest {
    static final List<String> NAMES = List.copyOf(Profiles.SHIPPED.keySet());

    @ParameterizedTest
    @CsvSource({
        "utility-meter, grid, energy_import energy_export power voltage frequency",
        "pv-inverter, pv, energy power state events",
        "pv-inverter-701, pv, energy power state events",
        "battery, battery, energy_charge energy_discharge power",
        "generator, generator, energy power state",
        "ups, ups, energy energy_import power load",
        "floor-pdu, floor-pdu, energy power",
        "rack-pdu, it, energy power voltage current breaker",
        "rack-pdu-coarse, it, energy power voltage current breaker",
        "crac, cooling, energy power supply_temp return_temp supply_humidity fan_speed cooling_demand compressor events",
        "energy-meter, auxiliary, energy power",
        "energy-meter, cooling, energy power",
        "slow-meter, it, energy power",
        "slow-meter, auxiliary, energy power",
        "pulse-meter, auxiliary, energy",
        "inlet-sensor, room, inlet_temp",
        "rack-sensor, room, inlet_temp supply_humidity leak door",
        "dc-meter, auxiliary, power voltage current",
        "agent, room, state load",
    })
    void a_shipped_profile_has_its_points_and_can_play_its_role(String name, String role, String points) {
        Profile profile = profile(name);
        assertThat(profile.points().keySet().stream().map(Point::label)).containsExactlyInAnyOrder(points.split(" "));
        assertThat(Profiles.canBe(Role.labelled(role).orElseThrow(), profile)).isTrue();
    }

    @Test
    void every_shipped_profile_is_in_the_table_above() {
        assertThat(NAMES)
                .containsExactlyInAnyOrder(
                        "utility-meter",
                        "pv-inverter",
                        "pv-inverter-701",
                        "battery",
                        "generator",
                        "ups",
                        "floor-pdu",
                        "rack-pdu",
                        "rack-pdu-coarse",
                        "crac",
                        "energy-meter",
                        "slow-meter",
                        "pulse-meter",
                        "inlet-sensor",
                        "rack-sensor",
                        "dc-meter",
                        "agent");
    }

    @Test
    void every_role_has_a_shipped_profile() {
        assertThat(Role.values())
                .allMatch(
                        role -> Profiles.SHIPPED.values().stream().anyMatch(profile -> Profiles.canBe(role, profile)));
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void every_point_is_sampled_more_often_than_its_longest_gap(String name) {
        Profile profile = profile(name);
        profile.points().forEach((point, spec) -> {
            assertThat(spec.period()).as(point.label()).isPositive();
            assertThat(spec.maxGap()).as(point.label()).isGreaterThan(spec.period());
        });
        assertThat(profile.slowestPeriod())
                .isLessThanOrEqualTo(name.equals("slow-meter") ? Duration.ofMinutes(5) : Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void codes_hold_until_they_change_and_measured_values_do_not(String name) {
        profile(name)
                .points()
                .forEach((point, spec) -> assertThat(spec.hold())
                        .as(point.label())
                        .isEqualTo(
                                name.equals("slow-meter")
                                        ? point == Point.POWER // told when it has changed
                                        : List.of(Point.STATE, Point.EVENTS, Point.BREAKER, Point.LEAK, Point.DOOR)
                                                .contains(point)));
    }

    @Test
    void a_sunspec_inverter_wraps_at_two_to_the_32_watt_hours() {
        assertThat(profile("pv-inverter").points())
                .extractingByKey(Point.ENERGY)
                .extracting(Profile.PointSpec::modulusMillijoules)
                .isEqualTo(OptionalLong.of((1L << 32) * Millijoules.PER_WATT_HOUR));
    }

    @Test
    void each_sunspec_model_numbers_its_states_in_its_own_way() {
        InverterStates old = profile("pv-inverter").states();
        InverterStates der = profile("pv-inverter-701").states();

        assertThat(List.of(old.name(4), old.name(7), old.name(8)))
                .containsExactly(Optional.of("mppt"), Optional.of("fault"), Optional.of("standby"));
        assertThat(List.of(der.name(3), der.name(6), der.name(7)))
                .containsExactly(Optional.of("running"), Optional.of("fault"), Optional.of("standby"));
        assertThat(List.of(old.name(0), old.name(9), der.name(8), der.name(-1), der.name(6.5), der.name(Double.NaN)))
                .allMatch(Optional::isEmpty);
    }

    @Test
    void a_profile_lists_its_points_in_the_same_order_in_every_run() {
        List<Point> points = new ArrayList<>(profile("crac").points().keySet());
        assertThat(points).isSorted();
    }

    @ParameterizedTest
    @CsvSource({
        "inlet-sensor, grid pv battery generator ups floor-pdu it cooling auxiliary",
        "utility-meter, battery",
        "pv-inverter, grid battery",
        "pulse-meter, grid battery",
    })
    void a_profile_that_lacks_what_a_role_counts_cannot_play_it(String name, String roles) {
        assertThat(Arrays.stream(roles.split(" "))
                        .map(role -> Role.labelled(role).orElseThrow()))
                .noneMatch(role -> Profiles.canBe(role, profile(name)));
    }

    private static Profile profile(String name) {
        return Objects.requireNonNull(Profiles.SHIPPED.get(name), name);
    }
}

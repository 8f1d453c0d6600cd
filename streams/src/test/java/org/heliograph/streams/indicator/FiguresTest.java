package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.site.BranchShare;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    private static final long KWH = 3_600_000_000L;
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final FactorBook.Choice FACTORS = new FactorBook.Choice(
            Factors.SHIPPED.at("ember-2024", NOON),
            Factors.SHIPPED.at("ifi-2021-solar", NOON),
            Factors.SHIPPED.at("ipcc-2006-diesel", NOON));
    private static final Map<Role, Integer> SITE =
            Map.of(Role.GRID, 1, Role.PV, 2, Role.UPS, 1, Role.FLOOR_PDU, 1, Role.IT, 2, Role.COOLING, 1);

    /** 120 kWh imported, 20 exported, 40 of PV; IT 100/98/96 kWh, cooling 25 kWh. */
    private static SiteMinute minute(int itCovered, int pvCovered) {
        Map<Role, RoleSum> roles = new EnumMap<>(Role.class);
        roles.put(Role.GRID, RoleSums.of(120 * KWH, 20 * KWH, 1, 1, 0));
        roles.put(Role.PV, RoleSums.of(40 * KWH, 0, pvCovered, 0, 0));
        roles.put(Role.UPS, RoleSums.of(100 * KWH, 0, 1, 0, 0));
        roles.put(Role.FLOOR_PDU, RoleSums.of(98 * KWH, 0, 1, 0, 0));
        roles.put(Role.IT, RoleSums.of(96 * KWH, 0, itCovered, 0, 0));
        roles.put(Role.COOLING, RoleSums.of(25 * KWH, 0, 1, 0, 0));
        return new SiteMinute(new SiteShare(roles), SITE);
    }

    private static Figures figures(SiteMinute... minutes) {
        return figures(
                Stream.of(minutes).map(minute -> Sums.of(minute, FACTORS)).toArray(Sums[]::new));
    }

    private static Figures figures(Sums... minutes) {
        return new Figures(Stream.of(minutes).reduce(Sums.ZERO, Sums::plus), minutes.length);
    }

    @Test
    void a_meter_that_tells_the_other_direction_only_says_nothing_of_this_one() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(
                Role.GRID,
                SiteShare.of("util-1", Role.GRID, Map.of(Point.ENERGY_EXPORT, 20 * KWH), false, false)
                        .roles()
                        .get(Role.GRID));
        Sums sums = Sums.of(new SiteMinute(new SiteShare(roles), SITE), FACTORS);

        assertThat(sums.get(Sum.GRID_MINUTES))
                .as("an import of 0 would be a figure")
                .isZero();
        assertThat(sums.get(Sum.EXPORT)).isEqualTo(20 * KWH);
        assertThat(sums.get(Sum.EXPORT_MINUTES)).isEqualTo(1);
    }

    @Test
    void what_a_deleted_battery_had_been_charged_with_alone_leaves_the_input_unknown() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.BATTERY, new RoleSum(0, 5 * KWH, DeviceSet.NONE, DeviceSet.NONE, 0, 0));
        Sums sums = Sums.of(new SiteMinute(new SiteShare(roles), SITE), FACTORS);

        assertThat(sums.get(Sum.CHARGE)).isEqualTo(5 * KWH);
        assertThat(sums.get(Sum.CHARGE_COVER)).as("in part").isEqualTo(-1);
        assertThat(sums.get(Sum.BATTERY_MINUTES)).isZero();
        assertThat(sums.get(Sum.DC_MINUTES)).as("what it gave").isZero();
        assertThat(sums.get(Sum.COMPLETE_MINUTES)).isZero();
    }

    @Test
    void meters_that_are_new_this_month_do_not_make_the_year_an_estimate() {
        Sums before = Sums.of(withoutRacks(), FACTORS);
        Sums[] year = new Sums[1_000];
        Arrays.fill(year, before);
        Arrays.fill(year, 900, year.length, Sums.of(minute(2, 2), FACTORS));

        assertThat(figures(year).category()).contains(PueCategory.PUE2);
        assertThat(figures(year).isEstimated()).isFalse();

        Arrays.fill(year, 900, year.length, Sums.of(minute(1, 2), FACTORS));
        assertThat(figures(year).isEstimated()).as("one of them wasn't heard").isTrue();
    }

    private static SiteMinute withoutRacks() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        Map<Role, Integer> expected = new EnumMap<>(SITE);
        roles.remove(Role.IT);
        expected.remove(Role.IT);
        return new SiteMinute(new SiteShare(roles), expected);
    }

    @Test
    void pue_is_energy_over_energy_in_each_category() {
        Figures figures = figures(minute(2, 2));
        assertThat(figures.pue(PueCategory.PUE1)).hasValue(140 / 100.0);
        assertThat(figures.pue(PueCategory.PUE2)).hasValue(140 / 98.0);
        assertThat(figures.pue(PueCategory.PUE3)).hasValue(140 / 96.0);
        assertThat(figures.category()).contains(PueCategory.PUE3);
        assertThat(figures.coverage()).isEqualTo(1);
    }

    @Test
    void solar_shares_and_carbon_come_from_the_energy_used_on_site() {
        Figures figures = figures(minute(2, 2));
        assertThat(figures.selfConsumption()).hasValue(0.5);
        assertThat(figures.selfSufficiency()).hasValue(20 / 140.0);
        assertThat(figures.renewableEnergyFactor()).hasValue(20 / 140.0);
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).hasValue(20 * 577_650_000L);
        assertThat(figures.energy(Sum.CO2_AVOIDED_MARGINAL, Sum.CO2_MARGINAL_MINUTES))
                .hasValue(20 * 660_000_000L);
        assertThat(figures.carbonUsageEffectiveness().orElseThrow())
                .isCloseTo(120 * 0.57765 / 96, Offset.offset(1e-12));
    }

    @Test
    void what_pv_emits_over_its_life_is_subtracted_on_a_line_of_its_own() {
        Figures figures = figures(minute(2, 2));
        assertThat(figures.lifecycleAvoided()).hasValue(20 * 577_650_000L - 40 * 45_000_000L);
        assertThat(figures(without(Role.PV)).lifecycleAvoided()).isEmpty();
    }

    @Test
    void sums_that_nobody_can_count_are_no_figures_and_stop_nothing() {
        long year = 365L * 24 * 60;
        long megawatts = 6_000_000_000_000L; // a device of 100 MW for a minute
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.IT, RoleSums.of(3 * megawatts, 0, 2, 0, 0));
        Sums absurd = Sums.of(new SiteMinute(new SiteShare(roles), SITE), FACTORS);
        Sums sum = Sums.ZERO;
        for (long minute = 0; minute < year; minute++) {
            sum = sum.plus(absurd);
        }
        Figures figures = new Figures(sum, (int) year);

        assertThat(figures.energy(Sum.IT3, Sum.IT3_MINUTES)).isEmpty();
        assertThat(figures.pue(PueCategory.PUE3)).isEmpty();
        assertThat(figures.energy(Sum.IT1, Sum.IT1_MINUTES)).hasValue(year * 100 * KWH);
        assertThat(figures.pue(PueCategory.PUE1)).hasValue(1.4);
    }

    @Test
    void a_branch_that_nobody_can_count_stays_comparable() {
        Branch absurd = new Branch(Long.MAX_VALUE / 3, -Long.MAX_VALUE / 3, 1, 1, BranchShare.Heaviest.NONE);
        Branch sum = absurd.plus(absurd).plus(absurd).plus(absurd);

        assertThat(sum.remainderMillijoules()).isPositive();
    }

    @Test
    void a_lost_pdu_lowers_the_coverage_and_does_not_bend_the_pue() {
        Map<Role, RoleSum> lost = new EnumMap<>(minute(1, 2).sums().roles());
        lost.put(Role.IT, RoleSums.of(48 * KWH, 0, 1, 0, 0));
        Figures figures = figures(minute(2, 2), new SiteMinute(new SiteShare(lost), SITE));

        assertThat(figures.pue(PueCategory.PUE3)).hasValue(140 / 96.0);
        assertThat(figures.coverage()).isEqualTo(0.5);
        assertThat(figures.isComplete()).isFalse();
    }

    /** Of 10 minutes, 4 lack a meter of each kind: no energy may pass for that of all 10. */
    @ParameterizedTest
    @CsvSource({
        "UPS, energy_it1",
        "FLOOR_PDU, energy_it2",
        "IT, energy_it3",
        "COOLING, energy_cooling",
        "GRID, energy_import",
        "GRID, energy_export",
        "GRID, co2_location",
        "PV, energy_pv",
    })
    void an_energy_that_lacks_a_device_says_of_how_many_minutes_it_is(Role lacking, String figure) {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        RoleSum whole = Objects.requireNonNull(minute(2, 2).sums().roles().get(lacking));
        roles.put(lacking, RoleSums.of(whole.forwardMillijoules(), whole.reverseMillijoules(), 0, 1, 0));
        SiteMinute[] minutes = new SiteMinute[10];
        Arrays.fill(minutes, minute(2, 2));
        assertThat(figures(minutes).partial()).isEmpty();
        assertThat(figures(minutes).completeCoverage()).isEqualTo(1);

        Arrays.fill(minutes, 0, 4, new SiteMinute(new SiteShare(roles), SITE));
        assertThat(figures(minutes).partial()).contains(new FigureCoverage(figure, 0.6));
        assertThat(figures(minutes).completeCoverage()).isEqualTo(0.6);

        Arrays.fill(minutes, 0, 4, without(lacking));
        assertThat(figures(minutes).partial()).contains(new FigureCoverage(figure, 0.6));
    }

    @Test
    void the_mass_avoided_over_the_lifecycle_is_of_the_same_part_of_a_window_as_that_avoided() {
        List<FigureCoverage> partial = figures(minute(2, 2), minute(2, 1)).partial();

        assertThat(partial)
                .contains(new FigureCoverage("co2_avoided", 0.5), new FigureCoverage("co2_avoided_lifecycle", 0.5));
        assertThat(figures(minute(2, 2)).partial()).isEmpty();
    }

    @Test
    void a_lost_meter_leaves_the_figures_whole_that_do_not_rest_on_it() {
        Figures figures = figures(minute(2, 2), without(Role.COOLING));

        assertThat(figures.partial()).containsExactly(new FigureCoverage("energy_cooling", 0.5));
        assertThat(figures.coverage()).isEqualTo(1);
        assertThat(figures.completeCoverage()).isEqualTo(0.5);
    }

    @Test
    void minutes_before_there_was_any_device_of_a_role_lack_nothing_of_it() {
        Map<Role, Integer> before = new EnumMap<>(SITE);
        before.remove(Role.PV);
        before.remove(Role.COOLING);
        Figures figures = figures(
                minute(2, 2), new SiteMinute(without(Role.PV, Role.COOLING).sums(), before));

        assertThat(figures.partial())
                .extracting(FigureCoverage::figure)
                .containsExactly("self_sufficiency", "ref"); // those are of the minutes with PV only
        assertThat(figures.carbonCoverage()).hasValue(1);
    }

    @Test
    void the_parts_of_the_input_are_those_of_minutes_in_which_every_meter_was_heard() {
        Map<Role, RoleSum> lost = new EnumMap<>(minute(2, 2).sums().roles());
        lost.put(Role.COOLING, RoleSums.of(7 * KWH, 0, 0, 0, 0));
        Sums sums =
                figures(minute(2, 2), new SiteMinute(new SiteShare(lost), SITE)).sums();

        assertThat(sums.get(Sum.PARTS_MINUTES)).isEqualTo(1);
        assertThat(sums.get(Sum.PARTS_DC)).isEqualTo(140 * KWH);
        assertThat(sums.get(Sum.PARTS_IT)).isEqualTo(96 * KWH);
        assertThat(sums.get(Sum.PARTS_COOLING)).isEqualTo(25 * KWH);
        assertThat(sums.get(Sum.PARTS_DISTRIBUTION)).isEqualTo(4 * KWH);
        assertThat(figures(without(Role.GRID)).sums().get(Sum.PARTS_MINUTES)).isZero();
    }

    @Test
    void a_missing_meter_makes_figures_absent_not_zero() {
        Figures figures = figures(without(Role.GRID, Role.COOLING));

        assertThat(figures.pue(PueCategory.PUE3)).isEmpty();
        assertThat(figures.selfConsumption()).isEmpty();
        assertThat(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES)).isEmpty();
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).isEmpty();
        assertThat(figures.coverage()).isZero();
    }

    @Test
    void without_the_utility_meter_the_parts_stand_in_and_the_figures_are_estimated() {
        Figures figures = figures(without(Role.GRID));

        assertThat(figures.energy(Sum.DC, Sum.DC_MINUTES)).hasValue(125 * KWH);
        assertThat(figures.pue(PueCategory.PUE3)).hasValue(125 / 96.0);
        assertThat(figures.selfConsumption()).hasValue(1);
        assertThat(figures.selfSufficiency()).hasValue(40 / 125.0);
        assertThat(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES)).isEmpty();
        assertThat(figures.carbonUsageEffectiveness()).isEmpty();
        assertThat(figures.isEstimated()).isTrue();
        assertThat(figures.coverage()).isEqualTo(1);
        assertThat(figures.isComplete()).isFalse();
    }

    @Test
    void an_hour_of_measured_and_estimated_minutes_says_that_it_is_estimated() {
        assertThat(figures(minute(2, 2)).isEstimated()).isFalse();
        assertThat(figures(minute(2, 2)).estimatedShare()).isZero();

        Figures figures = figures(minute(2, 2), without(Role.GRID));
        assertThat(figures.pue(PueCategory.PUE3)).hasValue((140 + 125) / (2 * 96.0));
        assertThat(figures.isEstimated()).isTrue();
        assertThat(figures.estimatedShare()).isEqualTo(0.5);
        assertThat(new Figures(figures.sums(), 15).estimatedShare()).isEqualTo(1 / 15.0);
    }

    @Test
    void minutes_without_one_category_do_not_bend_the_others() {
        Figures figures = figures(minute(2, 2), without(Role.IT), without(Role.UPS), without(Role.FLOOR_PDU));

        assertThat(figures.pue(PueCategory.PUE1)).hasValue(140 / 100.0);
        assertThat(figures.pue(PueCategory.PUE2)).hasValue(140 / 98.0);
        assertThat(figures.pue(PueCategory.PUE3)).hasValue(140 / 96.0);
        assertThat(figures.category()).contains(PueCategory.PUE3);
        assertThat(figures.coverage()).isEqualTo(0.75);
        assertThat(figures.isEstimated()).isFalse();
    }

    @Test
    void a_category_that_nobody_heard_falls_back_to_the_next_and_is_estimated() {
        Figures figures = figures(without(Role.IT), without(Role.IT, Role.FLOOR_PDU));

        assertThat(figures.category()).contains(PueCategory.PUE2);
        assertThat(figures.pue(PueCategory.PUE2)).hasValue(140 / 98.0);
        assertThat(figures.pue(PueCategory.PUE3)).isEmpty();
        assertThat(figures.itEnergy()).hasValue(98 * KWH);
        assertThat(figures.coverage()).isEqualTo(0.5);
        assertThat(figures.isEstimated()).isTrue();
    }

    /** A minute in which the devices of some roles weren't heard. */
    private static SiteMinute without(Role... silent) {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.keySet().removeAll(List.of(silent));
        return new SiteMinute(new SiteShare(roles), SITE);
    }

    @Test
    void what_the_generator_burns_counts_in_the_cue() {
        Figures figures = figures(generating(30 * KWH, FACTORS));
        assertThat(figures.carbonUsageEffectiveness().orElseThrow())
                .isCloseTo((120 * 0.57765 + 30 * 0.702) / 96, Offset.offset(1e-12));
        assertThat(figures.energy(Sum.CO2_LOCATION, Sum.CO2_GRID_MINUTES)).hasValue(120 * 577_650_000L);
    }

    @Test
    void there_is_no_cue_when_the_generator_ran_on_an_unknown_fuel() {
        FactorBook.Choice noFuel = new FactorBook.Choice(FACTORS.average(), FACTORS.marginal(), Optional.empty());
        Sums idle = generating(0, noFuel);

        assertThat(figures(idle).carbonUsageEffectiveness()).isPresent();
        assertThat(figures(idle, generating(30 * KWH, noFuel)).carbonUsageEffectiveness())
                .isEmpty();
    }

    @Test
    void an_outage_on_unknown_fuel_leaves_no_cue() {
        FactorBook.Choice noFuel = new FactorBook.Choice(FACTORS.average(), FACTORS.marginal(), Optional.empty());
        Map<Role, RoleSum> roles = new EnumMap<>(without(Role.GRID).sums().roles());
        roles.put(Role.GENERATOR, RoleSums.of(30 * KWH, 0, 1, 0, 0));
        Map<Role, Integer> expected = new EnumMap<>(SITE);
        expected.put(Role.GENERATOR, 1);
        Sums outage = Sums.of(new SiteMinute(new SiteShare(roles), expected), noFuel);

        assertThat(figures(generating(0, noFuel), outage).carbonUsageEffectiveness())
                .isEmpty();
    }

    /** The utility meter is dead with the grid: what the site emitted in these minutes is left out, and said to be. */
    @Test
    void an_outage_that_the_utility_meter_did_not_survive_is_missing_in_the_cue_which_says_so() {
        Map<Role, RoleSum> roles = new EnumMap<>(without(Role.GRID).sums().roles());
        roles.put(Role.GENERATOR, RoleSums.of(140 * KWH, 0, 1, 0, 0));
        Map<Role, Integer> expected = new EnumMap<>(SITE);
        expected.put(Role.GENERATOR, 1);
        Sums outage = Sums.of(new SiteMinute(new SiteShare(roles), expected), FACTORS);
        Sums before = generating(0, FACTORS);
        Figures figures = figures(before, before, before, outage);

        assertThat(figures.carbonUsageEffectiveness()).isPresent();
        assertThat(figures.coverage()).isEqualTo(1);
        assertThat(figures.partial())
                .contains(new FigureCoverage("cue", 0.75), new FigureCoverage("co2_location", 0.75));
    }

    /** One of the rack PDUs dies on the second of January. */
    @Test
    void a_year_whose_racks_were_whole_for_a_day_is_of_the_floor_pdus() {
        SiteMinute day = minute(2, 2);
        Map<Role, RoleSum> roles = new EnumMap<>(day.sums().roles());
        roles.put(Role.IT, RoleSums.of(95 * KWH, 0, 1, 0, 0));
        SiteMinute[] year = new SiteMinute[365];
        Arrays.fill(year, new SiteMinute(new SiteShare(roles), SITE));
        year[0] = day;
        Figures figures = figures(year);

        assertThat(figures.category()).contains(PueCategory.PUE2);
        assertThat(figures.coverage()).isEqualTo(1);
        assertThat(figures.itEnergy()).hasValue(365 * 98 * KWH);
        assertThat(figures.isEstimated()).as("the racks are metered").isTrue();
        assertThat(figures.carbonUsageEffectiveness().orElseThrow())
                .isCloseTo(120 * 0.57765 / 98, Offset.offset(1e-12));
        assertThat(figures.partial())
                .containsExactly(new FigureCoverage("energy_it3", 1 / 365.0), new FigureCoverage("pue3", 1 / 365.0));
    }

    @Test
    void a_category_may_lack_a_twentieth_of_a_long_window_or_three_minutes_of_a_short_one() {
        assertThat(lacking(5, 100).category()).contains(PueCategory.PUE3);
        assertThat(lacking(6, 100).category()).contains(PueCategory.PUE2);
        assertThat(lacking(3, 15).category()).contains(PueCategory.PUE3);
        assertThat(lacking(4, 15).category()).contains(PueCategory.PUE2);
        assertThat(lacking(1, 1).category()).as("nothing of the racks").contains(PueCategory.PUE2);
    }

    private static Figures lacking(int minutesWithoutRacks, int minutes) {
        SiteMinute[] all = new SiteMinute[minutes];
        Arrays.fill(all, minute(2, 2));
        Arrays.fill(all, 0, minutesWithoutRacks, without(Role.IT));
        return figures(all);
    }

    /** What programs stored that knew one CUE: it counts on. */
    @Test
    void the_cue_of_minutes_that_an_older_program_added_up_counts_on() {
        long[] stored = new long[Sum.CUE_MINUTES.index() + 1];
        stored[Sum.CUE_MICROGRAMS.index()] = 60 * 577_650_000L;
        stored[Sum.CUE_IT.index()] = 96 * KWH;
        stored[Sum.CUE_MINUTES.index()] = 1;
        Figures figures = figures(Sums.of(stored), Sums.of(minute(2, 2), FACTORS));

        assertThat(figures.carbonUsageEffectiveness().orElseThrow())
                .isCloseTo((60 + 120) * 0.57765 / (2 * 96), Offset.offset(1e-12));
        assertThat(figures.partial()).extracting(FigureCoverage::figure).doesNotContain("cue");
    }

    @Test
    void an_estimated_minute_explains_no_move() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.IT, RoleSums.of(96 * KWH, 0, 2, 0, 1));
        Sums estimated = Sums.of(new SiteMinute(new SiteShare(roles), SITE), FACTORS);

        assertThat(Sums.of(minute(2, 2), FACTORS).get(Sum.PARTS_MINUTES)).isEqualTo(1);
        assertThat(estimated.get(Sum.PARTS_MINUTES)).isZero();
    }

    private static Sums generating(long millijoules, FactorBook.Choice factors) {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.GENERATOR, RoleSums.of(millijoules, 0, 1, 0, 0));
        Map<Role, Integer> expected = new EnumMap<>(SITE);
        expected.put(Role.GENERATOR, 1);
        return Sums.of(new SiteMinute(new SiteShare(roles), expected), factors);
    }

    @Test
    void self_consumption_without_production_is_absent() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.PV, RoleSums.of(0, 0, 2, 0, 0));
        roles.put(Role.GRID, RoleSums.of(140 * KWH, 0, 1, 1, 0));
        Figures figures = figures(new SiteMinute(new SiteShare(roles), SITE));

        assertThat(figures.selfConsumption()).isEmpty();
        assertThat(figures.selfSufficiency()).hasValue(0);
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).hasValue(0);
    }

    @Test
    void where_nobody_meters_the_export_it_stays_absent_and_what_rests_on_it_is_estimated() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.GRID, RoleSums.of(120 * KWH, 0, 1, 0, 0));
        Figures figures = figures(new SiteMinute(new SiteShare(roles), SITE));

        assertThat(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES)).hasValue(120 * KWH);
        assertThat(figures.energy(Sum.EXPORT, Sum.EXPORT_MINUTES)).isEmpty();
        assertThat(figures.selfConsumption()).hasValue(1);
        assertThat(figures.pue(PueCategory.PUE3)).hasValue(125 / 96.0);
        assertThat(figures.isEstimated()).isTrue();
    }

    @Test
    void a_pue_below_one_is_no_figure() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.IT, RoleSums.of(200 * KWH, 0, 2, 0, 0));
        assertThat(figures(new SiteMinute(new SiteShare(roles), SITE)).pue(PueCategory.PUE3))
                .isEmpty();
    }

    @Test
    void an_unknown_factor_leaves_carbon_absent_and_the_rest_in_place() {
        Sums sums = Sums.of(minute(2, 2), new FactorBook.Choice(Optional.empty(), Optional.empty(), Optional.empty()));
        Figures figures = new Figures(sums, 1);
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).isEmpty();
        assertThat(figures.carbonUsageEffectiveness()).isEmpty();
        assertThat(figures.pue(PueCategory.PUE1)).hasValue(1.4);
    }
}

package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.telemetry.site.Role;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final long KWH = 3_600_000_000L;
    private static final Factors.Choice FACTORS =
            new Factors.Choice(Factors.SHIPPED.factor("ember-2024"), Factors.SHIPPED.factor("ifi-2021-solar"));
    private static final Map<Role, Integer> SITE =
            Map.of(Role.GRID, 1, Role.PV, 2, Role.UPS, 1, Role.FLOOR_PDU, 1, Role.IT, 2, Role.COOLING, 1);

    /** 120 kWh imported, 20 exported, 40 of PV; IT 100/98/96 kWh, cooling 25 kWh. */
    private static SiteMinute minute(int itCovered, int pvCovered) {
        Map<Role, RoleSum> roles = new EnumMap<>(Role.class);
        roles.put(Role.GRID, new RoleSum(120 * KWH, 20 * KWH, 1, 1, 0));
        roles.put(Role.PV, new RoleSum(40 * KWH, 0, pvCovered, 0, 0));
        roles.put(Role.UPS, new RoleSum(100 * KWH, 0, 1, 0, 0));
        roles.put(Role.FLOOR_PDU, new RoleSum(98 * KWH, 0, 1, 0, 0));
        roles.put(Role.IT, new RoleSum(96 * KWH, 0, itCovered, 0, 0));
        roles.put(Role.COOLING, new RoleSum(25 * KWH, 0, 1, 0, 0));
        return new SiteMinute(new SiteShare(roles), SITE);
    }

    private static Figures figures(SiteMinute... minutes) {
        Sums sums = Sums.ZERO;
        for (SiteMinute minute : minutes) {
            sums = sums.plus(Sums.of(minute, FACTORS));
        }
        return new Figures(sums, minutes.length);
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
                .isCloseTo(120 * 0.57765 / 96, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void a_lost_pdu_lowers_the_coverage_and_does_not_bend_the_pue() {
        Map<Role, RoleSum> lost = new EnumMap<>(minute(1, 2).sums().roles());
        lost.put(Role.IT, new RoleSum(48 * KWH, 0, 1, 0, 0));
        Figures figures = figures(minute(2, 2), new SiteMinute(new SiteShare(lost), SITE));

        assertThat(figures.pue(PueCategory.PUE3)).hasValue(140 / 96.0);
        assertThat(figures.coverage()).isEqualTo(0.5);
        assertThat(figures.isComplete()).isFalse();
    }

    @Test
    void a_missing_meter_makes_figures_absent_not_zero() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.remove(Role.GRID);
        Figures figures = figures(new SiteMinute(new SiteShare(roles), SITE));

        assertThat(figures.pue(PueCategory.PUE3)).isEmpty();
        assertThat(figures.selfConsumption()).isEmpty();
        assertThat(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES)).isEmpty();
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).isEmpty();
        assertThat(figures.coverage()).isZero();
    }

    @Test
    void self_consumption_without_production_is_absent() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.PV, new RoleSum(0, 0, 2, 0, 0));
        roles.put(Role.GRID, new RoleSum(140 * KWH, 0, 1, 1, 0));
        Figures figures = figures(new SiteMinute(new SiteShare(roles), SITE));

        assertThat(figures.selfConsumption()).isEmpty();
        assertThat(figures.selfSufficiency()).hasValue(0);
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).hasValue(0);
    }

    @Test
    void what_is_exported_is_not_guessed_where_nobody_meters_it() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.GRID, new RoleSum(120 * KWH, 0, 1, 0, 0));
        Figures figures = figures(new SiteMinute(new SiteShare(roles), SITE));

        assertThat(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES)).hasValue(120 * KWH);
        assertThat(figures.energy(Sum.EXPORT, Sum.EXPORT_MINUTES)).isEmpty();
        assertThat(figures.selfConsumption()).isEmpty();
        assertThat(figures.pue(PueCategory.PUE3)).isEmpty();
    }

    @Test
    void a_pue_below_one_is_no_figure() {
        Map<Role, RoleSum> roles = new EnumMap<>(minute(2, 2).sums().roles());
        roles.put(Role.IT, new RoleSum(200 * KWH, 0, 2, 0, 0));
        assertThat(figures(new SiteMinute(new SiteShare(roles), SITE)).pue(PueCategory.PUE3))
                .isEmpty();
    }

    @Test
    void an_unknown_factor_leaves_carbon_absent_and_the_rest_in_place() {
        Sums sums = Sums.of(minute(2, 2), new Factors.Choice(Optional.empty(), Optional.empty()));
        Figures figures = new Figures(sums, 1);
        assertThat(figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES)).isEmpty();
        assertThat(figures.carbonUsageEffectiveness()).isEmpty();
        assertThat(figures.pue(PueCategory.PUE1)).hasValue(1.4);
    }
}

package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.heliograph.telemetry.site.Role;
import org.junit.jupiter.api.Test;

class LivePowersTest {
    private static final Map<Role, Integer> SITE =
            Map.of(Role.GRID, 1, Role.PV, 2, Role.BATTERY, 1, Role.UPS, 1, Role.IT, 3, Role.COOLING, 1);

    @Test
    void a_site_whose_devices_are_all_current_has_every_figure() {
        LivePowers powers = site(Role.IT, 3);

        assertThat(powers.of(Role.PV)).hasValue(300);
        assertThat(powers.input()).hasValue(1_000 + 300 + 200);
        assertThat(powers.category()).contains(PueCategory.PUE3);
        assertThat(powers.it()).hasValue(1_000);
        assertThat(powers.pue()).hasValue(1.5);
        assertThat(powers.loss()).hasValue(1_500 - 1_000 - 150);
        assertThat(powers.selfConsumption()).hasValue(1);
    }

    @Test
    void a_category_of_which_a_meter_is_missing_gives_way_to_the_next_lower() {
        LivePowers powers = site(Role.IT, 2);

        assertThat(powers.of(Role.IT)).isEmpty();
        assertThat(powers.category()).contains(PueCategory.PUE1);
        assertThat(powers.pue()).hasValue(1_500 / 1_200.0);
    }

    @Test
    void without_one_of_its_sources_nobody_knows_what_goes_in() {
        LivePowers powers = new LivePowers(SITE);
        powers.add(Role.GRID, 1_000, 1);
        powers.add(Role.PV, 300, 1);
        powers.add(Role.BATTERY, 200, 1);
        powers.add(Role.IT, 1_000, 3);

        assertThat(powers.input()).isEmpty();
        assertThat(powers.it()).hasValue(1_000);
        assertThat(powers.pue()).isEmpty();
        assertThat(powers.loss()).isEmpty();
        assertThat(powers.selfConsumption()).isEmpty();
    }

    @Test
    void more_it_than_goes_in_is_no_pue_and_no_loss() {
        LivePowers powers = new LivePowers(Map.of(Role.GRID, 1, Role.IT, 1));
        powers.add(Role.GRID, 900, 1);
        powers.add(Role.IT, 1_000, 1);

        assertThat(powers.pue()).isEmpty();
        assertThat(powers.loss()).isEmpty();
    }

    @Test
    void a_battery_exports_before_pv_does() {
        LivePowers powers = new LivePowers(Map.of(Role.GRID, 1, Role.PV, 1, Role.BATTERY, 1));
        powers.add(Role.GRID, -150, 1);
        powers.add(Role.PV, 200, 1);
        powers.add(Role.BATTERY, 100, 1);

        assertThat(powers.selfConsumption()).hasValue(0.75);
    }

    @Test
    void partitions_add_up() {
        LivePowers powers = new LivePowers(Map.of(Role.IT, 3));
        powers.add(Role.IT, 400, 1);
        assertThat(powers.of(Role.IT)).isEmpty();
        powers.add(Role.IT, 800, 2);
        assertThat(powers.of(Role.IT)).hasValue(1_200);
    }

    private static LivePowers site(Role role, int current) {
        LivePowers powers = new LivePowers(SITE);
        SITE.forEach((each, devices) -> powers.add(
                each,
                switch (each) {
                    case GRID, IT -> 1_000;
                    case PV -> 300;
                    case BATTERY -> 200;
                    case UPS -> 1_200;
                    default -> 150;
                },
                each == role ? current : devices));
        return powers;
    }
}

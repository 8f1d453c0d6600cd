package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final String MINUTE = "casa1/1m/0";
    private static final String HOUR = "casa1/1h/0";

    private static SiteWindow.Builder window(String length, long kilowattHours) {
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow(length)
                .setStartMs(0)
                .setEndMs(60_000)
                .setState(WindowState.FINAL)
                .setEnergyDcMj(kilowattHours * Millijoules.PER_KILOWATT_HOUR);
    }

    @Test
    void a_figure_that_is_another_after_the_replay_is_a_difference() {
        Comparison comparison = Comparison.of(
                Map.of(MINUTE, window("1m", 5).build()),
                Map.of(MINUTE, window("1m", 7).build()));

        assertThat(comparison.differences())
                .containsExactly(new FigureDifference("1m", Instant.EPOCH, "energy_dc_kwh", "5.0", "7.0"));
        assertThat(comparison.different()).containsExactly(Map.entry("1m", 1));
    }

    @Test
    void how_often_and_in_which_state_a_window_was_stated_is_no_difference() {
        SiteWindow revised = window("1m", 5)
                .setState(WindowState.REVISED)
                .setRevision(3)
                .setCause("late")
                .build();

        Comparison comparison = Comparison.of(
                Map.of(MINUTE, revised), Map.of(MINUTE, window("1m", 5).build()));

        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.compared()).containsExactly(Map.entry("1m", 1));
        assertThat(comparison.different()).containsExactly(Map.entry("1m", 0));
    }

    @Test
    void a_window_that_only_one_side_has_differs_in_what_it_says() {
        Comparison comparison =
                Comparison.of(Map.of(), Map.of(MINUTE, window("1m", 5).build()));

        assertThat(comparison.differences())
                .contains(new FigureDifference("1m", Instant.EPOCH, "energy_dc_kwh", "", "5.0"));
        assertThat(comparison.different()).containsExactly(Map.entry("1m", 1));
    }

    @Test
    void only_minutes_add_up_to_the_totals() {
        Comparison comparison = Comparison.of(
                Map.of(MINUTE, window("1m", 5).build(), HOUR, window("1h", 300).build()),
                Map.of(MINUTE, window("1m", 7).build(), HOUR, window("1h", 300).build()));

        assertThat(comparison.before()).containsEntry("energy_dc_kwh", 5.0);
        assertThat(comparison.after()).containsEntry("energy_dc_kwh", 7.0);
        assertThat(comparison.compared()).containsOnly(Map.entry("1m", 1), Map.entry("1h", 1));
    }
}

package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Diagnosis;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;

class FigureJsonTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000);

    @Test
    void energies_are_in_kilowatt_hours_and_masses_in_kilograms() {
        SiteWindow window = SiteWindow.newBuilder()
                .setEnergyItMj(7_200_000_000L)
                .setCo2AvoidedUg(612_500_000_000L)
                .setState(WindowState.REVISED)
                .build();

        assertThat(FigureJson.history("casa1", "15m", NOW, List.of(window)))
                .contains("\"energy_it_kwh\":2.0", "\"co2_avoided_kg\":612.5", "\"state\":\"revised\"");
    }

    @Test
    void an_absent_figure_is_an_absent_field_and_a_zero_is_a_zero() {
        SiteWindow window = SiteWindow.newBuilder().setEnergyPvMj(0).build();

        assertThat(FigureJson.event("window", window, NOW))
                .contains("\"energy_pv_kwh\":0.0", "\"coverage\":0.0", "\"revision\":0")
                .doesNotContain("\"pue\"", "energy_it_kwh", "pue_category", "\"state\"");
    }

    @Test
    void what_is_not_a_number_is_absent() {
        SiteLive live =
                SiteLive.newBuilder().setPue(Double.NaN).setPowerItW(-0.5).build();

        assertThat(FigureJson.event("live", live, NOW))
                .contains("\"power_it_w\":-0.5")
                .doesNotContain("NaN", "\"pue\"");
    }

    @Test
    void what_the_meters_disagree_on_is_told_and_their_energies_are_left_to_the_store() {
        SiteWindow window = SiteWindow.newBuilder()
                .addBranches(Branch.newBuilder().setDevice("fpdu-1a").setOwnMj(1))
                .addDiagnoses(Diagnosis.newBuilder().setDevice("fpdu-1a").setValueMj(3_600_000_000L))
                .build();

        assertThat(FigureJson.event("window", window, NOW))
                .contains("\"diagnoses\":[{\"device\":\"fpdu-1a\",\"value_kwh\":1.0}]")
                .doesNotContain("branches");
    }

    @Test
    void a_site_with_nothing_yet_says_nothing() {
        assertThat(FigureJson.now("casa1", NOW, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
                .isEqualTo("{\"site\":\"casa1\",\"server_ms\":1000}");
    }

    @Test
    void names_are_quoted_so_that_no_name_can_end_the_text() {
        SiteLive live = SiteLive.newBuilder()
                .addSilent(SilentDevice.newBuilder().setDevice("a\"\n}"))
                .build();

        assertThat(FigureJson.event("live", live, NOW)).contains("\"device\":\"a\\\"\\n}\"");
    }
}

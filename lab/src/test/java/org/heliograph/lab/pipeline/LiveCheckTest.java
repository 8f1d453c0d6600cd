package org.heliograph.lab.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.sim.device.GaugeLedger.Reading;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site that exports, and whose devices have read at noon and then no more. */
class LiveCheckTest {
    private static final Instant NOON = Instant.parse("2026-07-01T12:30:00Z");
    /** Meters, inverters and air conditioners are stale after 15 seconds, rack PDUs and sensors after 30. */
    private static final Instant SOME_STALE = NOON.plusSeconds(16);

    private static final Instant ALL_STALE = NOON.plusSeconds(31);

    private final GaugeLedger gauges = new GaugeLedger();
    private final Layout layout = Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), NOON);
    private final TruthfulStore store;

    LiveCheckTest() throws ConfigurationException {
        Plant plant = new Plant(layout, 1, 0.1);
        Integration integration = new Integration(plant, NOON);
        layout.devices().forEach(device -> gauges.note(device.id(), new Instruments(device, integration, 1).read()));
        store = new TruthfulStore(Ledger.of(plant, NOON, NOON), layout.model().zone(), Casablanca.FACTORS);
    }

    private double watts(Role role) {
        return layout.of(role).stream()
                .map(device -> gauges.newest(device.id(), Point.POWER).orElseThrow())
                .mapToDouble(Reading::value)
                .sum();
    }

    private Map<String, Object> whole() {
        double exported = -watts(Role.GRID);
        double pv = watts(Role.PV);
        double it = watts(Role.IT);
        Map<String, Object> fields = new HashMap<>();
        fields.put("power_import_w", 0.0);
        fields.put("power_export_w", exported);
        fields.put("power_pv_w", pv);
        fields.put("power_it_w", it);
        fields.put("power_cooling_w", watts(Role.COOLING));
        fields.put("power_auxiliary_w", watts(Role.AUXILIARY));
        fields.put("power_dc_w", pv - exported);
        fields.put("power_loss_w", pv - exported - it - watts(Role.COOLING) - watts(Role.AUXILIARY));
        fields.put("pue", (pv - exported) / it);
        fields.put("self_consumption", (pv - exported) / pv);
        fields.put("devices_online", (double) layout.devices().size());
        fields.put("devices_stale", 0.0);
        return fields;
    }

    private List<Difference> differences(Instant at, Map<String, Object> fields) {
        fields.put("time", at.toEpochMilli());
        store.liveState(new Row(fields));
        return new LiveCheck(store, gauges, layout.model())
                .differences(NOON, NOON.plusSeconds(60))
                .getLast();
    }

    @Test
    void what_was_read_is_right_as_long_as_it_is_current() {
        assertThat(watts(Role.GRID)).as("it exports").isNegative();
        assertThat(differences(NOON, whole())).isEmpty();
        assertThat(differences(NOON.plusSeconds(15), whole())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "power_import_w",
                "power_export_w",
                "power_pv_w",
                "power_it_w",
                "power_cooling_w",
                "power_auxiliary_w",
                "power_dc_w",
                "power_loss_w",
                "pue",
                "self_consumption",
                "devices_online",
                "devices_stale"
            })
    void one_figure_that_is_different_or_not_there_is_found(String figure) {
        Map<String, Object> more = whole();
        more.compute(figure, (_, value) -> (double) value + 0.1);
        assertThat(differences(NOON, more))
                .singleElement()
                .satisfies(difference -> assertThat(difference.figure()).isEqualTo(figure));

        Map<String, Object> without = whole();
        without.remove(figure);
        assertThat(differences(NOON, without))
                .singleElement()
                .satisfies(difference -> assertThat(difference.figure()).isEqualTo(figure));
    }

    @Test
    void a_power_of_stale_devices_that_is_still_shown_is_found() {
        assertThat(differences(SOME_STALE, whole()))
                .extracting(Difference::figure)
                .contains("power_export_w", "power_pv_w", "power_cooling_w", "power_dc_w", "pue", "devices_stale")
                .doesNotContain("power_it_w");

        Map<String, Object> current = whole();
        current.keySet().retainAll(List.of("power_it_w", "power_auxiliary_w"));
        int online = layout.of(Role.IT).size()
                + layout.of(Role.AUXILIARY).size()
                + layout.of(Role.ROOM).size();
        current.put("devices_online", (double) online);
        current.put("devices_stale", (double) layout.devices().size() - online);
        assertThat(differences(SOME_STALE, current)).isEmpty();
        assertThat(differences(ALL_STALE, current))
                .extracting(Difference::figure)
                .containsExactlyInAnyOrder("power_it_w", "power_auxiliary_w", "devices_online", "devices_stale");
    }
}

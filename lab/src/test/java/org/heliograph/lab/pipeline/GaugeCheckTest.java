package org.heliograph.lab.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaugeCheckTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Instant ONE = NOON.plusSeconds(3600);
    private static final Set<String> DEVICES = Set.of("pdu-a01a", "pdu-a01b");

    private final GaugeLedger gauges = new GaugeLedger();
    private final TruthfulStore store;

    GaugeCheckTest() throws ConfigurationException {
        Layout layout = Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), NOON);
        Plant plant = new Plant(layout, 1, 0.7);
        Integration integration = new Integration(plant, NOON);
        List<Instruments> instruments = layout.devices().stream()
                .filter(device -> DEVICES.contains(device.id()))
                .map(device -> new Instruments(device, integration, 1))
                .toList();
        for (Instant now = NOON; !now.isAfter(ONE); now = now.plus(Duration.ofSeconds(30))) {
            integration.advanceTo(now);
            instruments.forEach(one -> gauges.note(one.device().id(), one.read()));
        }
        store = new TruthfulStore(Ledger.of(plant, NOON, ONE), layout.model().zone(), Casablanca.FACTORS);
    }

    /** Stores the truth, but for one field of the power of one device. */
    private void stores(String device, String field, double more) {
        for (String each : DEVICES) {
            gauges.hours(each)
                    .forEach((point, hours) -> hours.forEach((start, hour) -> {
                        Map<String, Object> fields = new LinkedHashMap<>();
                        fields.put("device", each);
                        fields.put("point", point.label());
                        fields.put("time", start.toEpochMilli());
                        fields.put("n", (double) hour.count());
                        fields.put("low", hour.min());
                        fields.put("high", hour.max());
                        fields.put("latest", hour.last());
                        fields.put("total", hour.sum());
                        if (each.equals(device) && point == Point.POWER) {
                            fields.compute(field, (_, value) -> (double) value + more);
                        }
                        store.pointHour(new Row(fields));
                    }));
        }
    }

    private List<Difference> differences() {
        return new GaugeCheck(store, gauges, "casa1", DEVICES).differences(NOON, ONE);
    }

    @Test
    void a_store_that_holds_what_was_read_is_right() {
        stores("", "", 0);
        assertThat(gauges.hours("pdu-a01a"))
                .hasEntrySatisfying(
                        Point.POWER,
                        hours -> assertThat(hours)
                                .hasEntrySatisfying(
                                        NOON, hour -> assertThat(hour.count()).isEqualTo(120)));
        assertThat(differences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"n, 1", "n, -1", "low, 0.1", "high, 0.1", "latest, -0.1", "total, 0.1"})
    void one_figure_that_is_different_is_found(String field, double more) {
        stores("pdu-a01b", field, more);
        assertThat(differences())
                .singleElement()
                .satisfies(difference ->
                        assertThat(difference.toString()).contains("pdu-a01b").contains("power"));
    }

    @Test
    void an_hour_that_is_not_there_is_found() {
        assertThat(differences()).hasSize((int) DEVICES.stream()
                .mapToLong(device -> gauges.hours(device).size())
                .sum());
    }

    @Test
    void only_from_the_beginning_of_an_hour_on_is_anything_compared() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new GaugeCheck(store, gauges, "casa1", DEVICES).differences(NOON.plusSeconds(60), ONE))
                .withMessageContaining("beginning of an hour");
    }
}

package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CasablancaTest {
    private static SiteModel model(int racks) throws ConfigurationException {
        return SiteFile.parse("site.yaml", Casablanca.siteYaml(racks));
    }

    private static List<String> ids(SiteModel model, Role role) {
        return model.devicesAt(Instant.EPOCH).stream()
                .filter(device -> device.role() == role)
                .map(Device::id)
                .toList();
    }

    @Test
    void the_committed_example_is_the_site_that_ships() throws IOException {
        assertThat(Path.of("examples/casa1.yaml")).hasContent(Casablanca.siteYaml(Casablanca.RACKS));
        assertThat(Files.readString(Path.of("examples/casa1.yaml"))).doesNotContain("\r");
    }

    @Test
    void the_whole_site_has_a_b_feed_for_each_of_its_190_racks() throws ConfigurationException {
        SiteModel model = model(Casablanca.RACKS);

        assertThat(ids(model, Role.IT))
                .hasSize(380)
                .contains("pdu-a01a", "pdu-h22b")
                .doesNotContain("pdu-h23a");
        assertThat(ids(model, Role.PV)).hasSize(10).contains("inv-01", "inv-10");
        assertThat(ids(model, Role.UPS)).containsExactly("ups-a", "ups-b");
        assertThat(ids(model, Role.FLOOR_PDU)).hasSize(8);
        assertThat(ids(model, Role.COOLING)).hasSize(24).contains("crac-01", "crac-24");
        assertThat(ids(model, Role.ROOM)).hasSize(48).contains("inlet-a1", "inlet-h6");
        assertThat(ids(model, Role.GRID)).containsExactly("util-1");
        assertThat(model.device("pdu-c07b", Instant.EPOCH).orElseThrow().area()).isEqualTo("hall-1/row-c");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 24, 25, 48, 100, 190, 624})
    void every_size_is_a_site(int racks) throws ConfigurationException {
        assertThat(ids(model(racks), Role.IT)).hasSize(2 * racks);
        assertThat(ids(model(racks), Role.COOLING)).hasSizeGreaterThanOrEqualTo(2);
    }

    /** A step of a register that implies more than its rating and a tenth is not believed. */
    @ParameterizedTest
    @CsvSource({"1, 0.05", "1, 1", "2, 0.05", "2, 1", "3, 0.05", "4, 0.05", "5, 0.05", "10, 0.05", "24, 0.05", "24, 1"})
    void no_device_of_any_size_counts_what_is_not_believed(int racks, double itLoad) throws ConfigurationException {
        for (int day = 1; day <= 5; day++) {
            Instant noon = Instant.parse("2026-06-0" + day + "T12:00:00Z");
            Layout layout = Layout.of(model(racks), noon);
            Ledger ledger = Ledger.of(new Plant(layout, 1, itLoad), noon, noon.plus(Duration.ofHours(1)));
            for (Device device : layout.devices()) {
                for (Point register : device.profile().points().keySet()) {
                    for (Instant at = noon; at.isBefore(ledger.end()) && ledger.hasRegister(device, register); ) {
                        Instant next = at.plusSeconds(60);
                        assertThat(ledger.energyMillijoules(device.id(), register, at, next))
                                .as("%s %s of %s", device.id(), register.label(), at)
                                .isLessThanOrEqualTo((long) (1.1 * layout.ratingWatts(device) * 60_000));
                        at = next;
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 625})
    void other_sizes_are_refused(int racks) {
        assertThatThrownBy(() -> Casablanca.siteYaml(racks)).hasMessageContaining("between 1 and 624 racks");
    }
}

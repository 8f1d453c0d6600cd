package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 625})
    void other_sizes_are_refused(int racks) {
        assertThatThrownBy(() -> Casablanca.siteYaml(racks)).hasMessageContaining("between 1 and 624 racks");
    }
}

package org.heliograph.streams.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class BranchShareTest {
    @Test
    void of_a_ups_the_meter_above_carries_what_it_draws_and_those_below_what_it_gives() throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: test1
                zone: UTC
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: ups-a, profile: ups, role: ups, parent: util-1}
                  - {id: fpdu-1, profile: floor-pdu, role: floor-pdu, parent: ups-a}
                """);
        Device ups = site.devices().get(1);
        MeterTree tree = MeterTree.at(site, ups.validFrom());

        assertThat(BranchShare.of(ups, tree, Map.of(Point.ENERGY, 100L, Point.ENERGY_IMPORT, 106L)))
                .hasEntrySatisfying(
                        "ups-a", own -> assertThat(own.ownMillijoules()).isEqualTo(100))
                .hasEntrySatisfying(
                        "util-1",
                        above -> assertThat(above.childrenMillijoules()).isEqualTo(106));
        assertThat(BranchShare.of(ups, tree, Map.of(Point.ENERGY, 100L)))
                .hasEntrySatisfying(
                        "ups-a", own -> assertThat(own.ownMillijoules()).isEqualTo(100))
                .hasEntrySatisfying(
                        "util-1",
                        above -> assertThat(above.childrenMillijoules()).isEqualTo(100));
    }
}

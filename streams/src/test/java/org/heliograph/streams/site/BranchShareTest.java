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
    void the_meter_above_a_ups_carries_what_it_draws_and_those_below_what_it_gives() throws ConfigurationException {
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

        assertThat(BranchShare.of(ups, tree, Map.of(Point.ENERGY, 10_000L, Point.ENERGY_IMPORT, 10_600L)))
                .hasEntrySatisfying(
                        "ups-a",
                        own -> assertThat(own)
                                .extracting(BranchShare::ownMillijoules, BranchShare::toleranceMillijoules)
                                .containsExactly(10_000L, 200L)) // 2 % of what it gives, whatever it draws
                .hasEntrySatisfying(
                        "util-1",
                        above -> assertThat(above)
                                .extracting(BranchShare::childrenMillijoules, BranchShare::toleranceMillijoules)
                                .containsExactly(10_600L, 212L));
        assertThat(BranchShare.of(ups, tree, Map.of(Point.ENERGY, 10_000L)))
                .hasEntrySatisfying(
                        "ups-a", own -> assertThat(own.ownMillijoules()).isEqualTo(10_000))
                .hasEntrySatisfying(
                        "util-1",
                        above -> assertThat(above.childrenMillijoules()).isEqualTo(10_000));
    }

    @Test
    void import_and_export_err_each_for_itself() throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: test1
                zone: UTC
                devices:
                  - {id: util-1, profile: utility-meter, role: grid, accuracy: 1}
                  - {id: pdu-1, profile: floor-pdu, role: floor-pdu, parent: util-1}
                """);
        Device meter = site.devices().getFirst();
        MeterTree tree = MeterTree.at(site, meter.validFrom());

        assertThat(BranchShare.of(meter, tree, Map.of(Point.ENERGY_IMPORT, 10_000L, Point.ENERGY_EXPORT, 4_000L)))
                .hasEntrySatisfying(
                        "util-1",
                        own -> assertThat(own)
                                .extracting(BranchShare::ownMillijoules, BranchShare::toleranceMillijoules)
                                .containsExactly(6_000L, 140L));
    }

    /** A UPS whose registers count in steps hides one step at its output from those below, one at its input from above. */
    @Test
    void a_branch_has_the_steps_of_the_registers_that_are_in_it() throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: test1
                zone: UTC
                profiles:
                  - profile: coarse-ups
                    points: {energy: {resolution: 0.1 kWh}, energy_import: {resolution: 1 kWh}}
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: ups-a, profile: coarse-ups, role: ups, parent: util-1}
                  - {id: fpdu-1, profile: floor-pdu, role: floor-pdu, parent: ups-a}
                """);
        MeterTree tree = MeterTree.at(site, site.devices().getFirst().validFrom());

        assertThat(tree.nodes())
                .hasEntrySatisfying(
                        "ups-a", node -> assertThat(node.stepMillijoules()).isEqualTo(360_000_000L))
                .hasEntrySatisfying(
                        "util-1", node -> assertThat(node.stepMillijoules()).isEqualTo(3_600_000_000L));
    }
}

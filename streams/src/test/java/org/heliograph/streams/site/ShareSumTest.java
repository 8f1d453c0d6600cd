package org.heliograph.streams.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShareSumTest {
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    private SiteModel site;

    @BeforeEach
    void read() throws ConfigurationException {
        site = SiteFile.parse("site.yaml", """
                site: test1
                zone: UTC
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: pv-inverter, role: pv}
                  - {id: bat-1, profile: battery, role: battery}
                  - {id: gen-1, profile: generator, role: generator}
                  - {id: ups-a, profile: ups, role: ups, parent: util-1}
                  - {id: fpdu-1, profile: floor-pdu, role: floor-pdu, parent: ups-a}
                  - {id: pdu-a, profile: rack-pdu, role: it, parent: fpdu-1}
                  - {id: crac-1, profile: crac, role: cooling}
                  - {id: light, profile: rack-pdu, role: auxiliary}
                  - {id: inlet-1, profile: inlet-sensor, role: room}
                """);
    }

    @Test
    void one_device_totals_to_its_own_share_whatever_its_registers_say() {
        assertThat(site.devices()).extracting(Device::role).containsExactlyInAnyOrder(Role.values());
        for (Device device : site.devices()) {
            List<Point> registers = DeviceMinute.registers(device);
            for (int subset = 0; subset < 1 << registers.size(); subset++) {
                Map<Point, Long> energies = new EnumMap<>(Point.class);
                for (int i = 0; i < registers.size(); i++) {
                    if ((subset >> i & 1) == 1) {
                        energies.put(registers.get(i), 1_000L + i);
                    }
                }
                for (boolean complete : new boolean[] {false, true}) {
                    ShareSum sum = new ShareSum(MeterTree.NONE);
                    sum.add(device.role(), device.id(), device, energies, complete, !complete);
                    assertThat(sum.total())
                            .as("%s, which says %s", device.id(), energies)
                            .isEqualTo(SiteShare.of(device.id(), device.role(), energies, complete, !complete));
                }
            }
        }
    }

    @Test
    void devices_total_to_the_sum_of_their_shares() {
        SiteShare expected = SiteShare.EMPTY;
        MeterTree tree = MeterTree.at(site, NOW);
        ShareSum sum = new ShareSum(tree);
        long energy = 1_000;
        for (Device device : site.devices()) {
            Map<Point, Long> energies = new HashMap<>();
            for (Point register : DeviceMinute.registers(device)) {
                energies.put(register, energy += 7);
            }
            sum.add(device.role(), device.id(), device, energies, true, false);
            expected = expected.plus(SiteShare.of(device.id(), device.role(), energies, true, false)
                    .within(tree, device, energies, true));
        }
        assertThat(sum.total()).isEqualTo(expected);
        assertThat(expected.branches()).containsOnlyKeys("util-1", "ups-a", "fpdu-1");
    }

    @Test
    void what_a_device_used_in_a_role_that_it_does_not_have_any_more_counts_but_covers_nothing() {
        MeterTree tree = MeterTree.at(site, NOW);
        Map<Point, Long> energies = Map.of(Point.ENERGY_IMPORT, 900L, Point.ENERGY_EXPORT, 100L);
        Device rack = site.device("pdu-a", NOW).orElseThrow();
        for (@Nullable Device now : new @Nullable Device[] {null, rack}) {
            ShareSum sum = new ShareSum(tree);
            sum.add(Role.GRID, "pdu-a", now, energies, true, true);
            assertThat(sum.total())
                    .isEqualTo(new SiteShare(
                            Map.of(Role.GRID, new RoleSum(900, 100, DeviceSet.NONE, DeviceSet.NONE, 1, 1))));
        }
    }
}

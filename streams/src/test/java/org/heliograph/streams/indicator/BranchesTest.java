package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchesTest {
    private static final Instant START = Instant.parse("2026-06-15T12:00:00Z");
    private static final int MINUTES = 60;

    /** fpdu-2b is moved to the other UPS in the middle of the hour. */
    private static final String YAML = """
            site: s
            zone: UTC
            devices:
              - {id: u, profile: utility-meter, role: grid}
              - {id: "inv-{1..2}", profile: pv-inverter, role: pv, parent: u}
              - {id: bat, profile: battery, role: battery, parent: u}
              - {id: "ups-{a,b}", profile: ups, role: ups, parent: u}
              - {id: "fpdu-{1..2}{a,b}", profile: floor-pdu, role: floor-pdu, parent: "ups-{2}"}
              - {id: fpdu-2b, profile: floor-pdu, role: floor-pdu, parent: ups-a, validFrom: 2026-06-15T12:30:00Z}
              - {id: "pdu-{1..2}{1..5}{a,b}", profile: rack-pdu, role: it, parent: "fpdu-{1}{3}", accuracy: 0.5}
              - {id: "crac-{1..3}", profile: crac, role: cooling, parent: u}
            """;

    /** A device's minute. */
    private record Minute(Device device, Map<Point, Long> energies, boolean complete) {
        SiteShare share(MeterTree tree) {
            return SiteShare.of(device.id(), device.role(), energies, complete, false)
                    .within(tree, device, energies, complete);
        }
    }

    private static SiteModel site() throws ConfigurationException {
        return SiteFile.parse("site.yaml", YAML);
    }

    private static List<Minute> minutes(SiteModel site, Instant at, Random random) {
        List<Minute> minutes = new ArrayList<>();
        for (Device device : site.devicesAt(at)) {
            Map<Point, Long> energies = new EnumMap<>(Point.class);
            registers(device.role()).forEach(register -> energies.put(register, random.nextLong(1_000_000_000L)));
            minutes.add(new Minute(device, energies, random.nextInt(40) > 0));
        }
        return minutes;
    }

    private static List<Point> registers(Role role) {
        return switch (role) {
            case GRID -> List.of(Point.ENERGY_IMPORT, Point.ENERGY_EXPORT);
            case BATTERY -> List.of(Point.ENERGY_CHARGE, Point.ENERGY_DISCHARGE);
            default -> List.of(Point.ENERGY);
        };
    }

    private static Branches of(SiteModel site, Instant at, List<Minute> minutes, int partitions, Random order) {
        MeterTree tree = MeterTree.at(site, at);
        List<Minute> shuffled = new ArrayList<>(minutes);
        Collections.shuffle(shuffled, order);
        List<SiteShare> shares = new ArrayList<>(Collections.nCopies(partitions, SiteShare.EMPTY));
        for (Minute minute : shuffled) {
            int partition = order.nextInt(partitions);
            shares.set(partition, shares.get(partition).plus(minute.share(tree)));
        }
        SiteShare sum = shares.stream().reduce(SiteShare.EMPTY, SiteShare::plus);
        return Branches.of(new SiteMinute(sum, SiteMinute.expected(site, at), tree));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void the_remainders_of_an_hour_are_the_same_whatever_the_partitions_the_order_and_the_quarters(long seed)
            throws ConfigurationException {
        SiteModel site = site();
        Random random = new Random(seed);
        Branches direct = Branches.NONE;
        List<Branches> parts = new ArrayList<>();
        for (int i = 0; i < MINUTES; i++) {
            Instant at = START.plus(Duration.ofMinutes(i));
            List<Minute> minutes = minutes(site, at, random);
            direct = direct.plus(of(site, at, minutes, 1, new Random(0)));
            parts.add(of(site, at, minutes, 1 + random.nextInt(8), random));
        }
        Collections.shuffle(parts, random);
        Branches rolled = Branches.NONE;
        for (int quarter = 0; quarter < 4; quarter++) {
            Branches sum =
                    parts.subList(quarter * 15, quarter * 15 + 15).stream().reduce(Branches.NONE, Branches::plus);
            rolled = sum.plus(rolled);
        }

        assertThat(rolled).isEqualTo(direct);
        assertThat(direct.byMeter().keySet())
                .containsExactly("fpdu-1a", "fpdu-1b", "fpdu-2a", "fpdu-2b", "u", "ups-a", "ups-b");
        assertThat(direct.of("ups-b").matchedMinutes()).isBetween(40, 60);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_branch_is_the_sum_of_its_matched_minutes_and_no_others(long seed) throws ConfigurationException {
        SiteModel site = site();
        Random random = new Random(seed);
        Branches sum = Branches.NONE;
        long own = 0;
        long children = 0;
        int matched = 0;
        for (int i = 0; i < MINUTES; i++) {
            Instant at = START.plus(Duration.ofMinutes(i));
            List<Minute> minutes = minutes(site, at, random);
            sum = sum.plus(of(site, at, minutes, 3, random));
            List<Minute> branch = minutes.stream()
                    .filter(minute -> minute.device().id().equals("ups-a")
                            || minute.device().parent().equals("ups-a"))
                    .toList();
            if (branch.stream().allMatch(Minute::complete)) {
                matched++;
                for (Minute minute : branch) {
                    long energy = minute.energies().getOrDefault(Point.ENERGY, 0L);
                    own += minute.device().id().equals("ups-a") ? energy : 0;
                    children += minute.device().id().equals("ups-a") ? 0 : energy;
                }
            }
        }
        Branch upsA = sum.of("ups-a");
        assertThat(upsA.matchedMinutes()).isEqualTo(matched).isBetween(40, 59);
        assertThat(upsA.ownMillijoules()).isEqualTo(own);
        assertThat(upsA.childrenMillijoules()).isEqualTo(children);
        assertThat(upsA.remainderMillijoules()).isEqualTo(own - children);
    }

    @Test
    void sources_feed_in_and_each_direction_has_its_own_error() throws ConfigurationException {
        SiteModel site = site();
        MeterTree tree = MeterTree.at(site, START);
        SiteShare share = new Minute(
                        site.device("bat", START).orElseThrow(),
                        Map.of(Point.ENERGY_CHARGE, 1_000L, Point.ENERGY_DISCHARGE, 3_000L),
                        true)
                .share(tree)
                .plus(new Minute(site.device("inv-1", START).orElseThrow(), Map.of(Point.ENERGY, 501L), true)
                        .share(tree))
                .plus(new Minute(
                                site.device("u", START).orElseThrow(),
                                Map.of(Point.ENERGY_IMPORT, 10_000L, Point.ENERGY_EXPORT, 2_000L),
                                true)
                        .share(tree));

        assertThat(share.branches().get("u")).satisfies(branch -> {
            assertThat(branch.ownMillijoules()).isEqualTo(8_000);
            assertThat(branch.childrenMillijoules()).isEqualTo(1_000 - 3_000 - 501);
            // 2 % of 1,000 and of 3,000, 2 % of 501 rounded up, 0.5 % of 10,000 and of 2,000
            assertThat(branch.toleranceMillijoules()).isEqualTo(20 + 60 + 11 + 50 + 10);
            assertThat(branch.heaviest().device()).isEmpty();
        });
    }

    @Test
    void ten_thousand_devices_send_their_parents_only() throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: s
                zone: UTC
                devices:
                  - {id: u, profile: utility-meter, role: grid}
                  - {id: "fpdu-{1..20}", profile: floor-pdu, role: floor-pdu, parent: u}
                  - {id: "pdu-{1..20}-{1..500}", profile: rack-pdu, role: it, parent: "fpdu-{1}"}
                """);
        MeterTree tree = MeterTree.at(site, START);
        SiteShare sum = site.devices().stream()
                .map(device ->
                        new Minute(device, Map.of(registers(device.role()).getFirst(), 5L), true).share(tree))
                .reduce(SiteShare.EMPTY, SiteShare::plus);

        assertThat(sum.branches()).hasSize(21);
        assertThat(tree.nodes().values().stream()
                        .mapToInt(node -> node.children().count())
                        .max())
                .hasValue(500);
    }
}

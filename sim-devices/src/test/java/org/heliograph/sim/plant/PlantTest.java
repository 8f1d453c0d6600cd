package org.heliograph.sim.plant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.heliograph.sim.Casablanca;
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

class PlantTest {
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final long DAY = 86_400;

    private static Layout layout(int racks) throws ConfigurationException {
        return Layout.of(
                SiteFile.parse("site.yaml", Casablanca.siteYaml(racks)), Instant.parse("2026-07-01T00:00:00Z"));
    }

    @Test
    void all_that_a_site_lacks_to_be_simulated_is_said_at_once() throws ConfigurationException {
        SiteModel minimal = SiteFile.parse("site.yaml", """
                site: s1
                zone: UTC
                devices:
                  - {id: "util-{1,2}", profile: utility-meter, role: grid}
                  - {id: ups-a, profile: ups, role: ups}
                  - {id: bat-1, profile: battery, role: battery}
                """);

        assertThatThrownBy(() -> Layout.of(minimal, Instant.parse("2026-07-01T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the simulated plant needs one utility meter (grid), at least one each of ups, floor-pdu, it and"
                                + " cooling, and neither battery nor generator; this site has 2 grid, no floor-pdu, no it, no"
                                + " cooling, the battery 'bat-1'");
    }

    private static long midnight(String date) {
        return LocalDate.parse(date).atStartOfDay(ZONE).toEpochSecond();
    }

    private static long sum(long[] flows, Layout layout, Role role) {
        int first = layout.first(role);
        return Arrays.stream(flows, first, first + layout.of(role).size()).sum();
    }

    /** At 10 % with export, at 70 % without. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.7})
    void what_comes_in_goes_out_in_every_second_of_a_day(double load) throws ConfigurationException {
        Layout layout = layout(Casablanca.RACKS);
        Plant plant = new Plant(layout, 1, load);
        long[] flows = new long[layout.width()];
        long start = midnight("2026-07-01");
        long exported = 0;
        for (long second = start; second < start + DAY; second++) {
            plant.second(second, flows);
            long in = flows[Layout.IMPORT] + sum(flows, layout, Role.PV) - flows[Layout.EXPORT];
            long out = sum(flows, layout, Role.IT)
                    + Arrays.stream(Layout.Loss.values())
                            .mapToLong(loss -> flows[layout.column(loss)])
                            .sum()
                    + sum(flows, layout, Role.COOLING)
                    + sum(flows, layout, Role.AUXILIARY);
            if (in != out || Arrays.stream(flows).min().orElseThrow() < 0) {
                assertThat(in).as("second %d", second).isEqualTo(out);
                assertThat(flows).doesNotContain(-1);
            }
            exported += flows[Layout.EXPORT];
        }
        assertThat(exported > 0).isEqualTo(load < 0.2);
    }

    /** What each meter reads beyond those below it is the loss behind it: the site model's tree is the plant's. */
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 190})
    void the_remainders_of_the_meter_tree_are_the_losses(int racks) throws ConfigurationException {
        Layout layout = layout(racks);
        long[] flows = new long[layout.width()];
        new Plant(layout, 1, 0.7).second(midnight("2026-07-01") + 13 * 3600, flows);
        Map<Role, Long> remainders = new EnumMap<>(Role.class);
        for (Device device : layout.devices()) {
            long draw = draw(device, layout, flows);
            remainders.merge(device.role(), draw, Long::sum);
            layout.model()
                    .device(device.parent(), Instant.EPOCH)
                    .ifPresent(parent -> remainders.merge(parent.role(), -draw, Long::sum));
        }
        assertThat(remainders.get(Role.FLOOR_PDU)).isEqualTo(flows[layout.column(Layout.Loss.FEEDER)]);
        assertThat(remainders.get(Role.UPS)).isEqualTo(flows[layout.column(Layout.Loss.FLOOR_PDU)]);
        assertThat(remainders.get(Role.GRID))
                .isEqualTo(flows[layout.column(Layout.Loss.UPS)] + flows[layout.column(Layout.Loss.TRANSFORMER)]);
    }

    @Test
    void every_meter_reads_at_least_what_those_below_it_do() throws ConfigurationException {
        Layout layout = layout(Casablanca.RACKS);
        long[] flows = new long[layout.width()];
        new Plant(layout, 1, 0.7).second(midnight("2026-07-01") + 13 * 3600, flows);
        Map<String, Long> below = new HashMap<>();
        layout.devices().forEach(device -> below.merge(device.parent(), draw(device, layout, flows), Long::sum));
        below.remove("");

        assertThat(below).hasSize(1 + 2 + 8);
        below.forEach((parent, sum) -> assertThat(
                        draw(layout.model().device(parent, Instant.EPOCH).orElseThrow(), layout, flows))
                .as(parent)
                .isGreaterThan(sum));
    }

    private static long draw(Device device, Layout layout, long[] flows) {
        long energy = layout.column(device, Point.ENERGY).stream()
                .mapToLong(column -> flows[column])
                .sum();
        return switch (device.role()) {
            case GRID -> flows[Layout.IMPORT] - flows[Layout.EXPORT];
            case PV -> -energy;
            default -> energy;
        };
    }

    /** What the losses of {@link Equipment} add up to: 1.64/1.43/1.33/1.32/1.33, here with the losses of floor PDUs and feeders on top. */
    @ParameterizedTest
    @CsvSource({"0.1, 1.64", "0.2, 1.43", "0.4, 1.33", "0.7, 1.32", "1.0, 1.33"})
    void pue_over_a_year_is_that_of_such_a_site(double load, double expected) throws ConfigurationException {
        Layout layout = layout(Casablanca.RACKS);
        Plant plant = new Plant(layout, 1, load);
        long[] flows = new long[layout.width()];
        double in = 0;
        double it = 0;
        long start = midnight("2026-01-01");
        for (long second = start; second < start + 365 * DAY; second += 1801) {
            plant.second(second, flows);
            in += flows[Layout.IMPORT] + sum(flows, layout, Role.PV) - flows[Layout.EXPORT];
            it += sum(flows, layout, Role.IT);
        }
        assertThat(in / it).isCloseTo(expected, within(0.03));
    }

    /** 1,652 kWh/kWp were measured in Casablanca. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_panels_yield_what_such_a_roof_yields(long seed) throws ConfigurationException {
        Layout layout = layout(2);
        Plant plant = new Plant(layout, seed, 0.7);
        long[] flows = new long[layout.width()];
        long step = 61;
        double joules = 0;
        long start = midnight("2026-01-01");
        for (long second = start; second < start + 365 * DAY; second += step) {
            plant.second(second, flows);
            joules += sum(flows, layout, Role.PV) / 1000.0 * step;
        }
        assertThat(joules / 3.6e6 / (plant.peakWatts() / 1000)).isBetween(1600.0, 1750.0);
    }

    @Test
    void a_second_is_the_same_whatever_was_asked_before() throws ConfigurationException {
        Layout layout = layout(10);
        long second = midnight("2026-07-01") + 13 * 3600 + 17;
        long[] direct = new long[layout.width()];
        new Plant(layout, 3, 0.7).second(second, direct);

        Plant wanderer = new Plant(layout, 3, 0.7);
        long[] flows = new long[layout.width()];
        for (long other : new long[] {second + DAY, second - 1, second - 60, second + 59, second - 400 * DAY, second}) {
            wanderer.second(other, flows);
        }

        assertThat(flows).isEqualTo(direct);
    }

    @Test
    void every_rack_pdu_has_a_load_of_its_own_within_its_rating() throws ConfigurationException {
        Layout layout = layout(Casablanca.RACKS);
        Plant plant = new Plant(layout, 1, 1.0);
        long[] flows = new long[layout.width()];
        plant.second(midnight("2026-07-01") + 14 * 3600, flows);

        int first = layout.first(Role.IT);
        long[] loads =
                Arrays.copyOfRange(flows, first, first + layout.of(Role.IT).size());

        assertThat(Arrays.stream(loads).distinct().count()).isGreaterThan(370);
        assertThat(Arrays.stream(loads).max().orElseThrow()).isLessThan(7_400_000);
        assertThat(Arrays.stream(loads).sum() / 1e9).isBetween(1.3, 1.7);
    }
}

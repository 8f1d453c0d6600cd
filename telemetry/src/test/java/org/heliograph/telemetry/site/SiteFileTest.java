package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteFileTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");

    /** The contract's example, word for word. */
    private static final String CASABLANCA = """
            site: casa1
            zone: Africa/Casablanca
            location: {latitude: 33.57, longitude: -7.59}
            late: PT48H                       # late horizon
            factors: {average: ember-2024, marginal: ifi-2021-solar}
            devices:
              - {id: util-1,   profile: utility-meter, role: grid, rating: 2.1 MW, serial: A1234}
              - {id: "inv-{01..10}", profile: pv-inverter, role: pv, rating: 50 kW, area: roof}
              - {id: "ups-{a,b}",    profile: ups,          role: ups}          # output register: PUE1
              - {id: "fpdu-{1..8}",  profile: floor-pdu,    role: floor-pdu}    # PUE2
              - {id: "pdu-{a..h}{01..24}{a,b}", profile: rack-pdu, role: it, area: "hall-1/row-{1}"}   # PUE3
              - {id: "crac-{01..24}", profile: crac, role: cooling, area: hall-1}
            """;

    @Test
    void the_example_of_the_contract_is_a_site_of_429_devices() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", CASABLANCA);
        assertThat(model.site()).isEqualTo("casa1");
        assertThat(model.zone()).isEqualTo(ZoneId.of("Africa/Casablanca"));
        assertThat(model.location()).isEqualTo(new SiteModel.Location(33.57, -7.59));
        assertThat(model.late()).isEqualTo(Duration.ofHours(48));
        assertThat(model.factors().at(NOW))
                .isEqualTo(new FactorChoice(
                        List.of("ember-2024"), List.of("ifi-2021-solar"), List.of("ipcc-2006-diesel")));
        Map<Role, Long> byRole =
                model.devices().stream().collect(Collectors.groupingBy(Device::role, Collectors.counting()));
        assertThat(byRole)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Role.GRID,
                        1L,
                        Role.PV,
                        10L,
                        Role.UPS,
                        2L,
                        Role.FLOOR_PDU,
                        8L,
                        Role.IT,
                        384L,
                        Role.COOLING,
                        24L));
        assertThat(model.devices()).hasSize(429).isEqualTo(model.devicesAt(NOW));
    }

    @Test
    void a_device_of_the_example_has_its_profile_role_rating_area_and_serial() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", CASABLANCA);
        Device meter = device(model, "util-1");
        assertThat(meter.profile().name()).isEqualTo("utility-meter");
        assertThat(meter.rating()).contains(new Watts(2_100_000));
        assertThat(meter.serial()).isEqualTo("A1234");
        assertThat(meter.area()).isEmpty();
        assertThat(device(model, "inv-10").rating()).contains(new Watts(50_000));
        assertThat(device(model, "inv-10").area()).isEqualTo("roof");
        assertThat(device(model, "ups-b").rating()).isEmpty();
        assertThat(device(model, "pdu-c07b").area()).isEqualTo("hall-1/row-c");
        assertThat(model.knows("pdu-h24b")).isTrue();
        assertThat(model.knows("pdu-i01a")).isFalse();
        assertThat(model.device("pdu-i01a", NOW)).isEmpty();
    }

    @Test
    void devices_keep_the_order_of_the_file() throws ConfigurationException {
        assertThat(SiteFile.parse("site.yaml", CASABLANCA).devices().stream().map(Device::id))
                .startsWith("util-1", "inv-01", "inv-02")
                .endsWith("crac-23", "crac-24");
    }

    @Test
    void what_is_left_out_has_a_default() throws ConfigurationException {
        SiteModel model = model("- {id: m, profile: energy-meter, role: auxiliary}");
        assertThat(model.late()).isEqualTo(Duration.ofHours(48));
        assertThat(model.factors().at(NOW))
                .isEqualTo(new FactorChoice(
                        List.of("ember-2024"), List.of("ifi-2021-solar"), List.of("ipcc-2006-diesel")));
        assertThat(device(model, "m").validFrom()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void a_site_may_name_several_factors_in_order_of_preference() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: s
                zone: UTC
                factors: {average: [electricitymaps-MA, ember-2024]}
                devices: [{id: m, profile: energy-meter, role: auxiliary}]
                """);
        assertThat(model.factors().at(NOW).average()).containsExactly("electricitymaps-MA", "ember-2024");
        assertThat(model.factors().names("ifi-2021-solar")).isTrue();
        assertThat(model.factors().names("ember-2023")).isFalse();
    }

    @Test
    void a_site_may_choose_other_factors_from_a_date_on() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: s
                zone: Africa/Casablanca
                factors:
                  - {average: ember-2024, validFrom: 2026-07-01}
                  - {average: ember-2023, marginal: m}
                  - {average: electricitymaps-MA, fuel: none, validFrom: 2026-08-01T12:00:00Z}
                devices: [{id: m, profile: energy-meter, role: auxiliary}]
                """);
        assertThat(averageAt(model, "1970-01-01T00:00:00Z")).containsExactly("ember-2023");
        assertThat(averageAt(model, "2026-06-30T22:59:59.999Z")).containsExactly("ember-2023");
        assertThat(averageAt(model, "2026-06-30T23:00:00Z")).containsExactly("ember-2024");
        assertThat(averageAt(model, "2026-08-01T11:59:59.999Z")).containsExactly("ember-2024");
        assertThat(averageAt(model, "2026-08-01T12:00:00Z")).containsExactly("electricitymaps-MA");
        assertThat(model.factors().at(NOW).marginal())
                .as("a choice names all, or has the defaults")
                .containsExactly("ifi-2021-solar");
        assertThat(model.factors().names("m")).isTrue();
        assertThat(model.factors().names("ember-2022")).isFalse();
        assertThat(model.factors().since(NOW))
                .extracting(FactorChoice::average)
                .containsExactly(List.of("ember-2024"), List.of("electricitymaps-MA"));
    }

    private static List<String> averageAt(SiteModel model, String at) {
        return model.factors().at(Instant.parse(at)).average();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{average: f, validFrom: 2026-07-01} | 3: factors.validFrom: belongs to a list of choices",
                "[{average: f, validFrom: 2026-07-01}] | 3: factors: need one choice without validFrom",
                "[] | 3: factors: need one choice without validFrom",
                "[{average: f}, {average: g}] | 3: factors[1].validFrom: is missing, as in another choice",
                "[{}, {validFrom: 2026-07-01}, {validFrom: '2026-07-01T00:00:00+01:00'}]"
                        + " | 3: factors[2].validFrom: is that of another choice, too",
                "[{average: f}, {average: g, validFrom: soon}] | 3: factors[1].validFrom: 'soon' is neither a date",
                "[{average: f, validTo: 2026-07-01}] | 3: factors[0].validTo: unknown field",
                "[f, {average: g}] | 3: factors[0]: must be a mapping",
                "f | 3: factors: must be a mapping of fields to values, or a list of such",
            })
    void choices_that_leave_it_open_what_holds_when_are_refused(String factors, String fault) {
        assertThatThrownBy(() -> SiteFile.parse("site.yaml", """
                        site: s
                        zone: Africa/Casablanca
                        factors: %s
                        devices: [{id: m, profile: energy-meter, role: auxiliary}]
                        """.formatted(factors)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("site.yaml:" + fault);
    }

    @Test
    void a_parent_is_named_with_the_ranges_of_the_id() throws ConfigurationException {
        SiteModel model = model("""
                - {id: u, profile: utility-meter, role: grid, accuracy: 0.2}
                - {id: "ups-{a,b}", profile: ups, role: ups, parent: u}
                - {id: "fpdu-{1..2}{a,b}", profile: floor-pdu, role: floor-pdu, parent: "ups-{2}"}
                """);
        assertThat(device(model, "u").parent()).isEmpty();
        assertThat(device(model, "ups-b").parent()).isEqualTo("u");
        assertThat(device(model, "fpdu-1b").parent()).isEqualTo("ups-b");
        assertThat(device(model, "fpdu-2a").parent()).isEqualTo("ups-a");
    }

    @Test
    void an_accuracy_is_the_devices_own_or_its_profiles() throws ConfigurationException {
        SiteModel model = model("""
                - {id: u, profile: utility-meter, role: grid, accuracy: 0.2}
                - {id: v, profile: utility-meter, role: grid}
                - {id: p, profile: rack-pdu, role: it}
                """);
        assertThat(device(model, "u").accuracyBasisPoints()).isEqualTo(20);
        assertThat(device(model, "v").accuracyBasisPoints()).isEqualTo(50);
        assertThat(device(model, "p").accuracyBasisPoints()).isEqualTo(100);
    }

    @Test
    void a_byte_order_mark_and_windows_line_ends_change_nothing() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", "\ufeff" + CASABLANCA.replace("\n", "\r\n"));
        assertThat(model.devices()).hasSize(429);
    }

    @Test
    void an_entry_ends_where_the_next_of_its_id_starts() throws ConfigurationException {
        SiteModel model = model("""
                - {id: m, profile: energy-meter, role: auxiliary, serial: A}
                - {id: m, profile: energy-meter, role: cooling, serial: C, validFrom: 2026-08-01T00:00:00Z}
                - {id: m, profile: energy-meter, role: cooling, serial: B, validFrom: 2026-07-01T00:00:00Z}
                """);
        assertThat(serialAt(model, "2026-06-30T23:59:59.999Z")).contains("A");
        assertThat(serialAt(model, "2026-07-01T00:00:00Z")).contains("B");
        assertThat(serialAt(model, "2026-07-31T23:59:59.999Z")).contains("B");
        assertThat(serialAt(model, "2026-08-01T00:00:00Z")).contains("C");
        assertThat(serialAt(model, "2031-01-01T00:00:00Z")).contains("C");
    }

    @Test
    void between_two_entries_there_may_be_a_gap() throws ConfigurationException {
        SiteModel model = model("""
                - {id: m, profile: energy-meter, role: cooling, serial: A, validTo: 2026-07-01T00:00:00Z}
                - {id: m, profile: energy-meter, role: cooling, serial: B, validFrom: 2026-07-02T00:00:00Z}
                """);
        assertThat(serialAt(model, "2026-06-30T23:59:59.999Z")).contains("A");
        assertThat(serialAt(model, "2026-07-01T00:00:00Z")).isEmpty();
        assertThat(serialAt(model, "2026-07-01T23:59:59.999Z")).isEmpty();
        assertThat(serialAt(model, "2026-07-02T00:00:00Z")).contains("B");
        assertThat(model.devicesAt(Instant.parse("2026-07-01T12:00:00Z"))).isEmpty();
        assertThat(model.knows("m")).isTrue();
    }

    @Test
    void entries_that_meet_leave_no_moment_out_and_none_twice() throws ConfigurationException {
        SiteModel model = model("""
                - {id: m, profile: energy-meter, role: cooling, serial: A, validTo: 2026-07-01T00:00:00Z}
                - {id: m, profile: energy-meter, role: cooling, serial: B, validFrom: 2026-07-01T00:00:00Z}
                """);
        assertThat(model.devicesAt(Instant.parse("2026-07-01T00:00:00Z"))).hasSize(1);
        assertThat(model.devicesAt(Instant.parse("2026-06-30T23:59:59.999Z"))).hasSize(1);
    }

    /** Casablanca is UTC+1, and UTC+0 around Ramadan (2026: 15 February to 22 March). */
    @ParameterizedTest
    @CsvSource({
        "2026-07-01, 2026-06-30T23:00:00Z",
        "2026-03-01, 2026-03-01T00:00:00Z",
        "2026-07-01T08:00:00Z, 2026-07-01T08:00:00Z",
        "2026-07-01T08:00:00+01:00, 2026-07-01T07:00:00Z",
    })
    void a_date_is_its_first_moment_in_the_sites_zone(String text, Instant from) throws ConfigurationException {
        SiteModel model = model("- {id: m, profile: energy-meter, role: cooling, validFrom: " + text + "}");
        assertThat(model.devices().getFirst().validFrom()).isEqualTo(from);
    }

    @Test
    void a_site_may_add_profiles_of_its_own_and_replace_shipped_ones() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                profiles:
                  - profile: chiller
                    points:
                      energy: {period: PT30S, maxGap: PT10M, modulus: 4294967.296 kWh}
                      supply_temp: {}
                      state: {period: PT30S, hold: true}
                  - profile: crac
                    points: {power: {period: PT2S}}
                devices:
                  - {id: ch-1, profile: chiller, role: cooling}
                  - {id: crac-1, profile: crac, role: cooling}
                """);
        Profile chiller = device(model, "ch-1").profile();
        assertThat(chiller.points())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Point.ENERGY,
                                new Profile.PointSpec(
                                        Duration.ofSeconds(30),
                                        Duration.ofMinutes(10),
                                        false,
                                        OptionalLong.of((1L << 32) * Millijoules.PER_WATT_HOUR),
                                        0,
                                        false),
                        Point.SUPPLY_TEMP,
                                new Profile.PointSpec(
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(30),
                                        false,
                                        OptionalLong.empty(),
                                        0,
                                        false),
                        Point.STATE,
                                new Profile.PointSpec(
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(90),
                                        true,
                                        OptionalLong.empty(),
                                        0,
                                        false)));
        assertThat(chiller.slowestPeriod()).isEqualTo(Duration.ofSeconds(30));
        assertThat(device(model, "crac-1").profile().points()).containsOnlyKeys(Point.POWER);
    }

    @Test
    void a_profile_says_how_its_states_are_numbered() throws ConfigurationException {
        String site = """
                site: casa1
                zone: Africa/Casablanca
                profiles:
                  - {profile: maker-x, states: %s, points: {power: {}, %s: {hold: true}}}
                devices:
                  - {id: inv-1, profile: maker-x, role: pv}
                """;
        SiteModel model = SiteFile.parse("site.yaml", site.formatted("sunspec-701", "state"));
        assertThat(device(model, "inv-1").profile().states()).isEqualTo(InverterStates.SUNSPEC_701);

        assertThatThrownBy(() -> SiteFile.parse("site.yaml", site.formatted("sunspec-64", "state")))
                .hasMessageContaining("'sunspec-64' is no way to number states: sunspec-103, sunspec-701");
        assertThatThrownBy(() -> SiteFile.parse("site.yaml", site.formatted("sunspec-701", "events")))
                .hasMessageContaining("a profile without the point 'state' numbers none");
    }

    private static SiteModel model(String devices) throws ConfigurationException {
        return SiteFile.parse("site.yaml", "site: casa1\nzone: Africa/Casablanca\ndevices:\n" + devices.indent(2));
    }

    private static Device device(SiteModel model, String id) {
        return model.device(id, NOW).orElseThrow();
    }

    private static Optional<String> serialAt(SiteModel model, String at) {
        List<Device> all = model.devicesAt(Instant.parse(at));
        Optional<Device> one = model.device("m", Instant.parse(at));
        assertThat(all).isEqualTo(one.stream().toList());
        return one.map(Device::serial);
    }

    @Test
    void a_zone_whose_days_begin_within_a_quarter_of_an_hour_is_a_typing_error() throws ConfigurationException {
        String devices = "\ndevices: [{id: pdu-a, profile: rack-pdu, role: it}]\n";
        assertThatThrownBy(() -> SiteFile.parse("site.yaml", "site: casa1\nzone: \"+01:07\"" + devices))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("quarter");
        for (String zone : ZoneId.getAvailableZoneIds()) {
            SiteFile.parse("site.yaml", "site: casa1\nzone: " + zone + devices);
        }
    }
}

package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class SiteFileFlawsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void all_faults_of_a_file_are_reported_at_once_with_file_line_and_field() throws IOException {
        Path file = Files.writeString(folder.resolve("site.yaml"), """
                site: casa one
                zone: Africa/Casablanka
                location: {latitude: 133.57, longitude: -7.59}
                late: 48h
                colour: green
                devices:
                  - {id: util-1, profile: utility-metre, role: grid, rating: 2.1 MVA}
                  - {id: "inv-{10..01}", profile: pv-inverter, role: solar}
                  - id: "pdu-{a..b}{01..02}"
                    profile: rack-pdu
                    role: it
                    area: hall-1/row-{3}
                    ratting: 7 kW
                  - {profile: crac, role: cooling, validFrom: tomorrow}
                  - crac-01
                """);
        ConfigurationException e = catchThrowableOfType(ConfigurationException.class, () -> SiteFile.read(file));
        assertThat(e.flaws().stream().map(flaw -> flaw.line() + " " + flaw.field()))
                .containsExactlyInAnyOrder(
                        "1 site",
                        "2 zone",
                        "3 location.latitude",
                        "4 late",
                        "5 colour",
                        "7 devices[0].profile",
                        "7 devices[0].rating",
                        "8 devices[1].id",
                        "8 devices[1].role",
                        "12 devices[2].area",
                        "13 devices[2].ratting",
                        "14 devices[3].id",
                        "14 devices[3].validFrom",
                        "15 devices[4]");
        assertThat(e.flaws()).allMatch(flaw -> flaw.file().equals(file.toString()));
        assertThat(String.valueOf(e.getMessage()).lines())
                .hasSize(14)
                .contains(file + ":4: late: '48h' is not an ISO 8601 duration such as PT30S or PT48H");
    }

    /** Each is the whole of line 4, a device; the flaw's line is 4. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{id: m, profile: crac} | devices[0].role | is missing",
                "{id: m, role: cooling} | devices[0].profile | is missing",
                "{profile: crac, role: cooling} | devices[0].id | is missing",
                "{id: , profile: crac, role: cooling} | devices[0].id | must be a single value",
                "{id: [m], profile: crac, role: cooling} | devices[0].id | must be a single value",
                "{id: '', profile: crac, role: cooling} | devices[0].id | '' is not a device name",
                "{id: 'a b', profile: crac, role: cooling} | devices[0].id | 'a b' is not a device name",
                "{id: 'a{1..2', profile: crac, role: cooling} | devices[0].id | 'a{1..2' is not a device name",
                "{id: 'a{b{1..2}}', profile: crac, role: cooling} | devices[0].id | 'a{b1}' is not a device name",
                "{id: m, profile: crac, role: cooler} | devices[0].role | 'cooler' is not a role; roles: grid pv",
                "{id: m, profile: crak, role: cooling} | devices[0].profile | 'crak' is not a profile; profiles: agent battery crac",
                "{id: m, profile: inlet-sensor, role: it} | devices[0].role | a inlet-sensor has no point whose energy",
                "{id: m, profile: ups, role: battery} | devices[0].role | a ups has no point whose energy could count as",
                "{id: m, profile: crac, role: cooling, rating: 50} | devices[0].rating | '50' is not a power",
                "{id: m, profile: crac, role: cooling, rating: 0 W} | devices[0].rating | '0 W' is no rating",
                "{id: m, profile: crac, role: cooling, rating: -5 kW} | devices[0].rating | '-5 kW' is not a power",
                "{id: m, profile: crac, role: cooling, rating: 0.5 W} | devices[0].rating | '0.5 W' is not a whole number",
                "{id: m, profile: crac, role: cooling, area: '{1}'} | devices[0].area | '{1}' refers to none",
                "{id: m, profile: crac, role: cooling, area: 'h{1'} | devices[0].area | 'h{1' has a brace",
                "{id: m, profile: crac, role: cooling, area: \"a\\nb\"} | devices[0].area | must be one line",
                "{id: m, profile: crac, role: cooling, serial: \"\\0\"} | devices[0].serial | must be one line",
                "{id: 'm{1..2}', profile: crac, role: cooling, serial: A} | devices[0].serial | is one serial number for 2",
                "{id: m, profile: crac, role: cooling, validFrom: 2026-02-30} | devices[0].validFrom | '2026-02-30' is neither",
                "{id: m, profile: crac, role: cooling, validFrom: 2026-07-01T08:00:00} | devices[0].validFrom | is neither",
                "{id: m, profile: crac, role: cooling, validFrom: +999999999-01-01} | devices[0].validFrom | lies outside",
                "{id: m, profile: crac, role: cooling, validTo: 1960-01-01} | devices[0].validTo | lies outside",
                "{id: m, profile: crac, role: cooling, validFrom: 2026-07-01, validTo: 2026-07-01} | devices[0].validTo | is not after",
                "{id: m, profile: crac, role: cooling, id: n} | devices[0] | 'id' appears twice",
                "{id: m, profile: crac, role: cooling, [x]: n} | devices[0] | a field's name must be a text",
                "{id: m, profile: crac, role: cooling, parent: n} | devices[0].parent | 'n' is not a device of this site",
                "{id: m, profile: crac, role: cooling, parent: m} | devices[0].parent | 'm' is upstream of itself",
                "{id: m, profile: crac, role: cooling, parent: '{1}'} | devices[0].parent | '{1}' refers to none",
                "{id: 'm{1..2}', profile: crac, role: cooling, parent: 'n-{1}'} | devices[0].parent | 'n-1' is not a device",
                "{id: m, profile: inlet-sensor, role: room, parent: m} | devices[0].parent | in the role room counts no energy",
                "{id: m, profile: crac, role: cooling, accuracy: 0} | devices[0].accuracy | '0' is not an accuracy in percent",
                "{id: m, profile: crac, role: cooling, accuracy: 0.001} | devices[0].accuracy | is not an accuracy in percent",
                "{id: m, profile: crac, role: cooling, accuracy: good} | devices[0].accuracy | 'good' is not an accuracy",
                "{id: 'm{a,a}', profile: crac, role: cooling} | devices[0].id | 'ma' is there twice from the same moment",
                "{id: m, profile: crac, role: cooling, ? n} | devices[0].n | unknown field; known here: profile role rating",
            })
    void a_device_with_one_thing_wrong_has_one_fault(String device, String field, String message) {
        assertOneFlaw("site: casa1\nzone: UTC\ndevices:\n- " + device, 4, field, message);
    }

    /** Each is line 3 of a file that is right but for it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "location: {latitude: 91, longitude: 0} | location.latitude | 91 is not between -90.0 and 90.0",
                "location: {latitude: .nan, longitude: 0} | location.latitude | '.nan' is not a number",
                "location: {latitude: NaN, longitude: 0} | location.latitude | NaN is not between",
                "location: {latitude: 33} | location.longitude | is missing",
                "location: here | location | must be a mapping",
                "location: {latitude: 1, longitude: 2, altitude: 3} | location.altitude | unknown field",
                "late: -PT1H | late | '-PT1H' is negative",
                "late: PT99999999999999H | late | is longer than 36500 days",
                "late: P999999999999999999999D | late | is not an ISO 8601 duration",
                "late: {a: 1} | late | must be a single value",
                "late: null | late | must be a single value",
                "factors: [ember-2024] | factors[0] | must be a mapping",
                "factors: {typical: x} | factors.typical | unknown field; known here: average marginal",
                "profiles: {} | profiles | must be a list",
                "site: casa2 | | 'site' appears twice",
                "extra: 1 | extra | unknown field; known here: site zone location late factors profiles devices",
            })
    void a_site_with_one_thing_wrong_has_one_fault(String line, String field, String message) {
        String text = "site: casa1\nzone: UTC\n" + line + "\ndevices: [{id: m, profile: crac, role: cooling}]\n";
        assertOneFlaw(text, 3, field == null ? "" : field, message);
    }

    /** Each is a list of devices, the first on line 4. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- {id: r, profile: inlet-sensor, role: room}; - {id: m, profile: ups, role: ups, parent: r} | 5 devices[1].parent | 'r' counts no energy",
                "- {id: a, profile: ups, role: ups, parent: b}; - {id: b, profile: ups, role: ups, parent: a}"
                        + " | 4 devices[0].parent; 5 devices[1].parent | 'a' is upstream of itself",
                "- {id: 'c{1..3}', profile: ups, role: ups, parent: d}; - {id: d, profile: ups, role: ups, parent: c2}"
                        + " | 4 devices[0].parent; 5 devices[1].parent | 'd' is upstream of itself",
            })
    void a_meter_tree_that_is_none_is_refused(String devices, String fields, String message) {
        String text = "site: casa1\nzone: UTC\ndevices:\n" + devices.replace("; ", "\n") + "\n";
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> SiteFile.parse("site.yaml", text));
        assertThat(e.flaws().stream().map(flaw -> flaw.line() + " " + flaw.field()))
                .containsExactly(fields.split("; "));
        assertThat(String.valueOf(e.getMessage())).contains(message);
    }

    @Test
    void a_loop_that_exists_only_for_a_while_is_found() {
        String text = """
                site: casa1
                zone: UTC
                devices:
                - {id: a, profile: ups, role: ups, parent: b}
                - {id: b, profile: ups, role: ups, validTo: 2026-07-01}
                - {id: b, profile: ups, role: ups, parent: a, validFrom: 2026-07-01, validTo: 2026-08-01}
                - {id: b, profile: ups, role: ups, validFrom: 2026-08-01}
                """;
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> SiteFile.parse("site.yaml", text));
        assertThat(e.flaws()).hasSize(1);
        assertThat(e.flaws().getFirst().line()).isEqualTo(6);
    }

    /** Each is a profile, on line 4. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{profile: p} | profiles[0].points | a profile needs at least one point",
                "{profile: p, points: {}} | profiles[0].points | a profile needs at least one point",
                "{points: {power: {}}} | profiles[0].profile | is missing",
                "{profile: a b, points: {power: {}}} | profiles[0].profile | 'a b' is not a profile name",
                "{profile: p, points: {powr: {}}} | profiles[0].points.powr | is not a point",
                "{profile: p, points: {power: 5}} | profiles[0].points.power | must be a mapping",
                "{profile: p, points: {power: {period: 10}}} | profiles[0].points.power.period | '10' is not an ISO 8601",
                "{profile: p, points: {power: {period: PT0S}}} | profiles[0].points.power.period | is shorter than a milli",
                "{profile: p, points: {power: {period: PT0.0001S}}} | profiles[0].points.power.period | is shorter than a milli",
                "{profile: p, points: {power: {period: PT9223372036854775807S}}} | profiles[0].points.power.period | is longer",
                "{profile: p, points: {power: {period: PT1M, maxGap: PT59S}}} | profiles[0].points.power.maxGap | is shorter than",
                "{profile: p, points: {energy: {hold: true}}} | profiles[0].points.energy.hold | a register doesn't hold",
                "{profile: p, points: {power: {hold: yes}}} | profiles[0].points.power.hold | 'yes' is neither true nor false",
                "{profile: p, points: {power: {modulus: 5 Wh}}} | profiles[0].points.power.modulus | only a register rolls",
                "{profile: p, points: {energy: {modulus: 5}}} | profiles[0].points.energy.modulus | '5' lacks a unit",
                "{profile: p, points: {energy: {modulus: 5 kW}}} | profiles[0].points.energy.modulus | '5 kW' lacks a unit",
                "{profile: p, points: {energy: {modulus: 0 Wh}}} | profiles[0].points.energy.modulus | '0 Wh' is not an energy",
                "{profile: p, points: {energy: {modulus: -5 Wh}}} | profiles[0].points.energy.modulus | '-5 Wh' is not an energy",
                "{profile: p, points: {energy: {modulus: x Wh}}} | profiles[0].points.energy.modulus | 'x Wh' is not an energy",
                "{profile: p, points: {energy: {modulus: 1e2147483647 Wh}}} | profiles[0].points.energy.modulus | is not an energy",
                "{profile: p, points: {energy: {modulus: 10 kWh, resolution: 10 kWh}}} | profiles[0].points.energy.resolution | is no smaller than",
                "{profile: p, rating: 1 MW, points: {energy: {modulus: 2777 Wh}}} | profiles[0].points.energy.modulus | is counted within a period, PT10S, by a device of 1000000 W",
                "{profile: p, points: {power: {}}, colour: red} | profiles[0].colour | unknown field",
            })
    void a_profile_with_one_thing_wrong_has_one_fault(String profile, String field, String message) {
        String text = "site: casa1\nzone: UTC\nprofiles:\n- " + profile
                + "\ndevices: [{id: m, profile: crac, role: cooling}]\n";
        assertOneFlaw(text, 4, field, message);
    }

    @Test
    void a_profile_that_is_there_twice_is_a_fault() {
        assertOneFlaw("""
                site: casa1
                zone: UTC
                profiles:
                  - {profile: p, points: {power: {}}}
                  - {profile: p, points: {energy: {}}}
                devices: [{id: m, profile: p, role: cooling}]
                """, 5, "profiles[1].profile", "'p' is there twice");
    }

    @Test
    void overlapping_ranges_are_one_fault_and_not_one_for_each_device() {
        assertOneFlaw("""
                site: casa1
                zone: UTC
                devices:
                  - {id: "m-{1..100}", profile: crac, role: cooling}
                  - {id: "m-{50..200}", profile: crac, role: cooling}
                """, 5, "devices[1].id", "'m-50' is there twice from the same moment");
    }

    @Test
    void a_site_with_far_too_many_devices_is_refused_before_it_fills_the_memory() {
        StringBuilder text = new StringBuilder("site: casa1\nzone: UTC\ndevices:\n");
        for (int i = 0; i < 1_000; i++) {
            text.append("- {id: \"a%d-{00000..99999}\", profile: crac, role: cooling}\n".formatted(i));
        }
        assertOneFlaw(text.toString(), 4, "devices", "are more than 100000");
    }

    @Test
    void one_id_many_times_over_is_still_judged_quickly() throws ConfigurationException {
        StringBuilder text = new StringBuilder("site: casa1\nzone: UTC\ndevices:\n");
        for (int i = 0; i < 32_000; i++) {
            text.append("- {id: m, profile: crac, role: cooling, validFrom: %s}\n"
                    .formatted(java.time.Instant.ofEpochSecond(1_000L * i)));
        }
        List<Device> devices = SiteFile.parse("site.yaml", text.toString()).devices();
        assertThat(devices.get(31_998).validTo()).isEqualTo(devices.get(31_999).validFrom());
    }

    @Test
    void a_site_needs_its_name_its_zone_and_a_device() {
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> SiteFile.parse("site.yaml", "late: PT1H"));
        assertThat(e.flaws().stream().map(Flaw::toString))
                .containsExactlyInAnyOrder(
                        "site.yaml:1: site: is missing",
                        "site.yaml:1: zone: is missing",
                        "site.yaml:1: devices: a site needs at least one device");
    }

    @Test
    void a_missing_file_is_one_fault() {
        Path file = folder.resolve("nowhere.yaml");
        ConfigurationException e = catchThrowableOfType(ConfigurationException.class, () -> SiteFile.read(file));
        assertThat(e).hasMessage(file + ": no such file");
    }

    private static void assertOneFlaw(String text, int line, String field, String message) {
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> SiteFile.parse("site.yaml", text));
        assertThat(e.flaws()).as(e.getMessage()).hasSize(1);
        Flaw flaw = e.flaws().getFirst();
        assertThat(flaw.line()).as(flaw.toString()).isEqualTo(line);
        assertThat(flaw.field()).isEqualTo(field);
        assertThat(flaw.message()).contains(message);
    }
}

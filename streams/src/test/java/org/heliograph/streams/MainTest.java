package org.heliograph.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void check_of_a_right_configuration_says_ok_and_exits_0() throws IOException {
        file("site.yaml", """
                site: s1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        assertThat(execute("check", file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n")))
                .isZero();
        assertThat(out.toString()).contains("site s1: 1 device,").contains("ok").doesNotContain("warning");
    }

    @Test
    void the_factors_that_ship_are_warned_of_outside_the_country_that_they_are_of() throws IOException {
        String elsewhere = "zone: Europe/Paris\ndevices: [{id: util-1, profile: utility-meter, role: grid}]\n";
        file("silent.yaml", "site: s1\n" + elsewhere);
        file("half.yaml", "site: s2\nfactors: {average: grid-fr, marginal: ifi-2021-solar}\n" + elsewhere);
        file("own.yaml", "site: s3\nfactors: {average: grid-fr, marginal: grid-fr}\n" + elsewhere);
        file(
                "until.yaml",
                "site: s4\nfactors: [{}, {average: grid-fr, marginal: grid-fr, validFrom: 2026-01-01}]\n" + elsewhere);
        file(
                "from.yaml",
                "site: s5\nfactors: [{average: grid-fr, marginal: grid-fr}, {validFrom: 9000-01-01}]\n" + elsewhere);
        file("fr.yaml", """
                factors:
                  - {id: grid-fr, version: "1", source: its publisher, gramsPerKilowattHour: 56.0}
                """);
        assertThat(execute("check", file("streams.yaml", """
                kafka: {bootstrap: 'k:1'}
                sites: [silent.yaml, half.yaml, own.yaml, until.yaml, from.yaml]
                factors: [fr.yaml]
                """))).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("site s1", "Morocco", "(ember-2024, ifi-2021-solar)"),
                        line -> assertThat(line).contains("site s2", "(ifi-2021-solar)"),
                        line -> assertThat(line).contains("site s5", "(ember-2024, ifi-2021-solar)"));
    }

    @Test
    void inverters_on_a_site_of_which_nobody_knows_where_it_is_are_warned_of() throws IOException {
        String site = "zone: Africa/Casablanca\ndevices: [{id: inv-01, profile: pv-inverter, role: pv}]\n";
        file("there.yaml", "site: s1\nlocation: {latitude: 33.57, longitude: -7.59}\n" + site);
        file("nowhere.yaml", "site: s2\n" + site);
        assertThat(execute(
                        "check",
                        file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [there.yaml, nowhere.yaml]\n")))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
                .singleElement()
                .asString()
                .contains("site s2", "no 'location'");
    }

    @Test
    void meters_that_can_only_be_meant_otherwise_are_warned_of() throws IOException {
        String head = """
                site: s1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                profiles: [{profile: import-meter, points: {energy_import: {}}}]
                devices:
                """;
        file("doubtful.yaml", head + """
                - {id: util-1, profile: import-meter, role: grid}
                - {id: inv-1, profile: pv-inverter, role: pv}
                - {id: ups-old, profile: ups, role: ups, validTo: 2026-01-01}
                - {id: pdu-1, profile: rack-pdu, role: it, serial: A1, parent: ups-old, validFrom: 2026-01-01}
                - {id: pdu-2, profile: rack-pdu, role: it, serial: A1}
                """);
        file("right.yaml", head.replace("s1", "s2") + """
                - {id: util-1, profile: utility-meter, role: grid}
                - {id: inv-1, profile: pv-inverter, role: pv}
                - {id: ups-old, profile: ups, role: ups, validTo: 2026-01-01}
                - {id: pdu-1, profile: rack-pdu, role: it, serial: A1, parent: ups-old, validFrom: 2025-12-31}
                - {id: pdu-2, profile: rack-pdu, role: it, serial: A1, validTo: 2025-12-31}
                """);
        assertThat(execute(
                        "check",
                        file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [doubtful.yaml, right.yaml]\n")))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("site s1: ", "the profile of 'util-1' has no energy_export"),
                        line -> assertThat(line).contains("'pdu-1' has the parent 'ups-old', which isn't there"),
                        line -> assertThat(line).contains("'pdu-1' and 'pdu-2' have the serial number 'A1'"));
    }

    @Test
    void sites_and_areas_of_alert_rules_that_no_site_model_has_are_warned_of_with_file_line_and_field()
            throws IOException {
        file("site.yaml", """
                site: s1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid, area: hall-1/row-a}]
                """);
        String rules = file("rules.yaml", """
                rules:
                  - {rule: a, watch: leak, above: 0.5, sites: [s1], areas: [hall-1]}
                  - {rule: b, watch: leak, above: 0.5, sites: [s1, s2]}
                  - rule: c
                    watch: leak
                    above: 0.5
                    areas: [hall-1/row-a, hall-1/row, hall]
                  - {rule: d, watch: leak, above: 0.5, sites: [s3], areas: [hall-9]}
                """);
        String config = "kafka: {bootstrap: 'k:1'}\nalerts: {rules: rules.yaml}\n";
        assertThat(execute("check", file("streams.yaml", config + "sites: [site.yaml]\n")))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
                .satisfiesExactly(
                        line -> assertThat(line).contains(rules + ":3: rules[1].sites: 's2' is none of"),
                        line -> assertThat(line).contains(rules + ":7: rules[2].areas: no device", "'hall-1/row'"),
                        line -> assertThat(line).contains(rules + ":7: rules[2].areas: no device", "'hall'"),
                        line -> assertThat(line).contains(rules + ":8: rules[3].sites: 's3' is none of"));

        out.getBuffer().setLength(0);
        assertThat(execute("check", file("streams.yaml", config))).isZero();
        assertThat(out.toString()).as("models may come from elsewhere").doesNotContain("warning");
    }

    @Test
    void a_wrong_configuration_names_file_line_and_field_and_exits_2() throws IOException {
        String file = file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nengine:\n  threads: 0\n");
        assertThat(execute("check", file)).isEqualTo(2);
        assertThat(err.toString()).contains(file + ":3: engine.threads: 0 is not between");
        assertThat(execute("run", file)).isEqualTo(2);
    }

    @Test
    void a_late_horizon_that_the_engine_can_not_keep_is_told_with_its_line() throws IOException {
        String site = file(
                "site.yaml",
                "site: s1\nzone: UTC\nlate: PT72H\ndevices: [{id: util-1, profile: utility-meter, role: grid}]\n");
        String config = file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n");

        assertThat(execute("check", config)).isEqualTo(2);
        assertThat(err.toString()).contains(site + ":3: late: PT72H is longer than");
    }

    @Test
    void a_file_that_is_not_there_yet_is_no_wrong_configuration_and_exits_1() throws IOException {
        file("site.yaml", "site: s1\nzone: UTC\ndevices: [{id: util-1, profile: utility-meter, role: grid}]\n");
        for (String sink : new String[] {"token: {file: away}", "tokenFile: away"}) {
            assertThat(execute(
                            "run",
                            file(
                                    "streams.yaml",
                                    "kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\nsink: {" + sink + "}\n")))
                    .isEqualTo(1);
        }
        assertThat(err.toString()).contains("streams.yaml:3: sink.token", "start it again when this is there");
    }

    @Test
    void a_missing_configuration_exits_2() {
        assertThat(execute("run", folder.resolve("nothing.yaml").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("nothing.yaml: no such file");
    }

    @Test
    void a_site_or_factors_on_a_disk_that_is_not_there_yet_are_no_wrong_configuration() throws IOException {
        String config = file("streams.yaml", """
                kafka: {bootstrap: 'k:1'}
                factors: [unmounted/factors.yaml]
                sites: [unmounted/site.yaml]
                alerts: {rules: unmounted/rules.yaml}
                """);
        assertThat(execute("run", config)).isEqualTo(1);
        assertThat(err.toString())
                .contains("unmounted/factors.yaml: no such file", "unmounted/site.yaml: no such file")
                .as("where they are named")
                .contains(config + ":2: factors: ", config + ":3: sites: ", config + ":4: alerts.rules: ")
                .contains("start it again when this is there");
        err.getBuffer().setLength(0);
        assertThat(execute("check", config))
                .as("who checks won't start it again, and may have mistyped it")
                .isEqualTo(2);
        assertThat(err.toString()).contains(config + ":3: sites: ").doesNotContain("start it again");
        file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [unmounted/site.yaml]\nengine: {threads: 0}\n");
        assertThat(execute("run", config)).isEqualTo(2);
    }

    @Test
    void replay_and_reset_take_the_configuration_as_an_argument_or_an_option() throws IOException {
        String wrong = file("wrong.yaml", "kafka: {}\n");
        for (String[] command : new String[][] {
            {"reset", "--yes", wrong},
            {"reset", "--yes", "--config", wrong},
            {"replay", "--site", "site.yaml", wrong},
            {"replay", "--site", "site.yaml", "--config", wrong}
        }) {
            err.getBuffer().setLength(0);
            assertThat(execute(command)).isEqualTo(2);
            assertThat(err.toString()).as(String.join(" ", command)).startsWith(wrong + ":1: kafka.bootstrap");
        }
    }

    @Test
    void an_unknown_option_or_command_exits_2() {
        assertThat(execute("run", "--turbo")).isEqualTo(2);
        assertThat(execute("fly")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
    }

    @Test
    void help_has_an_example_and_exits_0() {
        assertThat(execute("run", "--help")).isZero();
        assertThat(out.toString()).contains("heliograph streams run streams.yaml");
    }

    @Test
    void a_page_port_in_use_is_one_clear_line_and_exits_1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String file = file(
                    "streams.yaml", "kafka: {bootstrap: '127.0.0.1:1'}\npage: {port: " + taken.getLocalPort() + "}\n");
            assertThat(execute("run", file)).isEqualTo(1);
        }
        String said = err.toString();
        assertThat(said).contains("heliograph streams run: ").doesNotContain("\tat ");
    }

    @Test
    void a_clock_that_is_set_back_ends_it_with_the_reason_and_exits_1() throws IOException {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        AtomicInteger asked = new AtomicInteger();
        InstantSource setBack = () -> asked.getAndIncrement() == 0 ? noon : noon.minusSeconds(3600);
        String file = file("streams.yaml", "kafka: {bootstrap: '127.0.0.1:1'}\npage: {enabled: false}\n");

        int status = new CommandLine(new RunCommand(setBack))
                .setErr(new PrintWriter(err, true))
                .execute(file);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("the system's clock was set back by 3600 s");
    }

    /** A machine that was suspended: what has waited is in time for an engine that starts, and late for one that goes on. */
    @Test
    void a_clock_that_leaps_hours_ahead_ends_an_engine_with_the_reason_and_exits_1() throws IOException {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        AtomicInteger asked = new AtomicInteger();
        InstantSource leaping = () -> asked.getAndIncrement() == 0 ? noon : noon.plusSeconds(7200);
        String file = file("streams.yaml", "kafka: {bootstrap: '127.0.0.1:1'}\npage: {enabled: false}\n");

        int status = new CommandLine(new RunCommand(leaping))
                .setErr(new PrintWriter(err, true))
                .execute(file);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("the system's clock leapt ahead by 7200 s");
    }

    /** It refuses nothing as late; it is ended by what comes after the leap. */
    @Test
    void a_clock_that_leaps_hours_ahead_ends_no_process_without_an_engine() throws IOException {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        AtomicInteger asked = new AtomicInteger();
        InstantSource leaping = () -> switch (asked.getAndIncrement()) {
            case 0 -> noon;
            case 1 -> noon.plus(Duration.ofDays(2));
            default -> noon.plus(Duration.ofDays(1));
        };
        String file = file(
                "streams.yaml",
                "kafka: {bootstrap: '127.0.0.1:1'}\nengine: {enabled: false}\npage: {enabled: false}\n");

        int status = new CommandLine(new RunCommand(leaping))
                .setErr(new PrintWriter(err, true))
                .execute(file);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("the system's clock was set back by 86400 s");
    }

    @Test
    void a_clock_that_is_set_back_ends_a_replay_with_the_reason_and_exits_1() throws IOException {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        AtomicInteger asked = new AtomicInteger();
        InstantSource setBack = () -> asked.getAndIncrement() == 0 ? noon : noon.minusSeconds(3600);
        // tidying up after itself it looks for the broker once more
        String config = file("streams.yaml", """
                kafka:
                  bootstrap: '127.0.0.1:1'
                  properties: {default.api.timeout.ms: 2000, request.timeout.ms: 2000}
                """);
        String site =
                file("site.yaml", "site: casa1\nzone: UTC\ndevices: [{id: pdu-1, profile: rack-pdu, role: it}]\n");

        int status = new CommandLine(new ReplayCommand(setBack))
                .setErr(new PrintWriter(err, true))
                .execute("--site", site, config);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("the system's clock was set back by 3600 s");
    }

    @Test
    void store_apply_says_what_it_would_do_and_touches_nothing() throws IOException {
        String config = file("streams.yaml", """
                kafka: {bootstrap: 'k:1'}
                sink: {url: 'http://127.0.0.1:1', bucket: dc}
                """);
        assertThat(execute("store", "apply", "--dry-run", "--days", "800", config))
                .isZero();
        assertThat(out.toString())
                .contains("CREATE DATABASE \"dc\"")
                .contains("DURATION 800d DEFAULT")
                .contains("INTO \"dc\".\"years\".\"site_kpi\"");
        assertThat(execute("store", "apply", config)).isEqualTo(1);
        assertThat(err.toString()).contains("http://127.0.0.1:1 can't be reached");
    }

    @Test
    void a_store_that_would_forget_what_may_still_be_restated_is_wrong_usage() throws IOException {
        String config = file("streams.yaml", "kafka: {bootstrap: 'k:1'}\n");
        assertThat(execute("store", "apply", "--days", "1", config)).isEqualTo(2);
        assertThat(err.toString()).contains("--days");
        assertThat(execute("store")).isEqualTo(2);
    }

    @Test
    void a_report_of_no_period_or_of_an_unknown_site_is_wrong_usage() throws IOException {
        file("site.yaml", """
                site: s1
                zone: UTC
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        String config = file("streams.yaml", "kafka: {bootstrap: 'k:1'}\nsites: [site.yaml]\n");
        assertThat(execute("report", "--site", "s1", "--period", "june", config))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--period: 'june' is neither a year");
        assertThat(execute("report", "--site", "s2", "--period", "2026", config))
                .isEqualTo(2);
        assertThat(err.toString()).contains("has no site 's2'; it has: s1");
        assertThat(execute("report", "--site", "s1", config)).isEqualTo(2);
        assertThat(execute("report", "--site", "s1", "--period", "2026", "--lang", "de", config))
                .isEqualTo(2);
    }
}

package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int sim(String... arguments) {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        return Main.execute(arguments);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String complaint() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void the_ledger_prints_its_windows_the_same_each_time() {
        String[] ledger = {
            "ledger", "--racks", "2", "--from", "2026-07-01T11:00:00Z", "--to", "2026-07-01T12:30:00Z", "--csv"
        };
        assertThat(sim(ledger)).isZero();
        List<String> first = lines();
        out.reset();
        assertThat(sim(ledger)).isZero();

        assertThat(lines()).isEqualTo(first).hasSize(3);
        assertThat(first.getFirst()).startsWith("from,to,energy_dc_kwh,energy_it1_kwh");
        assertThat(first.get(1)).matches("2026-07-01T11:00:00Z,2026-07-01T12:00:00Z(,\\d+\\.\\d{9}){21}");
        assertThat(first.get(2)).startsWith("2026-07-01T12:00:00Z,2026-07-01T12:30:00Z,");
    }

    @Test
    void millijoules_are_printed_exactly() {
        assertThat(sim(
                        "ledger",
                        "--racks",
                        "2",
                        "--from",
                        "2026-07-01",
                        "--to",
                        "2026-07-02",
                        "--window",
                        "1d",
                        "--mj",
                        "--csv"))
                .isZero();

        assertThat(lines().get(1))
                .matches("2026-06-30T23:00:00Z,2026-07-01T23:00:00Z(,\\d+){10}(,\\d\\.\\d{9}){6}(,\\d+\\.\\d{9}){5}");
    }

    @Test
    void it_tells_what_was_avoided_by_factors_that_one_gives() {
        String ledger =
                "ledger --racks 2 --from 2026-07-01T11:00:00Z --to 2026-07-01T11:01:00Z --window 1m --csv --mj --factors ";
        assertThat(sim((ledger + "3600,7200").split(" "))).isZero();

        List<String> names = List.of(lines().getFirst().split(","));
        List<String> figures = List.of(lines().getLast().split(","));
        long self = Long.parseLong(figures.get(names.indexOf("energy_self_mj")));
        assertThat(self).isPositive();
        assertThat(figures.get(names.indexOf("co2_avoided_kg")))
                .isEqualTo(BigDecimal.valueOf(self, 9).toPlainString());
        assertThat(figures.get(names.indexOf("co2_avoided_marginal_kg")))
                .isEqualTo(BigDecimal.valueOf(2 * self, 9).toPlainString());
    }

    @Test
    void the_truth_of_a_device_is_told_register_by_register() {
        String ledger = "ledger --racks 1 --from 2026-07-01T11:00:00Z --to 2026-07-01T12:00:00Z --csv --device ";
        assertThat(sim((ledger + "util-1").split(" "))).isZero();

        assertThat(lines().getFirst()).isEqualTo("from,to,energy_import_kwh,energy_export_kwh");
        assertThat(lines().getLast()).matches("2026-07-01T11:00:00Z,2026-07-01T12:00:00Z(,\\d+\\.\\d{9}){2}");
        assertThat(sim((ledger + "inlet-a1").split(" "))).isEqualTo(2);
        assertThat(complaint()).contains("--device: 'inlet-a1' counts no energy");
    }

    /** Until then Casablanca is at UTC+1; for Ramadan it is at UTC. */
    @Test
    void days_are_those_of_the_sites_clocks() {
        assertThat(sim(
                        "ledger",
                        "--racks",
                        "1",
                        "--from",
                        "2026-02-14",
                        "--to",
                        "2026-02-17",
                        "--window",
                        "1d",
                        "--csv",
                        "--faults",
                        "reset"))
                .isZero();

        assertThat(lines())
                .extracting(line -> line.substring(0, Math.min(41, line.length())))
                .containsSubsequence(
                        "2026-02-13T23:00:00Z,2026-02-14T23:00:00Z",
                        "2026-02-14T23:00:00Z,2026-02-16T00:00:00Z",
                        "2026-02-16T00:00:00Z,2026-02-17T00:00:00Z");
    }

    @Test
    void faults_of_more_than_the_ledger_remembers_are_refused_not_left_out() {
        assertThat(sim("ledger", "--racks", "1", "--from", "2026-01-01", "--to", "2026-03-01", "--faults", "all"))
                .isEqualTo(2);

        assertThat(complaint()).contains("--faults: of at most 40 days");
    }

    @Test
    void the_site_that_it_prints_is_one_that_it_takes(@TempDir Path folder) throws IOException {
        assertThat(sim("site", "--racks", "3")).isZero();
        Path site = folder.resolve("site.yaml");
        Files.writeString(site, out.toString(StandardCharsets.UTF_8));
        out.reset();

        assertThat(sim("ledger", "--site", site.toString(), "--from", "2026-07-01", "--to", "2026-07-02"))
                .isZero();

        assertThat(lines()).hasSize(25);
    }

    @Test
    void a_broken_site_is_reported_with_line_and_field(@TempDir Path folder) throws IOException {
        Path site = folder.resolve("site.yaml");
        Files.writeString(site, Casablanca.siteYaml(2).replace("profile: crac", "profile: fridge"));

        assertThat(sim("ledger", "--site", site.toString(), "--from", "2026-07-01", "--to", "2026-07-02"))
                .isEqualTo(2);

        assertThat(complaint()).contains(site + ":13: devices[", "].profile: ", "'fridge' is not a profile");
    }

    @Test
    void a_site_that_the_plant_does_not_have_is_refused(@TempDir Path folder) throws IOException {
        Path site = folder.resolve("site.yaml");
        Files.writeString(
                site, Casablanca.siteYaml(2) + "  - {id: gen-1, profile: generator, role: generator, rating: 1 MW}\n");

        assertThat(sim("ledger", "--site", site.toString(), "--from", "2026-07-01", "--to", "2026-07-02"))
                .isEqualTo(2);

        assertThat(complaint()).contains("this site has the generator 'gen-1'");
    }

    @Test
    void a_site_that_changes_meanwhile_is_refused(@TempDir Path folder) throws IOException {
        Path site = folder.resolve("site.yaml");
        Files.writeString(
                site,
                Casablanca.siteYaml(2)
                        + "  - {id: crac-00, profile: crac, role: cooling, validTo: \"2026-07-01T12:00:00Z\"}\n");
        String ledger = "ledger --site " + site + " --from 2026-07-01T11:00:00Z --to ";

        assertThat(sim((ledger + "2026-07-01T13:00:00Z").split(" "))).isEqualTo(2);
        assertThat(complaint()).contains("the site changes at 2026-07-01T12:00:00Z");
        assertThat(sim((ledger + "2026-07-01T12:00:00Z").split(" "))).isZero();
    }

    @Test
    void where_the_sun_shines_on_nobody_knows_which_inverters_is_said(@TempDir Path folder) throws IOException {
        Path site = folder.resolve("site.yaml");
        Files.writeString(site, Casablanca.siteYaml(2).replaceAll("(?m)^location: .*$", ""));

        assertThat(sim("ledger", "--site", site.toString(), "--from", "2026-07-01", "--to", "2026-07-02"))
                .isZero();

        assertThat(complaint()).contains("has no 'location'");
    }

    @Test
    void a_site_that_is_no_text_is_refused(@TempDir Path folder) throws IOException {
        Path site = Files.write(folder.resolve("site.yaml"), new byte[] {(byte) 0xc3, 0x28, 0, 1});

        assertThat(sim("ledger", "--site", site.toString(), "--from", "2026-07-01", "--to", "2026-07-02"))
                .isEqualTo(2);

        assertThat(complaint())
                .isEqualTo("heliograph sim ledger: " + site + ": not a text in UTF-8" + System.lineSeparator());
    }

    @Test
    void the_ledger_says_what_may_be_expected_in_spite_of_faults(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("faults.json");
        assertThat(sim(
                        "ledger",
                        "--racks",
                        "2",
                        "--from",
                        "2026-07-01T11:00:00Z",
                        "--to",
                        "2026-07-01T13:00:00Z",
                        "--window",
                        "1m",
                        "--csv",
                        "--faults",
                        "reset,outage",
                        "--faults-file",
                        file.toString()))
                .isZero();

        assertThat(lines().getFirst()).endsWith(",co2_location_kg,outcome");
        assertThat(lines())
                .hasSize(121)
                .filteredOn(line -> line.endsWith(",marked"))
                .hasSize(1);
        assertThat(lines()).filteredOn(line -> line.endsWith(",total")).hasSizeBetween(30, 32);
        assertThat(file).content().contains("\"kind\" : \"reset\"", "\"outcome\" : \"marked\"", "\"truth_mj\" : ");
    }

    @Test
    void a_fault_can_be_chosen() {
        String[] ledger = ("ledger --racks 1 --from 2026-07-01T11:00:00Z --to 2026-07-01T12:00:00Z --window 1m --csv"
                        + " --fault reset:pdu-a01a@2026-07-01T11:10:00Z --fault outage:ups-a@+20m/5m"
                        + " --fault alarm:crac-01@+30m/10m")
                .split(" ");
        assertThat(sim(ledger)).isZero();

        assertThat(lines())
                .filteredOn(line -> line.endsWith(",marked"))
                .singleElement()
                .asString()
                .startsWith("2026-07-01T11:09:00Z,");
        assertThat(lines())
                .filteredOn(line -> line.endsWith(",total"))
                .extracting(line -> line.substring(0, 20))
                .containsExactly(
                        "2026-07-01T11:19:00Z",
                        "2026-07-01T11:20:00Z",
                        "2026-07-01T11:21:00Z",
                        "2026-07-01T11:22:00Z",
                        "2026-07-01T11:23:00Z",
                        "2026-07-01T11:24:00Z");
    }

    @Test
    void the_ledger_lists_the_faults_for_people() {
        assertThat(sim(
                        "ledger",
                        "--racks",
                        "2",
                        "--from",
                        "2026-07-01",
                        "--to",
                        "2026-07-02",
                        "--window",
                        "1d",
                        "--faults",
                        "all"))
                .isZero();

        assertThat(lines())
                .anyMatch(line -> line.matches("swap +pdu.* another unit, SN\\d+ from .*"))
                .anyMatch(line -> line.matches("glitch .* total .* the dip books nothing.*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "walk",
                "ledger",
                "ledger --from x --to y",
                "ledger --from 2026-07-02 --to 2026-07-01",
                "ledger --from 2026-07-01T11:00:30Z --to 2026-07-02",
                "ledger --from 2026-07-01 --to 2026-07-02 --window 90s",
                "ledger --from 2026-07-01 --to 2026-07-02 --window -1h",
                "ledger --from 2026-07-01 --to 2026-07-02 --it-load 2",
                "ledger --from 2026-07-01 --to 2026-07-02 --racks 0",
                "ledger --from 2026-07-01 --to 2026-07-02 --site nowhere.yaml",
                "ledger --from 2026-07-01 --to 2026-07-02 --site .",
                "ledger --from 2026-07-01 --to 2026-07-02 --faults fire",
                "ledger --from 2026-07-01 --to 2026-07-02 --faults-file faults.json",
                "ledger --from 2026-07-01 --to 2026-09-01 --racks 1 --window 41d",
                "ledger --from 2026-07-01 --to 2026-07-02 --device nobody",
                "ledger --from 2026-07-01 --to 2026-07-02 --factors many",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault reset",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault reset:pdu-a01a@+1m/5m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault reset:pdu-z99a@+1m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault fire:pdu-a01a@+1m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault delay:crac-01@+1m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault rollover:inv-01@+1m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault outage:pdu-a01a@2026-06-01T00:00:00Z",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault outage:pdu-a01a@2026-07-03T10:00:00Z",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault reset:pdu-a01a@2026-06-30T23:00:00Z",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault glitch:pdu-a01a@+1m/30m --fault reset:pdu-a01a@+10m",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault reset:pdu-a01a@+1m --faults-file nowhere/f.json",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault outage:pdu-a01a@+1m/90s",
                "ledger --from 2026-07-01 --to 2026-07-02 --fault outage:pdu-a01a@+1m --faults reset",
                "ledger --from 2026-07-01T08:00:00Z --to 2026-07-01T08:59:00Z --faults all",
                "run",
                "run --mqtt nonsense",
                "run --mqtt tcp://127.0.0.1:99999",
                "run --mqtt tcp://127.0.0.1:1 --mqtt-user devices",
                "run --mqtt tcp://127.0.0.1:1 --mqtt-user devices --mqtt-password-file nowhere.txt",
                "run --mqtt tcp://127.0.0.1:1 --mqtt-ca ca.pem",
                "run --mqtt ssl://127.0.0.1:1 --mqtt-ca nowhere.pem",
                "run --mqtt ssl://127.0.0.1:1 --mqtt-key nowhere.key",
                "run --mqtt tcp://127.0.0.1:1 --coap-port-base 70000",
                "run --mqtt tcp://127.0.0.1:1 --site .",
                "run --mqtt tcp://127.0.0.1:1 --announce nowhere/devices.json",
                "run --mqtt tcp://127.0.0.1:1 --fault reset:pdu-a01a@+1m --faults-file .",
                "run --mqtt tcp://127.0.0.1:1 --faults reset,fire",
                "run --mqtt tcp://127.0.0.1:1 --replay-to today",
                "run --mqtt tcp://127.0.0.1:1 --replay-from 2026-07-01 --replay-to 2026-07-02 --instants 21"
            })
    void wrong_usage_exits_2_with_a_sentence(String arguments) {
        assertThat(sim(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);

        assertThat(complaint()).startsWith("heliograph sim").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "run --help", "ledger --help", "site --help"})
    void help_has_an_example(String arguments) {
        assertThat(sim(arguments.split(" "))).isZero();

        assertThat(String.join("\n", lines())).contains("Example", "./heliograph sim ");
    }

    @Test
    void a_port_in_use_fails_with_its_number() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThat(sim(
                            "run",
                            "--racks",
                            "1",
                            "--mqtt",
                            "tcp://127.0.0.1:1",
                            "--coap-port-base",
                            Integer.toString(taken.getLocalPort())))
                    .isEqualTo(1);
            assertThat(complaint()).contains("can't listen on", ":" + taken.getLocalPort());
        }
    }
}

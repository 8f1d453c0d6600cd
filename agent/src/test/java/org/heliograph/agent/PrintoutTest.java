package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrintoutTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final String AGENT = """
            agent: edge-1
            site: casa1
            kafka: {bootstrap: "127.0.0.1:1"}
            journal: {path: edge.journal}
            mqtt: [{url: "tcp://127.0.0.1:1"}]
            silence: {site: site.yaml}
            """;
    private static final String SITE = """
            site: casa1
            zone: Africa/Casablanca
            location: {latitude: 33.57, longitude: -7.59}
            devices:
              - {id: pdu-a01a, profile: rack-pdu, role: it}
              - {id: pdu-new, profile: rack-pdu, role: it, validFrom: 2027-01-01}
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();

    @Test
    void small_registers_are_printed_in_watt_hours_and_the_serial_number_has_a_line() throws Exception {
        Printout printout = printout();

        offer(printout, "pdu-a01a", "A123", new Sampling().register(Point.ENERGY, NOW.toEpochMilli(), 444_444_000));
        assertThat(printout.end()).isOne();

        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "2026-07-01T10:00:00Z pdu-a01a energy 123.457 Wh mqtt",
                        "2026-07-01T10:00:00Z pdu-a01a serial A123 mqtt",
                        "1 pack decoded, 0 refused");
    }

    @Test
    void what_a_terminal_would_take_for_a_command_is_shown_and_not_done() throws Exception {
        Printout printout = printout();

        printout.refuse(
                        "'\u001B]0;owned\u0007' is no name",
                        new Arrival("hg/casa1/\u001B[2J\u202Emoc\n/senml", null, new byte[0], Moment.of(NOW)))
                .join();

        assertThat(out.toString().lines())
                .containsExactly("refused  hg/casa1/\uFFFD[2J\uFFFDmoc\uFFFD/senml: '\uFFFD]0;owned\uFFFD' is no name");
    }

    @Test
    void larger_registers_are_printed_in_kilowatt_hours() throws Exception {
        Printout printout = printout();

        offer(printout, "pdu-a01a", "", new Sampling().register(Point.ENERGY, NOW.toEpochMilli(), 4_444_440_000L));
        offer(printout, "pdu-a01a", "", new Sampling().gauge(Point.POWER, NOW.toEpochMilli(), 2150));
        printout.end();

        assertThat(out.toString())
                .contains("1.235 kWh", "2150.000 W", "2 packs decoded")
                .doesNotContain("serial");
    }

    @Test
    void a_device_that_the_sites_model_lacks_is_named_at_once_and_at_the_end() throws Exception {
        Printout printout = printout();

        for (String device : new String[] {"unknown-9", "pdu-a01a", "pdu-new", "unknown-9"}) {
            offer(printout, device, "", new Sampling().gauge(Point.POWER, NOW.toEpochMilli(), 1));
        }
        String warning = "warning: 'unknown-9' is no device of " + folder.resolve("site.yaml")
                + ": the engine will refuse what it says";
        assertThat(out.toString().lines()).startsWith(warning);
        printout.end();

        assertThat(out.toString().lines().filter(line -> line.startsWith("warning")))
                .containsExactly(warning, warning);
        assertThat(out.toString().lines()).endsWith(warning);
    }

    @Test
    void a_reading_that_is_ahead_is_told_as_what_an_agent_makes_of_it() throws Exception {
        Printout printout = printout();
        Sampling ahead =
                new Sampling().gauge(Point.POWER, NOW.plusSeconds(3_600).toEpochMilli(), 1);
        Readings readings = new Readings(new DeviceId("casa1", "pdu-a01a"), "", ahead.series());

        var _ = printout.offer(readings, Stamp.DEVICE, new Arrival("live", null, new byte[0], Moment.of(NOW), true));
        var _ = printout.offer(readings, Stamp.DEVICE, new Arrival("kept", null, new byte[0], Moment.of(NOW), false));
        printout.end();

        String reason = "a reading of 2026-07-01T11:00:00Z is 3600 s ahead of the agent's clock";
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "shifted pdu-a01a: " + reason + ": the time of its arrival counts",
                        "2026-07-01T10:00:00Z pdu-a01a power 1.000 W live",
                        "refused kept: " + reason + ", and since when it was kept on its way nobody knows",
                        "1 pack decoded, 1 refused");
    }

    private Printout printout() throws Exception {
        Files.writeString(folder.resolve("site.yaml"), SITE);
        AgentConfig config = AgentFile.read(Files.writeString(folder.resolve("agent.yaml"), AGENT));
        return new Printout(new PrintWriter(out), Roster.of(config), new Stamping(Instant.EPOCH));
    }

    private static void offer(Printout printout, String device, String serial, Sampling sampling) {
        var _ = printout.offer(
                new Readings(new DeviceId("casa1", device), serial, sampling.series()),
                Stamp.DEVICE,
                new Arrival("mqtt", null, new byte[0], Moment.of(NOW)));
    }
}

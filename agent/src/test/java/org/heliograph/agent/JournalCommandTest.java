package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.time.Restamping;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JournalCommandTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");

    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ZERO, 1, 1 << 20);

    @TempDir
    private Path folder = Path.of("");

    private record Outcome(int code, String out, String err) {}

    @Test
    void show_says_what_waits_and_what_was_lost_while_the_agent_has_the_journal() throws Exception {
        try (Journal journal = open()) {
            fill(journal);

            Outcome outcome = run("show", "--file", file());

            assertThat(outcome.code()).isZero();
            assertThat(outcome.out())
                    .startsWith("4 entries, ")
                    .contains("casa1/inv-01 readings: 3 entries, ", "oldest 2026-07-01T09:59:57Z")
                    .contains("(no device) dead-letter: 1 entries")
                    .contains("lost of casa1/inv-01 turned-away: 2 packs, 7 readings");
        }
    }

    @Test
    void export_writes_a_line_for_each_entry_with_readings_decoded() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        Path to = folder.resolve("out.jsonl");

        assertThat(run("export", "--file", file(), "--to", to.toString()).code())
                .isZero();

        assertThat(Files.readAllLines(to)).hasSize(4).satisfies(lines -> {
            assertThat(lines.get(0))
                    .contains("\"kind\":\"readings\"", "\"sequence\":0", "\"power\":[[\"2026-07-01T09:59:57Z\",1.5]]");
            assertThat(lines.get(3))
                    .contains("\"kind\":\"dead-letter\"", "\"reason\":\"not JSON\"", "\"bytes\":\"eA==\"");
        });
        assertThat(run("export", "--file", file()).out().lines()).hasSize(4);
    }

    @Test
    void verify_finds_a_sound_journal_sound() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        assertThat(run("verify", "--file", file())).isEqualTo(new Outcome(0, "sound: 4 entries\n", ""));
    }

    @Test
    void a_journal_is_looked_into_whatever_else_is_wrong_with_its_configuration() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        Path config = Files.writeString(
                folder.resolve("agent.yaml"), "journal: {path: " + file() + "}\nsilence: {site: none.yaml}\n");

        assertThat(run("verify", config.toString())).isEqualTo(new Outcome(0, "sound: 4 entries\n", ""));
        assertThat(run("show", folder.resolve("none.yaml").toString()).code()).isEqualTo(2);
    }

    @Test
    void verify_finds_a_changed_byte_and_a_missing_pack() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        sql("UPDATE entry SET timestamp_ms = timestamp_ms + 1 WHERE offset = 1");
        Outcome changed = run("verify", "--file", file());
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.out()).contains("entry 1 of casa1/inv-01: the disk has changed it in the journal");

        sql("UPDATE entry SET timestamp_ms = timestamp_ms - 1 WHERE offset = 1");
        sql("DELETE FROM entry WHERE offset = 2");
        Outcome missing = run("verify", "--file", file());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.out())
                .contains("1 packs are missing of casa1/inv-01")
                .contains("the first is 1");
    }

    @Test
    void no_command_changes_what_a_power_cut_has_left() throws Exception {
        Path left = Files.createDirectory(folder.resolve("left")).resolve("agent.db");
        Path log = left.resolveSibling("agent.db-wal");
        try (Journal journal = open()) {
            fill(journal);
            Files.copy(folder.resolve("agent.db"), left);
            byte[] frames = Files.readAllBytes(folder.resolve("agent.db-wal"));
            frames[frames.length / 2] ^= 1;
            Files.write(log, frames);
        }
        byte[] file = Files.readAllBytes(left);
        byte[] frames = Files.readAllBytes(log);

        for (String command : List.of("show", "export", "verify")) {
            assertThat(run(command, "--file", left.toString()).err()).isEmpty();

            assertThat(left).as(command).hasBinaryContent(file);
            assertThat(log).as(command).hasBinaryContent(frames);
        }
        try (Journal journal = Journal.open(left, LIMITS, InstantSource.fixed(NOW))) {
            assertThat(journal.read(0, 10)).hasSize(4);
        }
    }

    @Test
    void no_command_leaves_anything_beside_a_journal_that_was_closed() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        List<Path> before = files();
        for (String command : List.of("show", "export", "verify")) {
            run(command, "--file", file());
            assertThat(files()).as(command).isEqualTo(before);
        }
    }

    @Test
    void what_cannot_be_written_is_no_success() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        PrintStream standard = System.out;
        StringWriter err = new StringWriter();
        try (PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        })) {
            System.setOut(full);
            assertThat(Main.commandLine().setErr(new PrintWriter(err)).execute("journal", "export", "--file", file()))
                    .isEqualTo(1);
        } finally {
            System.setOut(standard);
        }
        assertThat(err.toString()).contains("not all of it was written");
    }

    @Test
    void export_never_writes_over_the_journal_itself() throws Exception {
        Path link = folder.resolve("link.jsonl");
        try (Journal journal = open()) {
            fill(journal);
            Files.createSymbolicLink(link, folder.resolve("agent.db"));
            for (String own : List.of("agent.db", "agent.db-wal", "agent.db.lock", "link.jsonl")) {
                Path to = folder.resolve(own);
                byte[] before = Files.readAllBytes(to);

                Outcome outcome = run("export", "--file", file(), "--to", to.toString());

                assertThat(outcome.code()).as(own).isEqualTo(2);
                assertThat(outcome.err()).contains("a file of the journal itself: " + to);
                assertThat(to).hasBinaryContent(before);
            }
        }
    }

    @Test
    void what_is_held_has_no_time_but_how_long_its_machine_had_been_up() throws Exception {
        try (Journal journal = open()) {
            long came = Restamping.ORIGIN_MILLIS + 612_345;
            Readings readings = new Readings(
                    INVERTER, "", new Sampling().gauge(Point.POWER, came, 1.5).series());
            byte[] pack =
                    PackCodec.encode(Dispatch.of(readings, new Origin("edge-1", 7, 0), ClockQuality.UNSYNCHRONISED));
            assertThat(journal.append(
                            new Entry(Entry.Kind.HELD, INVERTER.key(), came, Map.of(Restamping.START, "a1b2"), pack)))
                    .isInstanceOf(Append.Taken.class);
            journal.flush().get();
            assertThat(run("show", "--file", file()).out())
                    .matches("(?s)1 entries, \\d+ bytes, 1 of them without a time yet\n.*")
                    .doesNotContain("2001");
            fill(journal);
        }
        assertThat(run("show", "--file", file()).out())
                .contains("oldest 2026-07-01T09:59:57Z, 1 of them without a time yet")
                .doesNotContain("2001");
        assertThat(run("export", "--file", file()).out().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("\"up\":612345", "\"machine-start\":\"a1b2\"", "\"power\":[[612345,1.5]]")
                        .doesNotContain("2001"));
    }

    @Test
    void what_is_no_journal_is_wrong_usage_said_in_a_sentence() throws Exception {
        Path config = Files.writeString(folder.resolve("agent.yaml"), "journal: {path: agent.db}\n");
        for (String command : List.of("show", "export", "verify")) {
            assertThat(run(command, "--file", file()))
                    .isEqualTo(new Outcome(2, "", "agent: there is no journal " + file() + "\n"));
            assertThat(run(command, config.toString()))
                    .isEqualTo(new Outcome(2, "", config + ": journal.path: there is no journal " + file() + "\n"));
            assertThat(run(command, folder.resolve("none.yaml").toString()).code())
                    .isEqualTo(2);
        }
        Files.writeString(folder.resolve("agent.db"), "x".repeat(10_000));
        assertThat(run("verify", "--file", file())).satisfies(outcome -> {
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).contains(file() + " is no journal");
        });
    }

    @Test
    void what_was_a_journal_and_is_damaged_at_its_head_is_damaged() throws Exception {
        try (Journal journal = open()) {
            fill(journal);
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("agent.db"));
        Arrays.fill(bytes, 0, 100, (byte) 0x5A);
        Path aside = folder.resolve("agent.db.corrupt-20260701T100000.000Z");
        Files.write(aside, bytes);
        Files.write(folder.resolve("agent.db"), bytes);

        assertThat(run("verify", "--file", aside.toString()).code()).isEqualTo(1);
        assertThat(run("verify", "--file", file()).code())
                .as("its agent's lock is beside it")
                .isEqualTo(1);
    }

    @Test
    void a_configuration_and_a_file_at_once_are_wrong_usage() throws Exception {
        open().close();
        assertThat(run("verify", "agent.yaml", "--file", file())).satisfies(outcome -> {
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).contains("a configuration or --file, not both");
        });
    }

    private void fill(Journal journal) throws Exception {
        JournalingIntake intake = new JournalingIntake(journal, "edge-1", InstantSource.fixed(NOW));
        for (int i = 3; i > 0; i--) {
            Sampling sampling =
                    new Sampling().gauge(Point.POWER, NOW.minusSeconds(i).toEpochMilli(), 1.5);
            intake.offer(new Readings(INVERTER, "", sampling.series()), Stamp.DEVICE, arrival())
                    .get();
            if (i == 2) {
                intake.lost(INVERTER, Loss.TURNED_AWAY, 2, 7);
            }
        }
        intake.refuse("not JSON", new Arrival("hg/x", null, "x".getBytes(StandardCharsets.UTF_8), Moment.of(NOW)))
                .get();
    }

    private static Arrival arrival() {
        return new Arrival("hg/casa1/inv-01/senml", INVERTER, new byte[0], Moment.of(NOW));
    }

    private void sql(String statement) throws Exception {
        try (Connection disk = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement change = disk.createStatement()) {
            change.executeUpdate(statement);
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(folder.resolve("agent.db"), LIMITS, InstantSource.fixed(NOW));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private String file() {
        return folder.resolve("agent.db").toString();
    }

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 1];
        all[0] = "journal";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int code = command.execute(all);
        return new Outcome(code, out.toString(), err.toString());
    }
}

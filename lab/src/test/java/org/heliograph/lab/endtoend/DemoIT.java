package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.lab.server.InfluxDb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heliograph demo} as a person runs it. */
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final ZoneId CASABLANCA = ZoneId.of("Africa/Casablanca");
    private static final Pattern COMPARED = Pattern.compile(
            "compared (?<windows>.*), the day, its month and its year:"
                    + " \\d+ equal, (?<marked>\\d+) marked, 0 neither; the energy of (?<devices>\\d+) devices; up to (?<until>\\S+):");

    @TempDir
    private Path folder;

    private Process demo(Output output, String... arguments) throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dheliograph.server.jvm=" + System.getProperty("heliograph.server.jvm", ""),
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                classPath,
                "org.heliograph.lab.Main",
                "demo",
                "--headless",
                "--racks",
                "5"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.file().toFile())
                .start();
    }

    @Test
    void ends_equal_to_the_ledger_and_leaves_nothing() throws Exception {
        Output output = new Output(folder.resolve("demo.txt"));
        Process demo = demo(output, "--for", "1s");
        output.await("replaying today", demo::isAlive);
        List<ProcessHandle> children = demo.descendants().toList();

        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(() -> "it ends:\n" + output.text())
                .isTrue();
        assertThat(demo.exitValue()).as(() -> output.text()).isZero();
        assertThat(output.text()).contains("every figure equals the ledger").contains("live page   http://127.0.0.1:");
        assertThat(markedOfWholeDay(output.text())).isZero();
        assertNothingIsLeft(children);
    }

    /** With faults, so that what the demo says of them is read, too. */
    @Test
    void with_all_faults_ends_equal_to_the_ledger_or_marked_in_somebodys_own_influxdb_under_a_name_of_its_own()
            throws Exception {
        assumeTrue(InfluxDb.available(), "InfluxDB isn't installed");
        Output output = new Output(folder.resolve("demo.txt"));
        try (InfluxDb own = InfluxDb.start(folder.resolve("influxdb"))) {
            Process demo = demo(output, "--for", "1s", "--influx", own.url(), "--faults", "all");

            assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as(() -> "it ends:\n" + output.text())
                    .isTrue();
            assertThat(demo.exitValue()).as(() -> output.text()).isZero();
            assertThat(output.text())
                    .contains(
                            "every figure equals the ledger where it can be known, and is marked where it can't",
                            "(as the site 'demo-casa1')");
            assertThat(markedOfWholeDay(output.text())).isPositive();
            assertThat(own.query("heliograph", "SHOW TAG VALUES WITH KEY = site"))
                    .as("of all that it has written")
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row.text("value")).isEqualTo("demo-casa1"));
        }
    }

    /** Of all windows from the site's midnight on, whatever the hour is, those that are marked. */
    private static int markedOfWholeDay(String text) {
        Matcher told = COMPARED.matcher(text);
        assertThat(told.find()).as("it says what it has compared:\n%s", text).isTrue();
        Instant until = Instant.parse(told.group("until"));
        LocalDate day = until.minusSeconds(1).atZone(CASABLANCA).toLocalDate();
        // one that began shortly before midnight goes on until after it
        assertThat(told.group("windows")).isIn(windows(day, until), windows(day.minusDays(1), until));
        assertThat(Integer.parseInt(told.group("devices"))).isGreaterThan(10);
        return Integer.parseInt(told.group("marked"));
    }

    private static String windows(LocalDate day, Instant until) {
        Duration length = Duration.between(day.atStartOfDay(CASABLANCA).toInstant(), until);
        return "%d windows of 1m, %d of 15m, %d of 1h"
                .formatted(length.toMinutes(), length.toMinutes() / 15, length.toHours());
    }

    @Test
    void ctrl_c_ends_all_of_it() throws Exception {
        Output output = new Output(folder.resolve("demo.txt"));
        Process demo = demo(output);
        output.await("replaying today", demo::isAlive);
        List<ProcessHandle> children = demo.descendants().toList();
        assertThat(children).hasSizeGreaterThanOrEqualTo(5);

        String signal = ignoresInterrupts(demo) ? "TERM" : "INT";
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + demo.pid())
                .start()
                .waitFor();

        assertThat(demo.waitFor(5, TimeUnit.MINUTES))
                .as(() -> "it ends:\n" + output.text())
                .isTrue();
        assertNothingIsLeft(children);
    }

    @Test
    void says_so_and_fails_when_one_of_its_programs_dies() throws Exception {
        Output output = new Output(folder.resolve("demo.txt"));
        Process demo = demo(output);
        output.await("replaying today", demo::isAlive);
        List<ProcessHandle> children = demo.descendants().toList();
        ProcessHandle agent =
                children.stream().filter(DemoIT::isAgent).findFirst().orElseThrow();

        agent.destroyForcibly();

        assertThat(demo.waitFor(5, TimeUnit.MINUTES))
                .as(() -> "it ends:\n" + output.text())
                .isTrue();
        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(output.text()).contains("the part 'agent' (process " + agent.pid() + ") has ended by itself");
        assertNothingIsLeft(children);
    }

    /** A shell that runs the tests in the background has its children ignore Ctrl-C (POSIX, "asynchronous lists"). */
    private static boolean ignoresInterrupts(Process process) throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn:\t0");
        return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & 0b10) != 0;
    }

    /** By all of its command line: {@link ProcessHandle.Info} gives up on one with so long a class path. */
    private static boolean isAgent(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .contains("org.heliograph.agent.Main");
        } catch (IOException _) {
            return false;
        }
    }

    private void assertNothingIsLeft(List<ProcessHandle> children) throws Exception {
        for (ProcessHandle child : children) {
            child.onExit().get(2, TimeUnit.MINUTES);
        }
        try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("heliograph-")))
                    .isEmpty();
        }
    }
}

package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./heliograph test} on a machine without servers, where no package is to be had. */
class TestCommandTest {
    private static final Path SCRIPT = Path.of("src/test/sh/test");
    private static final String TOLD = """
            heliograph test: SKIPPED 1, FLAKY 1:
            flaky: org.It.passes_later: too late
            skipped: org.It.needs_a_server: influxd isn't installed
            """;

    @TempDir
    private Path folder;

    private Path bin;
    private Path script;

    private record Answer(int status, String text) {}

    @BeforeEach
    void a_machine_without_packages() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no /bin/bash on this machine");
        bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool :
                List.of("bash", "dirname", "mktemp", "find", "awk", "sort", "rm", "grep", "mkdir", "cat", "touch")) {
            Path found = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(bin.resolve(tool), found.toRealPath());
        }
        tool("apt-get", "exit 100");
        tool("systemctl", "exit 0");
        tool("id", "echo 1000");
        Path home = Files.createDirectory(folder.resolve("heliograph"));
        script = home.resolve("lab/src/test/sh/test");
        Files.createDirectories(script.getParent());
        Files.copy(SCRIPT, script);
        // what a run leaves
        executable(home.resolve("mvnw"), """
                mkdir -p lab/target/surefire-reports
                cat >lab/target/surefire-reports/TEST-org.It.xml <<'XML'
                <testsuite>
                  <testcase name="needs_a_server" classname="org.It">
                    <skipped message="influxd isn't installed"/>
                  </testcase>
                  <testcase name="works" classname="org.It"/>
                  <testcase name="passes_later" classname="org.It">
                    <flakyFailure message="too late" type="java.lang.AssertionError"/>
                  </testcase>
                </testsuite>
                XML
                touch -d '1 minute' lab/target/surefire-reports/TEST-org.It.xml
                """);
    }

    /** Who may install does it by sudo: of what it runs nothing has an effect but whether one may. */
    private void mayInstall(boolean may) throws IOException {
        tool("sudo", may ? "[ \"$2\" = true ]" : "exit 1");
    }

    private void tool(String name, String lines) throws IOException {
        executable(bin.resolve(name), lines + "\n");
    }

    private static void executable(Path file, String lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + lines);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Answer run(String ci) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", script.toString());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("CI", ci);
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), text);
    }

    @Test
    void a_server_that_can_not_be_had_is_named_and_what_was_skipped_and_flaky_is_listed_at_the_end() throws Exception {
        mayInstall(true);
        Answer answer = run("");
        assertThat(answer.text())
                .contains("could not install influxdb; the tests that need it are skipped")
                .endsWith(TOLD);
        assertThat(answer.status()).isZero();
    }

    @Test
    void where_ci_may_install_a_server_and_has_none_nothing_is_run_and_it_fails() throws Exception {
        mayInstall(true);
        Answer answer = run("true");
        assertThat(answer.text())
                .contains("tests would be skipped, and CI=true: nothing was run")
                .contains("without", "influxdb", "chromium")
                .doesNotContain("skipped: org");
        assertThat(answer.status()).isEqualTo(1);
    }

    @Test
    void where_ci_may_install_nothing_it_tests_what_it_can() throws Exception {
        mayInstall(false);
        Answer answer = run("true");
        assertThat(answer.text()).endsWith(TOLD);
        assertThat(answer.status()).isZero();
    }
}

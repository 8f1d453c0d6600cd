package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./heliograph}, where nothing has to be built. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "heliograph");

    @TempDir
    private Path folder;

    @BeforeEach
    void needsAShell() {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no /bin/bash on this machine");
    }

    private record Answer(int status, String text) {}

    private Answer run(Path launcher, String path, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().put("HOME", folder.toString());
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), text);
    }

    @Test
    void without_a_jdk_25_it_says_in_a_sentence_what_to_install_and_exits_2() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("dirname", "readlink", "grep", "cat")) {
            Files.createSymbolicLink(
                    bin.resolve(tool), Path.of("/usr/bin", tool).toRealPath());
        }
        // the same launcher on a machine that has no JDK in the usual folders
        String elsewhere = Files.readString(LAUNCHER)
                .replace("/usr/", "/nowhere/")
                .replace("/opt/", "/nowhere/")
                .replace("/Library/", "/nowhere/");
        Path launcher = Files.writeString(folder.resolve("heliograph"), elsewhere);

        Answer answer = run(launcher, bin.toString(), "demo");

        assertThat(answer.status()).isEqualTo(2);
        assertThat(answer.text()).contains("needs a JDK 25").contains("install").hasLineCount(1);
    }

    @Test
    void an_unknown_command_exits_2_and_help_exits_0() throws Exception {
        String path = "/usr/bin:/bin";
        assertThat(run(LAUNCHER, path, "fly").status()).isEqualTo(2);
        assertThat(run(LAUNCHER, path).status()).isEqualTo(2);
        Answer help = run(LAUNCHER, path, "--help");
        assertThat(help.status()).isZero();
        assertThat(help.text()).contains("./heliograph demo --headless --for 90s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "none.yaml"})
    void who_asks_for_help_or_names_no_file_is_answered_and_no_agent_is_started_for_its_class_cache(String argument)
            throws Exception {
        Path launcher = Files.copy(LAUNCHER, folder.resolve("heliograph"));
        Files.createFile(Files.createDirectory(folder.resolve("target")).resolve(".built"));
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        script(bin.resolve("javac"), "echo javac 25");
        script(bin.resolve("java"), "echo called: \"$@\"");

        Answer answer = run(launcher, bin + ":/usr/bin:/bin", "agent", "run", argument);

        assertThat(answer.status()).isZero();
        assertThat(answer.text().lines().filter(line -> line.startsWith("called:")))
                .singleElement(STRING)
                .endsWith("org.heliograph.agent.Main run " + argument);
        assertThat(folder.resolve("target/agent.aot")).doesNotExist();
    }

    @Test
    void through_a_link_on_the_path_it_finds_its_own_folder() throws Exception {
        Path home = Files.createDirectory(folder.resolve("heliograph-1")).toRealPath();
        Path launcher = Files.copy(LAUNCHER, home.resolve("heliograph"));
        Files.createFile(Files.createDirectory(home.resolve("target")).resolve(".built"));
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        script(bin.resolve("javac"), "echo javac 25");
        script(bin.resolve("java"), "echo called: \"$@\"");
        Path link = Files.createSymbolicLink(folder.resolve("link"), launcher);

        Answer answer = run(link, bin + ":/usr/bin:/bin", "streams", "check");

        assertThat(answer.status()).as(answer.text()).isZero();
        assertThat(answer.text()).contains(home + "/streams/target/lib/*").endsWith("streams.Main check\n");
    }

    @Test
    void what_is_saved_while_it_builds_is_built_the_next_time_and_no_library_of_an_older_version_stays()
            throws Exception {
        Path launcher = Files.copy(LAUNCHER, folder.resolve("heliograph"));
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        script(bin.resolve("javac"), "echo javac 25");
        script(bin.resolve("java"), "echo called: \"$@\"");
        Files.createDirectories(folder.resolve(".mvn"));
        Files.createFile(folder.resolve("pom.xml"));
        Files.createDirectories(folder.resolve("streams/src/main"));
        Files.createFile(folder.resolve("streams/pom.xml"));
        Path old = Files.createFile(
                Files.createDirectories(folder.resolve("streams/target/lib")).resolve("library-1.jar"));
        script(
                folder.resolve("mvnw"),
                "echo built >>builds; [ $(wc -l <builds) = 2 ] || touch streams/src/main/saved-meanwhile");
        String path = bin + ":/usr/bin:/bin";

        for (int i = 0; i < 3; i++) {
            assertThat(run(launcher, path, "streams", "check").status()).isZero();
        }

        assertThat(folder.resolve("builds")).content().isEqualTo("built\nbuilt\n");
        assertThat(old).doesNotExist();
    }

    private static void script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}

package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SQLite is loaded from is decided once in a process: so each time in one of its own. */
class LibraryTest {
    @TempDir
    private Path folder;

    /** Opens the journal that it is told. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) throws Exception {
            Journal.Limits limits = new Journal.Limits(Duration.ofMillis(1), 1, 1 << 20);
            try (Journal _ = Journal.open(Path.of(arguments[0]), limits, InstantSource.system())) {
                System.out.println("open");
            } catch (JournalException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private String open(Path journal, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder.resolve("unusable")));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Opener.class.getName(), journal.toString()));
        Path said = folder.resolve("said");
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    @Test
    void a_journal_is_opened_though_nothing_may_be_loaded_from_the_folder_for_temporary_files() throws Exception {
        Path journal = folder.resolve("state/agent.journal");

        assertThat(open(journal)).contains("open\n");
        try (var left = Files.list(journal.getParent())) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .as("nothing stays of what was unpacked")
                    .noneMatch(name -> name.contains("sqlitejdbc"));
        }
    }

    @Test
    void where_nothing_may_be_loaded_from_any_folder_it_is_said_what_to_do() throws Exception {
        String said = open(folder.resolve("state/agent.journal"), "-Dorg.sqlite.tmpdir=" + folder.resolve("nowhere"));

        assertThat(said)
                .contains("SQLite can't be loaded from " + folder.resolve("nowhere"))
                .contains("noexec", "JAVA_OPTS=-Dorg.sqlite.tmpdir=")
                .doesNotContain("open\n");
    }
}

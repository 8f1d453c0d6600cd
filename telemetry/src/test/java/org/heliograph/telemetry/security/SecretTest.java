package org.heliograph.telemetry.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_file_without_a_secret_is_a_fault_that_says_what_it_is_instead() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path inside = Files.createDirectory(folder.resolve("inside"));

        assertThat(fault("empty")).isEqualTo("password.file: " + empty + " is empty");
        assertThat(fault("inside")).isEqualTo("password.file: can't be read: " + inside + " is a folder, not a file");
        assertThat(fault("none"))
                .isEqualTo("password.file: can't be read: " + folder.resolve("none") + ": no such file");
    }

    @Test
    void what_may_come_yet_can_pass_and_a_folder_can_not() throws IOException {
        Files.writeString(folder.resolve("empty"), "");
        Files.createDirectory(folder.resolve("inside"));

        assertThat(flaws("empty").found()).singleElement().matches(flaw -> flaw.passing());
        assertThat(flaws("none").found()).singleElement().matches(flaw -> flaw.passing());
        assertThat(flaws("inside").found()).singleElement().matches(flaw -> !flaw.passing());
    }

    private String fault(String file) {
        return flaws(file).found().stream()
                .map(flaw -> flaw.field() + ": " + flaw.message())
                .reduce("", String::concat);
    }

    private Flaws flaws(String file) {
        Flaws flaws = new Flaws();
        Section section = Section.of(folder.resolve("a.yaml").toString(), "password: {file: " + file + "}\n", flaws);
        assertThat(Secret.of(section, "password")).isPresent();
        return flaws;
    }
}

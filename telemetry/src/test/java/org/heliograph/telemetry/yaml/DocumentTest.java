package org.heliograph.telemetry.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class DocumentTest {
    private final Flaws flaws = new Flaws();

    @TempDir
    Path folder = Path.of("");

    @Test
    void an_empty_text_is_one_fault() {
        assertThat(faultsOf("")).containsExactly("a.yaml: is empty");
        assertThat(faultsOf("# nothing but a comment\n")).containsExactly("a.yaml: is empty");
    }

    @Test
    void a_top_that_is_no_mapping_is_one_fault() {
        assertThat(faultsOf("\n- a\n- b\n")).containsExactly("a.yaml:2: must be a mapping of fields to values");
        assertThat(faultsOf("hello")).containsExactly("a.yaml:1: must be a mapping of fields to values");
        assertThat(faultsOf("~")).containsExactly("a.yaml:1: must be a mapping of fields to values");
    }

    @Test
    void a_text_that_is_not_yaml_is_one_fault_on_one_line_with_its_line() {
        assertThat(faultsOf("a: 1\n b: 2\n"))
                .containsExactly("a.yaml:2: not YAML: mapping values are not allowed here");
        assertThat(faultsOf("a: 1\nb: {c: 2\n"))
                .containsExactly(
                        "a.yaml:3: not YAML: while parsing a flow mapping expected ',' or '}', but got <stream end>");
        assertThat(faultsOf("a: 1\n\tb: 2\n")).singleElement().asString().startsWith("a.yaml:2: not YAML: ");
        assertThat(faultsOf("a: *b\n")).singleElement().asString().startsWith("a.yaml:1: ");
        assertThat(faultsOf("%YAML 3.0\n---\na: 1\n"))
                .singleElement()
                .asString()
                .startsWith("a.yaml: not YAML: ");
    }

    @Test
    void a_control_character_is_named_with_its_line() {
        assertThat(faultsOf("a: 1\nb: 2\nc: \u0000\n")).containsExactly("a.yaml:3: not YAML: holds the character 0");
        assertThat(faultsOf("# padding\n".repeat(5_000) + "c: \u0007\n"))
                .containsExactly("a.yaml:5001: not YAML: holds the character 7");
    }

    @Test
    void a_second_document_is_a_fault_and_not_ignored() {
        assertThat(faultsOf("a: 1\n---\nb: 2\n"))
                .containsExactly(
                        "a.yaml:2: not YAML: expected a single document in the stream but found another document");
    }

    @Test
    void an_alias_bomb_is_refused_at_its_first_alias() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            String alias = "*a" + (i - 1);
            bomb.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", List.of(alias, alias, alias, alias, alias))));
        }
        assertThat(faultsOf(bomb.toString())).containsExactly("a.yaml:2: aliases (*name) are not supported");
    }

    @Test
    void a_node_that_contains_itself_is_refused() {
        assertThat(faultsOf("a: &a [*a]\n")).containsExactly("a.yaml:1: aliases (*name) are not supported");
    }

    @Test
    void deep_nesting_is_refused_before_it_exhausts_the_stack() {
        assertThat(faultsOf("a: 1\nb: " + "[".repeat(1_000_000)))
                .containsExactly("a.yaml:2: is nested deeper than 32 levels");
        assertThat(faultsOf("- ".repeat(1_000_000))).containsExactly("a.yaml:1: is nested deeper than 32 levels");
        assertThat(faultsOf("a: " + "{a: ".repeat(31) + "}".repeat(31))).isEmpty();
    }

    @Test
    void a_huge_text_is_refused() {
        assertThat(faultsOf("a: |\n" + "  x\n".repeat(750_000)))
                .singleElement()
                .asString()
                .contains("exceeds the limit");
    }

    @Test
    void a_file_that_cannot_be_read_is_one_fault() throws IOException {
        Path huge = folder.resolve("huge.yaml");
        Files.write(huge, new byte[3_000_001]);
        Path latin1 = Files.write(folder.resolve("latin1.yaml"), "a: é".getBytes(StandardCharsets.ISO_8859_1));
        Path missing = folder.resolve("missing.yaml");
        Section.of(huge, flaws).text("a");
        Section.of(latin1, flaws).text("a");
        Section.of(missing, flaws).text("a");
        Section.of(folder, flaws).text("a");
        assertThat(found())
                .satisfiesExactly(
                        flaw -> assertThat(flaw).isEqualTo(huge + ": is larger than 3000000 bytes"),
                        flaw -> assertThat(flaw).isEqualTo(latin1 + ": is not UTF-8 text"),
                        flaw -> assertThat(flaw).isEqualTo(missing + ": no such file"),
                        flaw -> assertThat(flaw).isEqualTo(folder + ": is a folder, not a file"));
    }

    @Test
    void an_endless_file_is_not_read_to_its_end() {
        Path endless = Path.of("/dev/zero");
        if (Files.exists(endless)) {
            Section.of(endless, flaws);
            assertThat(found()).containsExactly("/dev/zero: is larger than 3000000 bytes");
        }
    }

    @Test
    void a_shipped_file_that_is_not_there_ends_the_program() {
        assertThatThrownBy(() -> Section.ofResource(DocumentTest.class, "/heliograph/nowhere.yaml", flaws))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the program lacks its /heliograph/nowhere.yaml");
    }

    private List<String> faultsOf(String text) {
        Flaws own = new Flaws();
        Section.of("a.yaml", text, own);
        return own.found().stream().map(Flaw::toString).toList();
    }

    private List<String> found() {
        return flaws.found().stream().map(Flaw::toString).toList();
    }
}

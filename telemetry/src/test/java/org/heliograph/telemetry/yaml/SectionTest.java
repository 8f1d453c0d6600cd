package org.heliograph.telemetry.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SectionTest {
    private final Flaws flaws = new Flaws();

    @Test
    void one_value_may_stand_for_a_list_of_one() {
        Section top = section("one: a\nmore: [a, b]\nnone: []\nempty:\n");
        assertThat(top.oneOrMore("one", "z")).containsExactly("a");
        assertThat(top.oneOrMore("more", "z")).containsExactly("a", "b");
        assertThat(top.oneOrMore("missing", "z")).containsExactly("z");
        assertThat(flaws.found()).isEmpty();

        assertThat(top.oneOrMore("none", "z")).containsExactly("z");
        assertThat(top.oneOrMore("empty", "z")).containsExactly("z");
        assertThat(flaws.found().stream().map(Flaw::field)).containsExactly("none", "empty");
    }

    @Test
    void every_kind_of_field_is_read() {
        Section top = section("""
                name: edge-1
                port: 1883
                ratio: 0.5
                after: PT1M30S
                fast: true
                hosts: [a, b]
                nested: {deep: {value: x}}
                list:
                  - {n: 1}
                  - {n: 2}
                """);
        assertThat(top.text("name")).isEqualTo("edge-1");
        assertThat(top.integer("port", 0, 1, 65_535)).isEqualTo(1883);
        assertThat(top.decimal("ratio", 0, 0, 1)).isEqualTo(0.5);
        assertThat(top.duration("after", Duration.ZERO)).isEqualTo(Duration.ofSeconds(90));
        assertThat(top.flag("fast", false)).isTrue();
        assertThat(top.texts("hosts")).containsExactly("a", "b");
        assertThat(top.section("nested").section("deep").text("value")).isEqualTo("x");
        assertThat(top.sections("list").stream().map(item -> item.integer("n", 0, 0, 9)))
                .containsExactly(1, 2);
        top.finish();
        assertThat(flaws.found()).isEmpty();
    }

    @Test
    void a_path_is_relative_to_the_folder_of_the_file_that_names_it() {
        Section top = Section.of("/etc/heliograph/a.yaml", "near: b/c\nfar: /var/d\nwrong: \"e\\0\"", flaws);
        assertThat(top.optional("near", top::resolved)).contains(Path.of("/etc/heliograph/b/c"));
        assertThat(top.optional("far", top::resolved)).contains(Path.of("/var/d"));
        assertThat(flaws.found()).isEmpty();

        assertThat(top.optional("wrong", top::resolved)).isEmpty();
        assertThat(flaws.found()).singleElement().asString().contains("a.yaml:3: wrong: 'e", "is not a path");

        Section here = section("x: y");
        assertThat(here.optional("x", here::resolved)).contains(Path.of("y").toAbsolutePath());
    }

    @Test
    void what_a_field_names_may_be_absent_for_now_and_then_nothing_is_wrong_with_the_file() {
        Section top = section("host: late.hall\nport: many");
        top.optional("host", text -> {
            throw new AbsentException("'" + text + "' has no address");
        });
        assertThat(new ConfigurationException(flaws.found()).isPassing()).isTrue();
        assertThat(flaws.found().getFirst()).hasToString("a.yaml:1: host: 'late.hall' has no address");

        top.integer("port", 0, 1, 9);
        assertThat(new ConfigurationException(flaws.found()).isPassing()).isFalse();
    }

    @Test
    void what_is_missing_reads_as_its_substitute() {
        Section top = section("other: 1");
        assertThat(top.text("name", "edge")).isEqualTo("edge");
        assertThat(top.integer("port", 1883, 1, 65_535)).isEqualTo(1883);
        assertThat(top.duration("after", Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
        assertThat(top.flag("fast", true)).isTrue();
        assertThat(top.texts("hosts")).isEmpty();
        assertThat(top.sections("list")).isEmpty();
        assertThat(top.section("nested").keys()).isEmpty();
        assertThat(flaws.found()).isEmpty();
    }

    @Test
    void what_is_wrong_reads_as_its_substitute_and_is_noted() {
        Section top = section("""
                port: 99999
                count: 99999999999999999999
                share: half
                fast: yes
                hosts: [a, {b: c}, null]
                list: [{n: 1}, 2]
                """);
        assertThat(top.integer("port", 1883, 1, 65_535)).isEqualTo(1883);
        assertThat(top.integer("count", 5, 1, 10)).isEqualTo(5);
        assertThat(top.decimal("share", 0.25, 0, 1)).isEqualTo(0.25);
        assertThat(top.flag("fast", false)).isFalse();
        assertThat(top.texts("hosts")).containsExactly("a");
        assertThat(top.sections("list")).hasSize(1);
        assertThat(found())
                .containsExactly(
                        "a.yaml:1: port: 99999 is not between 1 and 65535",
                        "a.yaml:2: count: '99999999999999999999' is not a whole number",
                        "a.yaml:3: share: 'half' is not a number",
                        "a.yaml:4: fast: 'yes' is neither true nor false",
                        "a.yaml:5: hosts[1]: must be a single value",
                        "a.yaml:5: hosts[2]: must be a single value",
                        "a.yaml:6: list[1]: must be a mapping of fields to values");
    }

    @Test
    void a_required_field_of_a_missing_section_is_missing_at_the_line_of_what_is_there() {
        Section top = section("\n\nname: x\n");
        assertThat(top.section("kafka").text("bootstrap")).isEmpty();
        assertThat(found()).containsExactly("a.yaml:3: kafka.bootstrap: is missing");
    }

    @Test
    void a_section_that_is_something_else_is_one_fault_whatever_is_asked_of_it() {
        Section top = section("kafka: localhost:9092");
        Section kafka = top.section("kafka");
        assertThat(kafka.text("bootstrap")).isEmpty();
        assertThat(kafka.section("tls").text("store")).isEmpty();
        kafka.finish();
        assertThat(found()).containsExactly("a.yaml:1: kafka: must be a mapping of fields to values");
    }

    @Test
    void whatever_a_parser_throws_at_a_value_is_a_fault() {
        Section top = section("a: 1\nb: 2\nc: 3\n");
        top.optional("a", fails(new IllegalArgumentException("is odd")));
        top.optional("b", fails(new java.time.DateTimeException("no date")));
        top.optional("c", fails(new ArithmeticException()));
        assertThat(found()).containsExactly("a.yaml:1: a: is odd", "a.yaml:2: b: no date", "a.yaml:3: c: is wrong");
    }

    @Test
    void fields_that_nobody_asked_for_are_noted_with_those_that_somebody_did() {
        Section top = section("name: x\nprot: 1883\n");
        top.text("name");
        top.integer("port", 1883, 1, 65_535);
        top.finish();
        assertThat(found()).containsExactly("a.yaml:2: prot: unknown field; known here: name port");
    }

    @Test
    void a_duplicate_key_is_noted_at_its_second_line() {
        section("name: x\nnested: {a: 1}\nname: y\n").section("nested");
        assertThat(found()).containsExactly("a.yaml:3: 'name' appears twice");
    }

    @Test
    void the_faults_of_several_files_are_thrown_together() {
        Section.of("a.yaml", "x: 1", flaws).text("y");
        Section.of("b.yaml", "", flaws);
        assertThatThrownBy(flaws::throwIfAny)
                .isInstanceOfSatisfying(
                        ConfigurationException.class, e -> assertThat(e.flaws()).isEqualTo(flaws.found()))
                .hasMessage("a.yaml:1: y: is missing\nb.yaml: is empty");
    }

    @Test
    void no_fault_is_nothing_to_throw() throws ConfigurationException {
        flaws.throwIfAny();
        assertThat(flaws.found()).isEmpty();
    }

    private Section section(String text) {
        return Section.of("a.yaml", text, flaws);
    }

    private List<String> found() {
        return flaws.found().stream().map(Flaw::toString).toList();
    }

    private static Function<String, String> fails(RuntimeException e) {
        return text -> {
            throw e;
        };
    }

    @Test
    void an_item_of_a_list_may_fail_in_each_way_in_which_a_value_may() {
        Section top = section("""
                list: [PT1S, soon]
                hosts: [away]
                """);

        assertThat(top.list("list", Duration::parse)).containsExactly(Duration.ofSeconds(1));
        assertThat(top.list("hosts", fails(new AbsentException("isn't there yet"))))
                .isEmpty();
        assertThat(found())
                .containsExactly(
                        "a.yaml:1: list[1]: Text cannot be parsed to a Duration",
                        "a.yaml:2: hosts[0]: isn't there yet");
        assertThat(flaws.found().stream().map(Flaw::passing)).containsExactly(false, true);
    }

    @Test
    void a_section_or_list_whose_lines_are_all_commented_out_is_empty() {
        Flaws flaws = new Flaws();
        Section top = Section.of("f.yaml", "page:\n  # port: 8080\nsites:\n", flaws);

        assertThat(top.section("page").keys()).isEmpty();
        assertThat(top.sections("sites")).isEmpty();
        assertThat(flaws.found()).isEmpty();
    }
}

package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdRangeTest {
    @ParameterizedTest
    @CsvSource({
        "util-1, util-1",
        "inv-{01..03}, inv-01 inv-02 inv-03",
        "inv-{8..11}, inv-8 inv-9 inv-10 inv-11",
        "inv-{0..2}, inv-0 inv-1 inv-2",
        "inv-{098..101}, inv-098 inv-099 inv-100 inv-101",
        "hall-{a..c}, hall-a hall-b hall-c",
        "hall-{A..C}, hall-A hall-B hall-C",
        "'ups-{a,b}', ups-a ups-b",
        "'{x,y}-{1..2}', x-1 x-2 y-1 y-2",
        "'{n,s}{1..1}{a,b}t', n1at n1bt s1at s1bt",
        "one-{7..7}, one-7",
    })
    void ranges_expand_as_in_a_shell(String pattern, String ids) {
        assertThat(ids(pattern)).containsExactly(ids.split(" "));
    }

    @Test
    void the_racks_of_casablanca_are_384_with_two_sides() {
        assertThat(ids("pdu-{a..h}{01..24}{a,b}"))
                .hasSize(384)
                .doesNotHaveDuplicates()
                .startsWith("pdu-a01a", "pdu-a01b", "pdu-a02a")
                .endsWith("pdu-h24b");
    }

    @Test
    void another_text_can_refer_to_the_ranges_by_number() {
        IdRange.Expansion id = IdRange.expand("pdu-{a..h}{01..24}{a,b}").getLast();
        assertThat(id.resolve("hall-1/row-{1}")).isEqualTo("hall-1/row-h");
        assertThat(id.resolve("{3}{2}{1}{1}")).isEqualTo("b24hh");
        assertThat(id.resolve("roof")).isEqualTo("roof");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "row-{0}, '{0}' refers to none of the id's 2 ranges",
                "row-{3}, '{3}' refers to none of the id's 2 ranges",
                "row-{}, '{}' refers to none of the id's 2 ranges",
                "row-{a}, '{a}' refers to none of the id's 2 ranges",
                "row-{9999999999}, '{9999999999}' refers to none of the id's 2 ranges",
                "row-{1, 'row-{1' has a brace without its partner",
                "row-1}, 'row-1}' has a brace without its partner",
            })
    void a_reference_to_no_range_is_refused(String template, String message) {
        IdRange.Expansion id = IdRange.expand("a{1..2}{3..4}").getFirst();
        assertThatThrownBy(() -> id.resolve(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inv-{10..01} | runs backwards",
                "row-{h..a} | runs backwards",
                "row-{a..Z} | runs backwards",
                "inv-{01..100} | ends of different widths",
                "inv-{1..010} | ends of different widths",
                "inv-{} | not a range",
                "inv-{1} | not a range",
                "inv-{a,} | not a range",
                "inv-{,} | not a range",
                "inv-{1...3} | not a range",
                "inv-{1..} | not a range",
                "inv-{-1..3} | not a range",
                "inv-{01..10,12} | not a range",
                "inv-{1..9999999} | not a range",
                "inv-{0..999999} | more than 100000",
                "x{0..999}{0..999} | more than 100000",
                "x{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}{0..9} | more than 100000",
            })
    void a_range_that_is_none_is_refused(String pattern, String message) {
        assertThatThrownBy(() -> IdRange.expand(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static List<String> ids(String pattern) {
        return IdRange.expand(pattern).stream().map(IdRange.Expansion::id).toList();
    }
}

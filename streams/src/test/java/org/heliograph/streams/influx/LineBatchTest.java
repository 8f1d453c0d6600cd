package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineBatchTest {
    private final LineBatch lines = new LineBatch();

    @Test
    void numbers_are_floats_and_times_are_milliseconds() {
        lines.begin("m")
                .tag("a", "x")
                .field("one", 1)
                .field("tiny", 1.5e-7)
                .text("t", "y")
                .end(60_000, 0);
        assertThat(all()).isEqualTo("m,a=x one=1.0,tiny=1.5E-7,t=\"y\" 60000");
    }

    @Test
    void an_empty_tag_is_left_away() {
        lines.begin("m").tag("area", "").tag("a", "x").field("v", 1).end(0, 0);
        assertThat(all()).isEqualTo("m,a=x v=1.0 0");
    }

    @Test
    void a_number_that_is_none_is_an_absent_field() {
        lines.begin("m")
                .field("nan", Double.NaN)
                .field("v", 1)
                .field("inf", Double.POSITIVE_INFINITY)
                .end(0, 0);
        assertThat(all()).isEqualTo("m v=1.0 0");
    }

    @Test
    void a_point_without_a_field_is_not_written() {
        lines.begin("m").tag("a", "x").field("nan", Double.NaN).end(0, 0);
        lines.begin("n").field("v", 1).end(0, 0);
        assertThat(lines.size()).isEqualTo(1);
        assertThat(all()).isEqualTo("n v=1.0 0");
    }

    @Test
    void separators_in_a_tag_are_escaped_and_what_cannot_be_escaped_is_replaced() {
        lines.begin("m").tag("a", "hall 1,row=b\\\n").field("v", 1).end(0, 0);
        assertThat(all()).isEqualTo("m,a=hall\\ 1\\,row\\=b__ v=1.0 0");
    }

    @Test
    void a_point_is_asked_about_by_the_tags_that_it_was_written_with() {
        lines.beginMerged("m").tag("area", "hall-1\\row-a").field("v", 1).end(0, 0);
        assertThat(all()).isEqualTo("m,area=hall-1_row-a v=1.0 0");
        assertThat(lines.statements())
                .singleElement()
                .satisfies(point -> assertThat(point.condition()).isEqualTo("\"area\" = 'hall-1_row-a'"));
    }

    @Test
    void quotes_and_backslashes_in_a_text_are_escaped_and_line_breaks_become_spaces() {
        lines.begin("m").text("t", "a\"b\\c\nd").end(0, 0);
        assertThat(all()).isEqualTo("m t=\"a\\\"b\\\\c d\" 0");
    }

    @Test
    void any_run_of_lines_can_be_taken_with_the_records_they_came_from() {
        for (int i = 0; i < 3_000; i++) {
            lines.begin("m").field("v", i).end(i, i / 2);
        }
        assertThat(lines.lines(1, 3)).isEqualTo("m v=1.0 1\nm v=2.0 2");
        assertThat(lines.lines(2_999, 3_000)).isEqualTo("m v=2999.0 2999");
        assertThat(lines.record(2_999)).isEqualTo(1_499);
        lines.clear();
        assertThat(lines.size()).isZero();
        lines.begin("n").field("v", 1).end(0, 0);
        assertThat(all()).isEqualTo("n v=1.0 0");
    }

    private String all() {
        return lines.lines(0, lines.size());
    }
}

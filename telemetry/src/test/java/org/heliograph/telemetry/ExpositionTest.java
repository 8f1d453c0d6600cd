package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpositionTest {
    @Test
    void samples_of_a_name_stand_together_in_whatever_order_they_come() {
        Exposition to = new Exposition()
                .counter("refused_total", "Refused.", 1, "source", "mqtt", "reason", "late")
                .gauge("up", "Whether.", 1)
                .counter("refused_total", "Refused.", 2, "source", "coap", "reason", "ahead");

        assertThat(to).hasToString("""
                # HELP refused_total Refused.
                # TYPE refused_total counter
                refused_total{source="mqtt",reason="late"} 1
                refused_total{source="coap",reason="ahead"} 2
                # HELP up Whether.
                # TYPE up gauge
                up 1
                """);
    }

    @Test
    void what_would_end_a_label_is_quoted() {
        assertThat(new Exposition().gauge("up", "Whether.", 1, "device", "a\"b\\c\nd"))
                .asString()
                .endsWith("up{device=\"a\\\"b\\\\c\\nd\"} 1\n");
    }

    @Test
    void numbers_are_whole_where_they_can_be() {
        Exposition to = new Exposition();
        double[] values = {2.0, 0.25, 1e15, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (double value : values) {
            to.gauge("x", "Of all kinds.", value);
        }

        assertThat(to.toString().lines().skip(2))
                .containsExactly("x 2", "x 0.25", "x 1.0E15", "x NaN", "x +Inf", "x -Inf");
    }

    @Test
    void a_process_says_since_when_it_runs() {
        assertThat(new Exposition().process().toString())
                .containsPattern("\nprocess_start_time_seconds [0-9.E]+\n")
                .contains("\njvm_memory_used_bytes ", "\njvm_memory_max_bytes ");
    }
}

package org.heliograph.telemetry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void the_names_are_those_of_the_contract() {
        Topics topics = Topics.DEFAULT;
        assertThat(topics.telemetry()).isEqualTo("hg.telemetry");
        assertThat(topics.rejects()).isEqualTo("hg.rejects");
        assertThat(topics.sites()).isEqualTo("hg.sites");
        assertThat(topics.factors()).isEqualTo("hg.factors");
        assertThat(topics.energy()).isEqualTo("hg.energy");
        assertThat(topics.kpi()).isEqualTo("hg.kpi");
        assertThat(topics.live()).isEqualTo("hg.live");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hg", "HG2", "dc.casa.hg", "a_b-c", "0"})
    void the_prefix_is_free_as_far_as_kafka_allows(String prefix) {
        assertThat(new Topics(prefix).kpi()).isEqualTo(prefix + ".kpi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "hg.", ".hg", "h..g", "h g", "hg/x", "hg\n", "hé", "-hg", "hg*"})
    void a_prefix_that_kafka_would_refuse_is_refused_here(String prefix) {
        assertThatThrownBy(() -> new Topics(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_prefix_leaves_room_for_the_name() {
        assertThat(new Topics("h".repeat(200)).telemetry()).hasSizeLessThanOrEqualTo(249);
        assertThatThrownBy(() -> new Topics("h".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }
}

package org.heliograph.streams.topology.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicStateTest {
    private static final NewTopic PLANNED =
            new NewTopic("hg.energy", 3, (short) 1).configs(Map.of("retention.ms", "3024000000"));

    private static TopicState found(Optional<Map<String, String>> configs) {
        return TopicState.of(PLANNED, Optional.of(new TopicState.Found(3, 1, configs)));
    }

    @Test
    void a_setting_that_is_another_is_a_difference() {
        assertThat(found(Optional.of(Map.of("retention.ms", "3024000000", "other", "1")))
                        .differences())
                .isEmpty();
        assertThat(found(Optional.of(Map.of("retention.ms", "604800000"))).differences())
                .containsExactly("has retention.ms=604800000, not 3024000000");
    }

    @Test
    void settings_that_may_not_be_seen_are_not_said_to_be_right() {
        assertThat(found(Optional.empty()).differences())
                .singleElement()
                .asString()
                .contains("DescribeConfigs");
    }
}

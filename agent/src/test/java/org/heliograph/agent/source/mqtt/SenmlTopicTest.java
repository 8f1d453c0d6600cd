package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenmlTopicTest {
    @Test
    void the_topic_says_who_speaks() {
        assertThat(SenmlTopic.device("hg/casa1/pdu-a01b/senml")).contains(new DeviceId("casa1", "pdu-a01b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hg/senml",
                "hg/casa1/senml",
                "hg/casa1/a/b/senml",
                "hg/casa1//senml",
                "hg/casa1/a b/senml",
                "hg/casa1/a/json",
                "hx/casa1/a/senml",
                "hg/casa1/a/senml/",
                ""
            })
    void other_topics_say_nothing(String topic) {
        assertThat(SenmlTopic.device(topic)).isEmpty();
    }
}

package org.heliograph.agent.payload.sparkplug;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.agent.payload.Refusal;
import org.junit.jupiter.api.Test;

class EdgeNodesTest {
    private final EdgeNodes nodes = new EdgeNodes(new Speakers("casa1", SparkplugNames.OURS), Duration.ZERO);

    @Test
    void a_birth_has_the_room_that_the_metrics_of_all_nodes_leave() throws Exception {
        for (String name : List.of("edge-7", "edge-8")) {
            SparkplugTopic topic = new SparkplugTopic("casa1", SparkplugTopic.Type.NBIRTH, name, "");
            EdgeNode node = nodes.of(topic, Instant.EPOCH, new ArrayList<>()).node();
            node.birth(0, 0L, 0);
            node.define("", new BornMetric("power", TestNode.DOUBLE, null, ""), null);
        }

        nodes.admit(EdgeNodes.METRICS_MAX - 2);
        assertThatThrownBy(() -> nodes.admit(EdgeNodes.METRICS_MAX - 1))
                .isInstanceOf(Refusal.class)
                .hasMessage("more than 50000 metrics of all edge nodes");
    }
}

package org.heliograph.agent.payload.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EdgeNodeTest {
    private final EdgeNode node = new EdgeNode(new SparkplugTopic("casa1", SparkplugTopic.Type.NBIRTH, "edge-7", ""));

    @BeforeEach
    void born() {
        node.birth(0, 0L, 0);
        node.deviceBirth("util-1");
        node.serial("util-1", "A1234");
    }

    @Test
    void a_serial_number_lasts_as_long_as_the_birth_that_told_it() {
        node.deviceBirth("pdu-1");
        assertThat(node.serial("util-1")).isEqualTo("A1234");

        node.deviceBirth("util-1");
        assertThat(node.serial("util-1")).isNull();
    }

    /** Whoever lets devices of ever other names be born and die would fill the memory with them. */
    @Test
    void a_device_that_dies_or_whose_birth_is_refused_leaves_no_serial_number() {
        node.deviceDeath("util-1");
        assertThat(node.serial("util-1")).isNull();

        born();
        node.refuseBirth("util-1", "'power' is born twice");
        assertThat(node.serial("util-1")).isNull();
    }

    /** Else each such birth would make room for one metric more than there is. */
    @Test
    void a_birth_that_is_refused_for_two_metrics_of_a_point_counts_no_metrics() throws Exception {
        SparkplugNames.Metric power = new SparkplugNames.Metric(Point.POWER, "");
        node.define("util-1", new BornMetric("Meter1/Power", TestNode.DOUBLE, power, ""), null);
        BornMetric second = new BornMetric("Meter2/Power", TestNode.DOUBLE, power, "");
        assertThatThrownBy(() -> node.define("util-1", second, null)).isInstanceOf(Refusal.class);

        node.refuseBirth("util-1", "both are 'power'");

        assertThat(node.metrics()).isZero();
    }

    @Test
    void a_node_in_doubt_and_one_that_dies_leave_none_of_their_devices() {
        node.forget();
        assertThat(node.serial("util-1")).isNull();

        born();
        node.death();
        assertThat(node.serial("util-1")).isNull();
    }
}

package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two devices of a node are two topics: brokers may swap them. */
class NodeOrderTest {
    private static final Instant T0 = Instant.parse("2026-07-01T10:00:00Z");
    private static final long WITHIN = NodeOrder.WITHIN.toMillis();

    @TempDir
    private Path folder = Path.of("");

    private Reception reception;

    @BeforeEach
    void births() throws Exception {
        restart(100);
        born("edge-7");
    }

    private void restart(int receiveMaximum) throws Exception {
        reception = new Reception(BrokerEntry.of(folder, "sparkplug: {}"), "casa1", receiveMaximum);
    }

    @Test
    void messages_that_overtook_each_other_are_taken_in_their_order() {
        assertThat(take("edge-7", "DDATA", "b", 5)).isEmpty();
        assertThat(take("edge-7", "DDATA", "b", 4)).isEmpty();
        List<Reception.Taken> taken = take("edge-7", "DDATA", "a", 3);

        assertThat(taken)
                .extracting(one -> Payload.parseFrom(one.message().payload()).getSeq())
                .containsExactly(3L, 4L, 5L);
        assertThat(taken).allMatch(NodeOrderTest::isReading);
        assertThat(take("edge-7", "DDATA", "a", 6)).allMatch(NodeOrderTest::isReading);
    }

    @Test
    void a_gap_that_no_message_closes_in_time_puts_the_node_in_doubt() {
        assertThat(take("edge-7", "DDATA", "a", 4)).isEmpty();
        assertThat(take("edge-7", "DDATA", "b", 5)).isEmpty();
        long came = T0.toEpochMilli();
        assertThat(reception.late(came + WITHIN - 1)).isEmpty();

        List<Reception.Taken> late = reception.late(came + WITHIN);
        assertThat(late)
                .extracting(NodeOrderTest::reason)
                .satisfiesExactly(
                        gap -> assertThat(gap).startsWith("sequence 4 where 3 is next"),
                        behind -> assertThat(behind).startsWith("no birth of casa1/edge-7"));
        assertThat(late.getFirst().received().outcome().commands())
                .as("a rebirth is asked for")
                .hasSize(1);
        assertThat(reception.late(came + 2 * WITHIN)).isEmpty();
    }

    @Test
    void a_gap_that_is_too_large_to_close_is_not_waited_for() {
        assertThat(take("edge-7", "DDATA", "a", 3 + NodeOrder.MISSING_MAX)).isEmpty();
        List<Reception.Taken> taken = take("edge-7", "DDATA", "b", 4 + NodeOrder.MISSING_MAX);

        assertThat(taken).as("with what waited").hasSize(2);
        assertThat(reason(taken.getFirst())).startsWith("sequence 20 where 3 is next");
    }

    @Test
    void a_device_birth_may_be_overtaken_by_its_data() {
        take("edge-8", "NBIRTH", "", 0);
        assertThat(take("edge-8", "DDATA", "c", 2)).isEmpty();
        assertThat(take("edge-8", "DBIRTH", "c", 1))
                .hasSize(2)
                .allMatch(one -> reason(one).isEmpty());
    }

    @Test
    void what_waits_when_its_node_is_born_anew_is_of_the_birth_before() {
        assertThat(take("edge-7", "DDATA", "a", 9)).isEmpty();

        List<Reception.Taken> taken = take("edge-7", "NBIRTH", "", 0);
        assertThat(taken)
                .extracting(NodeOrderTest::reason)
                .containsExactly("", "what was before it in its edge node's sequence never came");
        assertThat(take("edge-7", "DBIRTH", "a", 1)).allMatch(NodeOrderTest::isReading);
    }

    @Test
    void a_node_that_dies_is_asked_for_nothing_though_something_of_it_waited() {
        assertThat(take("edge-7", "DDATA", "a", 4)).isEmpty();

        List<Reception.Taken> taken = take("edge-7", "NDEATH", "", 0);
        assertThat(taken)
                .extracting(NodeOrderTest::reason)
                .containsExactly("what was before it in its edge node's sequence never came", "");
        assertThat(taken).allMatch(one -> one.received().outcome().commands().isEmpty());
        assertThat(reception.due(T0.plusSeconds(3_600))).isEmpty();
    }

    @Test
    void what_waits_when_the_connection_is_lost_is_told_and_waits_on_no_other() {
        assertThat(take("edge-7", "DDATA", "a", 4)).isEmpty();

        assertThat(reception.abandon()).hasSize(1);
        reception.disconnected();
        assertThat(reception.late(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void what_waits_is_bounded_for_all_nodes_together() {
        assertThat(waiting(20)).isEqualTo(NodeOrder.WAITING_MAX);
    }

    @Test
    void who_was_taken_leaves_the_place_to_others() {
        for (int sequence = 3; sequence < 3 + 4 * NodeOrder.WAITING_MAX; sequence += 2) {
            assertThat(take("edge-7", "DDATA", "a", sequence + 1)).isEmpty();
            assertThat(take("edge-7", "DDATA", "b", sequence)).hasSize(2);
        }
    }

    @Test
    void a_window_of_few_messages_is_not_filled_by_what_waits() throws Exception {
        restart(5);
        assertThat(waiting(5)).isEqualTo(2);
        restart(1);
        assertThat(waiting(1)).isZero();
    }

    @Test
    void of_a_sequence_that_is_said_twice_one_waits() {
        assertThat(take("edge-7", "DDATA", "a", 4)).isEmpty();
        assertThat(take("edge-7", "DDATA", "b", 4))
                .extracting(NodeOrderTest::reason)
                .first()
                .asString()
                .startsWith("sequence 4 where 3 is next");
    }

    @Test
    void what_has_too_long_a_name_is_refused_at_once_and_waits_for_nothing() {
        assertThat(take("edge-7", "DDATA", "x".repeat(129), 4))
                .extracting(NodeOrderTest::reason)
                .containsExactly("a name of more than 128 characters in the topic");
        assertThat(take("edge-7", "DDATA", "a", 3)).allMatch(NodeOrderTest::isReading);
    }

    /** How many of so many nodes have one that waits for another. */
    private long waiting(int nodes) {
        return IntStream.range(0, nodes)
                .filter(i -> {
                    born("one-of-many-" + i);
                    return take("one-of-many-" + i, "DDATA", "a", 4).isEmpty();
                })
                .count();
    }

    private void born(String node) {
        take(node, "NBIRTH", "", 0);
        take(node, "DBIRTH", "a", 1);
        take(node, "DBIRTH", "b", 2);
    }

    private List<Reception.Taken> take(String node, String type, String device, int sequence) {
        return take(node, type, device, payload(sequence).build());
    }

    private List<Reception.Taken> take(String node, String type, String device, Payload payload) {
        String topic = "spBv1.0/casa1/" + type + "/" + node + (device.isEmpty() ? "" : "/" + device);
        byte[] body = payload.toByteArray();
        return reception.take(
                new Link.Message(topic, body, 1, 1, false, false, null), new Arrival(topic, null, body, Moment.of(T0)));
    }

    private static Payload.Builder payload(int sequence) {
        return Payload.newBuilder()
                .setTimestamp(T0.toEpochMilli())
                .addMetrics(Metric.newBuilder()
                        .setName("power")
                        .setDatatype(10)
                        .setTimestamp(T0.toEpochMilli())
                        .setDoubleValue(sequence))
                .setSeq(sequence);
    }

    private static boolean isReading(Reception.Taken taken) {
        return taken.received().outcome().decoded() instanceof Decoded.Accepted accepted
                && !accepted.readings().isEmpty();
    }

    private static String reason(Reception.Taken taken) {
        return taken.received().outcome().decoded() instanceof Decoded.Refused refused ? refused.reason() : "";
    }
}

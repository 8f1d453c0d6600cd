package org.heliograph.agent.fuzz;

import java.time.Instant;
import java.util.List;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.SparkplugHost;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;

/** What edge nodes with one meter say that keep to the specification: their births, then data by alias. */
final class SparkplugScript {
    private static final long ALIAS = 7;
    private static final int UINT64 = 8;
    private static final int DOUBLE = 10;

    /** Any time: seeds are to be the same in each run. */
    private static final Instant BORN = Instant.parse("2026-07-01T10:00:00Z");

    static final String DEVICE = "util-1";

    private SparkplugScript() {}

    /** Of each kind one. */
    static List<byte[]> bodies() {
        return List.of(nodeBirth(BORN), deviceBirth(BORN), data(BORN));
    }

    static void birth(SparkplugHost host, String node, Instant now) {
        nodeBirth(host, node, now);
        host.take(topic(SparkplugTopic.Type.DBIRTH, node, meter(node)), deviceBirth(now), now, false);
    }

    static void nodeBirth(SparkplugHost host, String node, Instant now) {
        host.take(topic(SparkplugTopic.Type.NBIRTH, node, ""), nodeBirth(now), now, false);
    }

    /** Whether a node that was just born is understood. */
    static boolean isHeard(SparkplugHost host, String node, Instant now) {
        return host.take(topic(SparkplugTopic.Type.DDATA, node, meter(node)), data(now), now, false)
                                .decoded()
                        instanceof Decoded.Accepted accepted
                && accepted.readings().size() == 1;
    }

    /** Two nodes may not both call theirs the same. */
    private static String meter(String node) {
        return node.equals("edge-7") ? DEVICE : DEVICE + "-of-" + node;
    }

    private static SparkplugTopic topic(SparkplugTopic.Type type, String node, String device) {
        return new SparkplugTopic("casa1", type, node, device);
    }

    private static byte[] nodeBirth(Instant now) {
        return payload(
                now, 0, Metric.newBuilder().setName("bdSeq").setDatatype(UINT64).setLongValue(3));
    }

    private static byte[] deviceBirth(Instant now) {
        return payload(
                now,
                1,
                Metric.newBuilder()
                        .setName("power")
                        .setAlias(ALIAS)
                        .setDatatype(DOUBLE)
                        .setDoubleValue(2.5));
    }

    private static byte[] data(Instant now) {
        return payload(now, 2, Metric.newBuilder().setAlias(ALIAS).setDoubleValue(3.5));
    }

    private static byte[] payload(Instant now, long sequence, Metric.Builder metric) {
        return Payload.newBuilder()
                .setTimestamp(now.toEpochMilli())
                .setSeq(sequence)
                .addMetrics(metric)
                .build()
                .toByteArray();
    }
}

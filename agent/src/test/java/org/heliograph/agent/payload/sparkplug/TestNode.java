package org.heliograph.agent.payload.sparkplug;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;

/** An edge node as the specification wants it, which says what it would publish. */
final class TestNode {
    static final int DOUBLE = 10;
    private static final int UINT64 = 8;

    private final String group;
    private final String name;
    private final Map<String, Long> aliases = new LinkedHashMap<>();
    private long bdSequence = -1;
    private int sequence;
    private long nextAlias;

    TestNode(String group, String name) {
        this.group = group;
        this.name = name;
    }

    /** A message and its topic. */
    record Published(SparkplugTopic topic, Payload payload) {
        byte[] body() {
            return payload.toByteArray();
        }
    }

    static Metric.Builder metric(String name, double value, Instant at) {
        return Metric.newBuilder()
                .setName(name)
                .setDatatype(DOUBLE)
                .setDoubleValue(value)
                .setTimestamp(at.toEpochMilli());
    }

    /** A new connection: the next will, and all metrics with aliases that no earlier birth gave. */
    Published connect(Instant at, Metric.Builder... metrics) {
        bdSequence++;
        return birth(at, metrics);
    }

    Published birth(Instant at, Metric.Builder... metrics) {
        sequence = 0;
        aliases.clear();
        Payload.Builder payload = payload(at).addMetrics(bdSequence());
        for (Metric.Builder metric : metrics) {
            payload.addMetrics(aliased("", metric));
        }
        return published(SparkplugTopic.Type.NBIRTH, "", payload);
    }

    Published deviceBirth(String device, Instant at, Metric.Builder... metrics) {
        Payload.Builder payload = payload(at);
        for (Metric.Builder metric : metrics) {
            payload.addMetrics(aliased(device, metric));
        }
        return published(SparkplugTopic.Type.DBIRTH, device, payload);
    }

    /** By aliases alone, as data are. */
    Published data(String device, Instant at, Metric.Builder... metrics) {
        Payload.Builder payload = payload(at);
        for (Metric.Builder metric : metrics) {
            payload.addMetrics(metric.clone()
                    .clearName()
                    .clearDatatype()
                    .setAlias(aliases.getOrDefault(device + "/" + metric.getName(), Long.MAX_VALUE)));
        }
        return published(device.isEmpty() ? SparkplugTopic.Type.NDATA : SparkplugTopic.Type.DDATA, device, payload);
    }

    Published deviceDeath(String device, Instant at) {
        return published(SparkplugTopic.Type.DDEATH, device, payload(at));
    }

    /** What the broker publishes in its place; made when it connected. */
    Published will(Instant connected) {
        return new Published(
                new SparkplugTopic(group, SparkplugTopic.Type.NDEATH, name, ""),
                Payload.newBuilder()
                        .setTimestamp(connected.toEpochMilli())
                        .addMetrics(bdSequence())
                        .build());
    }

    private Metric.Builder aliased(String device, Metric.Builder metric) {
        long alias = nextAlias++;
        aliases.put(device + "/" + metric.getName(), alias);
        return metric.clone().setAlias(alias);
    }

    private Metric bdSequence() {
        return Metric.newBuilder()
                .setName("bdSeq")
                .setDatatype(UINT64)
                .setLongValue(bdSequence)
                .build();
    }

    private Payload.Builder payload(Instant at) {
        Payload.Builder payload =
                Payload.newBuilder().setTimestamp(at.toEpochMilli()).setSeq(sequence);
        sequence = (sequence + 1) % 256;
        return payload;
    }

    /** As if so many aliases had been given before: so that those of two births overlap. */
    void reuseAliases() {
        nextAlias = 0;
    }

    private Published published(SparkplugTopic.Type type, String device, Payload.Builder payload) {
        return new Published(new SparkplugTopic(group, type, name, device), payload.build());
    }
}

package org.heliograph.agent.payload.sparkplug;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * All edge nodes of a broker as their messages show them. Not for several threads at once: a node's messages have an
 * order.
 */
public final class SparkplugHost {
    /** A payload longer than this is refused unread; a birth names every metric. */
    public static final int BODY_BYTES_MAX = 120 << 10;

    /** A node that was asked so often hears us, and its birth doesn't reach us. */
    private static final int UNANSWERED_MANY = 3;

    private static final String BD_SEQUENCE = "bdSeq";
    private static final String REBIRTH = "Node Control/Rebirth";

    /** What a payload that holds another one, compressed, says that it is. The specification has none; libraries do. */
    private static final String COMPRESSED = "SPBV1.0_COMPRESSED";

    private static final int BOOLEAN = 11;
    private static final Decoded NO_READING = new Decoded.Accepted(List.of(), Stamp.DEVICE);

    private final SparkplugNames names;
    private final @Nullable Duration rebirthEvery;
    private final Speakers speakers;
    private final EdgeNodes nodes;

    /** @param rebirthEvery how often a node is asked for a rebirth, at most; null for a host that only listens */
    public SparkplugHost(String site, SparkplugNames names, @Nullable Duration rebirthEvery) {
        this.names = names;
        this.rebirthEvery = rebirthEvery;
        speakers = new Speakers(site, names);
        nodes = new EdgeNodes(speakers, rebirthEvery == null ? Duration.ZERO : rebirthEvery);
    }

    /**
     * A message has come.
     *
     * @param retained whether the broker had kept it: Sparkplug forbids that, as it can't be in sequence
     */
    public Outcome take(SparkplugTopic topic, byte[] body, Instant arrival, boolean retained) {
        if (topic.type() == SparkplugTopic.Type.NCMD || topic.type() == SparkplugTopic.Type.DCMD) {
            return Outcome.of(NO_READING);
        }
        if (retained) {
            return refused("the broker had retained it, which no Sparkplug message of a node may be");
        }
        if (topic.isTooLong()) {
            return refused("a name of more than " + SparkplugTopic.NAME_CHARACTERS_MAX + " characters in the topic");
        }
        List<Outcome.Seen> seen = new ArrayList<>();
        EdgeNodes.Known known;
        try {
            known = nodes.of(topic, arrival, seen);
        } catch (Refusal refusal) {
            return refused(refusal.reason());
        }
        Decoded decoded;
        try {
            decoded = take(known, topic, payload(body), arrival, seen);
        } catch (Doubt doubt) {
            known.node().forget();
            known.rebirths().want();
            decoded = new Decoded.Refused(doubt.reason() + "; " + topic.nodeKey() + whatNow(known.rebirths()));
        } catch (Refusal refusal) {
            decoded = new Decoded.Refused(refusal.reason());
        }
        return new Outcome(decoded, seen, due(known, arrival));
    }

    /**
     * How many messages of its node are missing before this one: its topic's order is kept on the way, that of a node's several
     * topics isn't. 0 where its turn is now, if only to be refused.
     */
    public int missingBefore(SparkplugTopic topic, byte[] body) {
        if (topic.isTooLong()) {
            return 0;
        }
        return switch (topic.type()) {
            case NDATA, DDATA, DBIRTH, DDEATH ->
                nodes.born(topic.nodeKey())
                        .map(node -> SequenceNumber.of(body).stream()
                                .mapToInt(node::missingBefore)
                                .findFirst()
                                .orElse(0))
                        .orElse(0);
            case NBIRTH, NDEATH, NCMD, DCMD -> 0;
        };
    }

    private static Outcome refused(String reason) {
        return Outcome.of(new Decoded.Refused(reason));
    }

    private String whatNow(Rebirths rebirths) {
        if (rebirthEvery == null) {
            return " has to be born again";
        }
        return rebirths.unanswered() < UNANSWERED_MANY
                ? " is asked for a rebirth"
                : " was asked for a rebirth " + rebirths.unanswered()
                        + " times and none came: one of more than 128 KiB isn't delivered";
    }

    /** Commands whose time has come: to nodes that were asked for a rebirth and gave none. */
    public List<Outcome.Command> due(Instant now) {
        List<Outcome.Command> commands = new ArrayList<>();
        nodes.all().forEach(known -> commands.addAll(due(known, now)));
        return commands;
    }

    private List<Outcome.Command> due(EdgeNodes.Known known, Instant now) {
        if (rebirthEvery == null || !known.rebirths().isDue(now)) {
            return List.of();
        }
        SparkplugTopic to = known.node().commandTopic();
        Payload payload = Payload.newBuilder()
                .setTimestamp(now.toEpochMilli())
                .addMetrics(Metric.newBuilder()
                        .setName(REBIRTH)
                        .setTimestamp(now.toEpochMilli())
                        .setDatatype(BOOLEAN)
                        .setBooleanValue(true))
                .build();
        return List.of(new Outcome.Command(
                SparkplugTopic.NAMESPACE + "/" + to.group() + "/NCMD/" + to.node(), payload.toByteArray()));
    }

    /**
     * Who is gone because no birth has come, however often it was asked for: a node that died while nobody here was connected
     * has nobody else to tell of it. To be asked before {@link #due}.
     */
    public List<Outcome.Seen> unanswered(Instant now) {
        List<Outcome.Seen> seen = new ArrayList<>();
        for (EdgeNodes.Known known : nodes.all()) {
            int asked = known.rebirths().unanswered();
            if (!known.node().isBorn()
                    && (asked > UNANSWERED_MANY
                            || (asked == UNANSWERED_MANY && known.rebirths().isOverdue(now)))) {
                Presence offline = Presence.offline(now, "no birth comes, though it is asked for");
                speakers.release(known, offline, offline, seen);
                known.node().death();
            }
        }
        return seen;
    }

    /** What came meanwhile is unknown, and 256 messages leave no gap in the sequence: nothing that was born counts. */
    public void disconnected() {
        for (EdgeNodes.Known known : nodes.all()) {
            if (known.node().isBorn()) {
                known.rebirths().want();
            }
            known.node().lost();
        }
        speakers.disconnected();
    }

    private static Payload payload(byte[] body) throws Doubt, Refusal {
        if (body.length > BODY_BYTES_MAX) {
            throw new Doubt("a body of " + body.length + " bytes exceeds " + BODY_BYTES_MAX);
        }
        Payload payload;
        try {
            payload = Payload.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new Doubt("not a Sparkplug B payload: " + e.getMessage());
        }
        if (payload.getUuid().equals(COMPRESSED)) {
            // a rebirth would be compressed as well
            throw new Refusal("it is compressed, which is no part of Sparkplug: switch that off at its edge node");
        }
        return payload;
    }

    private Decoded take(
            EdgeNodes.Known known, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        if (topic.type() == SparkplugTopic.Type.NDEATH) {
            nodeDeath(known, payload, arrival, seen);
            return NO_READING;
        }
        EdgeNode node = known.node();
        if (payload.hasTimestamp() && node.isOlderThanBirth(payload.getTimestamp()) && !isHistorical(payload)) {
            throw new Doubt("sent before the birth that it follows");
        }
        if (topic.type() == SparkplugTopic.Type.NBIRTH) {
            node.birth(payload.getSeq(), bdSequence(payload), payload.getTimestamp());
            known.rebirths().cancel();
            define(node, topic, payload);
        } else {
            inSequence(node, topic, payload);
        }
        return switch (topic.type()) {
            case NBIRTH -> born(node, topic, payload, arrival, seen);
            case DBIRTH -> {
                deviceBirth(known, topic, payload, arrival, seen);
                yield born(node, topic, payload, arrival, seen);
            }
            case NDATA, DDATA -> readings(node, topic, payload, arrival, seen);
            case DDEATH -> {
                node.deviceDeath(topic.device());
                Instant sent = MetricTime.sent(payload, arrival);
                speakers.release(topic, Presence.offline(sent, "its edge node says that it is gone"), seen);
                yield NO_READING;
            }
            case NDEATH, NCMD, DCMD -> NO_READING;
        };
    }

    /** Store and forward: its order is not that of the moment. */
    private static boolean isHistorical(Payload payload) {
        return payload.getMetricsCount() > 0
                && payload.getMetricsList().stream().allMatch(Metric::getIsHistorical);
    }

    /** The will's own timestamp is of the connection, not of its end. */
    private void nodeDeath(EdgeNodes.Known known, Payload payload, Instant arrival, List<Outcome.Seen> seen) {
        if (!known.node().diesBy(bdSequence(payload))) {
            return;
        }
        speakers.release(
                known,
                Presence.offline(arrival, "its edge node is gone"),
                Presence.offline(arrival, "its connection is gone"),
                seen);
        // after our own absence it may be the late death of a connection before the present one: the node is asked
        if (known.node().knowsItsBirth()) {
            known.rebirths().cancel();
        }
        known.node().death();
    }

    private static @Nullable Long bdSequence(Payload payload) {
        for (Metric metric : payload.getMetricsList()) {
            if (metric.getName().equals(BD_SEQUENCE)) {
                return metric.hasLongValue() ? metric.getLongValue() : Integer.toUnsignedLong(metric.getIntValue());
            }
        }
        return null;
    }

    private void inSequence(EdgeNode node, SparkplugTopic topic, Payload payload) throws Doubt, Refusal {
        if (!node.isBorn()) {
            throw new Doubt("no birth of " + topic.nodeKey() + " is known that it could follow");
        }
        if (!payload.hasSeq() || !node.follows(payload.getSeq())) {
            throw new Doubt((payload.hasSeq() ? "sequence " + Long.toUnsignedString(payload.getSeq()) : "no sequence")
                    + " where " + node.expected() + " is next");
        }
        if (topic.type() == SparkplugTopic.Type.DDATA && !node.isBorn(topic.device())) {
            if (!node.known().contains(topic.device()) && !nodes.mayBePlaced(node)) {
                // another birth would find no place either
                throw new Refusal("no birth of " + topic.speaker() + " is known, and all places of devices are taken");
            }
            throw new Doubt("no birth of " + topic.speaker() + " is known");
        }
    }

    private void deviceBirth(
            EdgeNodes.Known known, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        Set<String> before = known.node().names(topic.device());
        nodes.place(known, topic.device(), arrival, seen);
        known.node().deviceBirth(topic.device());
        define(known.node(), topic, payload);
        if (!known.node().names(topic.device()).containsAll(before)) {
            // if its node was born again meanwhile, unnoticed, the other devices' aliases are others
            throw new Doubt(topic.speaker() + " is born again with less than it had, without having died");
        }
    }

    /** A birth that can't be is its own device's harm: the sequence goes on, and the others with it. */
    private void define(EdgeNode node, SparkplugTopic topic, Payload payload) throws Refusal {
        try {
            nodes.admit(payload.getMetricsCount());
            BirthCertificate.of(topic, payload).register(node, names);
        } catch (Refusal refusal) {
            node.refuseBirth(topic.device(), refusal.reason());
            throw refusal;
        }
    }

    private Decoded born(EdgeNode node, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        if (names.isListed(topic) || node.hasPoints(topic.device())) {
            speakers.claim(topic, MetricTime.sent(payload, arrival), seen);
        }
        return readings(node, topic, payload, arrival, seen);
    }

    private Decoded readings(
            EdgeNode node, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        String refusal = node.refusalOf(topic.device());
        if (refusal != null) {
            throw new Refusal("its birth was refused: " + refusal);
        }
        DataMessage message = DataMessage.resolve(node, topic, payload);
        return message.hasPoints()
                ? message.readings(
                        speakers.claim(topic, MetricTime.sent(payload, arrival), seen),
                        node.serial(topic.device()),
                        arrival)
                : NO_READING;
    }
}

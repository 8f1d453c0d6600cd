package org.heliograph.agent.payload.sparkplug;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.Serial;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Series;
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

    /** More than a small board should hold, of devices those of one node and of all; births beyond it are refused. */
    static final int NODES_MAX = 1_000;

    static final int DEVICES_MAX = 1_000;
    static final int ALL_DEVICES_MAX = 10_000;
    static final int METRICS_MAX = 50_000;

    /** What is counted has to be of a length, too: a body has room for names of a hundred thousand characters. */
    static final int METRIC_CHARACTERS_MAX = 256;

    static final int UNIT_CHARACTERS_MAX = 64;

    /** A node that was asked so often hears us, and its birth doesn't reach us. */
    private static final int UNANSWERED_MANY = 3;

    private static final String BD_SEQUENCE = "bdSeq";
    private static final String REBIRTH = "Node Control/Rebirth";
    private static final String SERIAL = "serial";
    private static final int BOOLEAN = 11;
    private static final Decoded NO_READING = new Decoded.Accepted(List.of(), Stamp.DEVICE);

    private final String site;
    private final SparkplugNames names;
    private final @Nullable Duration rebirthEvery;
    private final Map<String, Known> nodes = new LinkedHashMap<>();

    /** Our names of those that are there. */
    private final Map<String, String> speakerOf = new HashMap<>();

    /** @param rebirthEvery how often a node is asked for a rebirth, at most; null for a host that only listens */
    public SparkplugHost(String site, SparkplugNames names, @Nullable Duration rebirthEvery) {
        this.site = site;
        this.names = names;
        this.rebirthEvery = rebirthEvery;
    }

    /** @param topic of its first message */
    private record Known(SparkplugTopic topic, EdgeNode node, Rebirths rebirths) {}

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
        Known known = nodes.get(topic.nodeKey());
        if (known == null) {
            if (nodes.size() >= NODES_MAX && !isOneForgotten(arrival, seen)) {
                return refused("more than " + NODES_MAX + " edge nodes");
            }
            known = new Known(
                    topic, new EdgeNode(topic), new Rebirths(rebirthEvery == null ? Duration.ZERO : rebirthEvery));
            nodes.put(topic.nodeKey(), known);
        }
        Decoded decoded;
        try {
            decoded = take(known, topic, body, arrival, seen);
        } catch (Doubt doubt) {
            known.node.forget();
            known.rebirths.want();
            decoded = new Decoded.Refused(doubt.reason + "; " + topic.nodeKey() + whatNow(known.rebirths));
        } catch (Refusal refusal) {
            decoded = new Decoded.Refused(refusal.reason());
        }
        return new Outcome(decoded, seen, due(known, arrival));
    }

    /**
     * Makes room for another node: of those that never were born the first one goes, or else of those that aren't now.
     * Anybody who may publish can make up nodes, which must not keep the real ones out.
     */
    private boolean isOneForgotten(Instant arrival, List<Outcome.Seen> seen) {
        Optional<Known> forgotten = nodes.values().stream()
                .filter(known -> !known.node.isBorn())
                .min(Comparator.comparing(known -> known.node.wasEverBorn()));
        forgotten.ifPresent(known -> {
            Presence offline = Presence.offline(arrival, "its edge node was forgotten for others");
            gone(known.node, known.topic, offline, offline, seen);
            nodes.remove(known.topic.nodeKey());
        });
        return forgotten.isPresent();
    }

    private void gone(EdgeNode node, SparkplugTopic topic, Presence devices, Presence itself, List<Outcome.Seen> seen) {
        for (String device : node.known()) {
            release(topic.of(device), devices, seen);
        }
        release(topic.of(""), itself, seen);
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
        nodes.values().forEach(known -> commands.addAll(due(known, now)));
        return commands;
    }

    /**
     * Who is gone because no birth has come, however often it was asked for: a node that died while nobody here was connected
     * has nobody else to tell of it. To be asked before {@link #due}.
     */
    public List<Outcome.Seen> unanswered(Instant now) {
        List<Outcome.Seen> seen = new ArrayList<>();
        for (Known known : nodes.values()) {
            int asked = known.rebirths.unanswered();
            if (!known.node.isBorn()
                    && (asked > UNANSWERED_MANY || (asked == UNANSWERED_MANY && known.rebirths.isOverdue(now)))) {
                Presence offline = Presence.offline(now, "no birth comes, though it is asked for");
                gone(known.node, known.topic, offline, offline, seen);
                known.node.death();
            }
        }
        return seen;
    }

    /** What came meanwhile is unknown, and 256 messages leave no gap in the sequence: nothing that was born counts. */
    public void disconnected() {
        for (Known known : nodes.values()) {
            if (known.node.isBorn()) {
                known.rebirths.want();
            }
            known.node.lost();
        }
    }

    /** A message after which a node's aliases can't be relied on. */
    private static final class Doubt extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String reason;

        Doubt(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }

    private static Outcome refused(String reason) {
        return Outcome.of(new Decoded.Refused(reason));
    }

    private Decoded take(Known known, SparkplugTopic topic, byte[] body, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        Payload payload = payload(body);
        EdgeNode node = known.node;
        if (topic.type() == SparkplugTopic.Type.NDEATH) {
            return nodeDeath(known, topic, payload, arrival, seen);
        }
        if (payload.hasTimestamp() && node.isOlderThanBirth(payload.getTimestamp()) && !isHistorical(payload)) {
            throw new Doubt("sent before the birth that it follows");
        }
        if (topic.type() == SparkplugTopic.Type.NBIRTH) {
            node.birth(payload.getSeq(), bdSequence(payload), payload.getTimestamp());
            known.rebirths.cancel();
            define(known, topic, payload);
        } else {
            inSequence(node, topic, payload);
        }
        return switch (topic.type()) {
            case NBIRTH, DBIRTH -> {
                if (topic.type() == SparkplugTopic.Type.DBIRTH) {
                    if (node.isBorn(topic.device())) {
                        // if its node was born again meanwhile, unnoticed, the other devices' aliases are others
                        throw new Doubt(topic.speaker() + " is born again without having died");
                    }
                    place(known, topic, arrival, seen);
                    node.deviceBirth(topic.device());
                    define(known, topic, payload);
                }
                if (names.isListed(topic) || node.hasPoints(topic.device())) {
                    claim(topic, time(payload, arrival), seen);
                }
                yield readings(known, topic, payload, arrival, seen);
            }
            case NDATA, DDATA -> readings(known, topic, payload, arrival, seen);
            case DDEATH -> {
                node.deviceDeath(topic.device());
                release(topic, Presence.offline(time(payload, arrival), "its edge node says that it is gone"), seen);
                yield NO_READING;
            }
            case NDEATH, NCMD, DCMD -> NO_READING;
        };
    }

    /**
     * A device has a place until it dies, or until another one needs it while this one isn't born. One that finds none is its
     * own harm: the sequence goes on, and its node's other devices with it.
     */
    private void place(Known known, SparkplugTopic topic, Instant arrival, List<Outcome.Seen> seen) throws Refusal {
        if (known.node.known().contains(topic.device())) {
            return;
        }
        if (isFull(known.node) && !isPlaceMade(known, arrival, seen)) {
            throw new Refusal("more than " + DEVICES_MAX + " devices of an edge node");
        }
        if (areFull()) {
            Optional<Known> other = nodes.values().stream()
                    .filter(one -> one.node.hasUnborn())
                    .min(Comparator.comparing(one -> one.node.isBorn()));
            if (other.isEmpty() || !isPlaceMade(other.get(), arrival, seen)) {
                throw new Refusal("more than " + ALL_DEVICES_MAX + " devices of all edge nodes");
            }
        }
    }

    private static boolean isFull(EdgeNode node) {
        return node.known().size() >= DEVICES_MAX;
    }

    private boolean areFull() {
        return nodes.values().stream().mapToInt(one -> one.node.known().size()).sum() >= ALL_DEVICES_MAX;
    }

    /** Whether a device that has no place would find or make one by a birth. */
    private boolean mayBePlaced(EdgeNode node) {
        return (!isFull(node) || node.hasUnborn())
                && (!areFull() || nodes.values().stream().anyMatch(one -> one.node.hasUnborn()));
    }

    private boolean isPlaceMade(Known of, Instant arrival, List<Outcome.Seen> seen) {
        Optional<String> device = of.node.forgetUnborn();
        device.ifPresent(gone -> release(
                of.topic.of(gone), Presence.offline(arrival, "it isn't born, and was forgotten for others"), seen));
        return device.isPresent();
    }

    /** Store and forward: its order is not that of the moment. */
    private static boolean isHistorical(Payload payload) {
        return payload.getMetricsCount() > 0
                && payload.getMetricsList().stream().allMatch(Metric::getIsHistorical);
    }

    private static Payload payload(byte[] body) throws Doubt {
        if (body.length > BODY_BYTES_MAX) {
            throw new Doubt("a body of " + body.length + " bytes exceeds " + BODY_BYTES_MAX);
        }
        try {
            return Payload.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new Doubt("not a Sparkplug B payload: " + e.getMessage());
        }
    }

    /** The will's own timestamp is of the connection, not of its end. */
    private Decoded nodeDeath(
            Known known, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen) {
        if (!known.node.diesBy(bdSequence(payload))) {
            return NO_READING;
        }
        gone(
                known.node,
                topic,
                Presence.offline(arrival, "its edge node is gone"),
                Presence.offline(arrival, "its connection is gone"),
                seen);
        // after our own absence it may be the late death of a connection before the present one: the node is asked
        if (known.node.knowsItsBirth()) {
            known.rebirths.cancel();
        }
        known.node.death();
        return NO_READING;
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
            if (!node.known().contains(topic.device()) && !mayBePlaced(node)) {
                // another birth would find no place either
                throw new Refusal("no birth of " + topic.speaker() + " is known, and all places of devices are taken");
            }
            throw new Doubt("no birth of " + topic.speaker() + " is known");
        }
    }

    /** A birth that can't be is its own device's harm: the sequence goes on, and the others with it. */
    private void define(Known known, SparkplugTopic topic, Payload payload) throws Refusal {
        try {
            int metrics =
                    nodes.values().stream().mapToInt(n -> n.node.metrics()).sum();
            if (metrics + payload.getMetricsCount() > METRICS_MAX) {
                throw new Refusal("more than " + METRICS_MAX + " metrics of all edge nodes");
            }
            for (Metric metric : payload.getMetricsList()) {
                define(known, topic, metric);
            }
        } catch (Refusal refusal) {
            known.node.refuseBirth(topic.device(), refusal.reason());
            throw refusal;
        }
    }

    private void define(Known known, SparkplugTopic topic, Metric metric) throws Refusal {
        if (metric.getName().isEmpty()) {
            throw new Refusal("a metric without a name in a birth");
        }
        if (metric.getName().length() > METRIC_CHARACTERS_MAX) {
            throw new Refusal(Refusal.quoted(metric.getName()) + ": a name of more than " + METRIC_CHARACTERS_MAX
                    + " characters");
        }
        SparkplugNames.Metric meaning = names.metric(metric.getName()).orElse(null);
        String unit = meaning == null ? "" : meaning.unit().isEmpty() ? MetricValue.unit(metric) : meaning.unit();
        if (unit.length() > UNIT_CHARACTERS_MAX) {
            throw new Refusal(
                    Refusal.quoted(metric.getName()) + ": a unit of more than " + UNIT_CHARACTERS_MAX + " characters");
        }
        known.node.define(
                topic.device(),
                new BornMetric(metric.getName(), metric.getDatatype(), meaning, unit),
                metric.hasAlias() ? metric.getAlias() : null);
        if (metric.getName().equals(SERIAL) && metric.hasStringValue()) {
            String serial = metric.getStringValue();
            // one that is too long stays so
            known.node.serial(
                    topic.device(), serial.substring(0, Math.min(serial.length(), Samples.SERIAL_LENGTH_MAX + 1)));
        }
    }

    private Decoded readings(
            Known known, SparkplugTopic topic, Payload payload, Instant arrival, List<Outcome.Seen> seen)
            throws Doubt, Refusal {
        String refusal = known.node.refusalOf(topic.device());
        if (refusal != null) {
            throw new Refusal("its birth was refused: " + refusal);
        }
        List<Metric> metrics = payload.getMetricsList();
        List<BornMetric> born = new ArrayList<>(metrics.size());
        // all are resolved before any is judged: a doubt is more than a refusal
        for (Metric metric : metrics) {
            born.add(resolve(known.node, topic, metric));
        }
        if (born.stream().allMatch(metric -> metric.meaning() == null)) {
            return NO_READING;
        }
        Samples samples = new Samples(claim(topic, time(payload, arrival), seen));
        int ofArrival = 0;
        for (int i = 0; i < metrics.size(); i++) {
            add(samples, born.get(i), metrics.get(i), payload, arrival);
            ofArrival += isTimed(metrics.get(i), payload) ? 0 : 1;
        }
        String serial = known.node.serial(topic.device());
        if (serial != null) {
            samples.serial(serial);
        }
        return new Decoded.Accepted(
                samples.readings().stream().toList(),
                ofArrival == 0 ? Stamp.DEVICE : ofArrival == metrics.size() ? Stamp.ARRIVAL : Stamp.MIXED);
    }

    private static BornMetric resolve(EdgeNode node, SparkplugTopic topic, Metric metric) throws Doubt {
        if (metric.getName().isEmpty() && !metric.hasAlias()) {
            throw new Doubt("a metric with neither name nor alias");
        }
        BornMetric born = metric.getName().isEmpty()
                ? node.aliased(topic.device(), metric.getAlias())
                : node.named(topic.device(), metric.getName());
        if (born == null) {
            throw new Doubt((metric.getName().isEmpty()
                            ? "alias " + Long.toUnsignedString(metric.getAlias())
                            : Refusal.quoted(metric.getName()))
                    + " is in no birth of " + topic.speaker());
        }
        return born;
    }

    /**
     * One name is one speaker's, the first one's until it dies: two devices of a name would be one. Who has it is there;
     * of anyone else, whose name it isn't or who says nothing of any point, nobody is told.
     */
    private DeviceId claim(SparkplugTopic topic, Instant since, List<Outcome.Seen> seen) throws Refusal {
        String name = names.device(topic)
                .orElseThrow(() -> new Refusal(Refusal.quoted(topic.speaker())
                        + " has no device's name; give it one under 'devices' of sparkplug"));
        String first = speakerOf.putIfAbsent(name, topic.speaker());
        if (first != null && !first.equals(topic.speaker())) {
            throw new Refusal("'" + name + "' is " + first + " already; give " + topic.speaker()
                    + " another name under 'devices' of sparkplug");
        }
        DeviceId device = new DeviceId(site, name);
        if (first == null) {
            // a rebirth is no news of who is there
            seen.add(new Outcome.Seen(device, Presence.online(since, "born")));
        }
        return device;
    }

    /** A name whose speaker is gone is free: another gateway may have taken its place. */
    private void release(SparkplugTopic topic, Presence offline, List<Outcome.Seen> seen) {
        names.device(topic)
                .filter(name -> speakerOf.remove(name, topic.speaker()))
                .ifPresent(name -> seen.add(new Outcome.Seen(new DeviceId(site, name), offline)));
    }

    private static void add(Samples samples, BornMetric born, Metric metric, Payload payload, Instant arrival)
            throws Refusal {
        SparkplugNames.Metric meaning = born.meaning();
        if (meaning == null) {
            return;
        }
        int dataType = metric.hasDatatype() ? metric.getDatatype() : born.dataType();
        try {
            Optional<BigDecimal> number = MetricValue.number(metric, dataType);
            if (number.isEmpty()) {
                samples.absent();
                return;
            }
            long timeMillis = timeMillis(metric, payload, arrival);
            if (MetricValue.isFlag(metric, dataType)) {
                samples.flag(meaning.point(), timeMillis, metric.getBooleanValue());
            } else {
                samples.number(meaning.point(), timeMillis, number.get(), born.unit());
            }
        } catch (Refusal refusal) {
            boolean isOfBirth = meaning.unit().isEmpty()
                    && meaning.point().unit().from(born.unit()).isEmpty();
            throw new Refusal(Refusal.quoted(born.name()) + ": " + refusal.reason()
                    + (isOfBirth ? ", as its birth says; name its unit under 'points' of sparkplug" : ""));
        }
    }

    private static long timeMillis(Metric metric, Payload payload, Instant arrival) throws Refusal {
        long told = told(metric, payload);
        if (!isTimed(metric, payload)) {
            if (metric.getIsHistorical()) {
                throw new Refusal("historical, and without a time");
            }
            return arrival.toEpochMilli();
        }
        if (!Series.isTime(told)) {
            throw new Refusal("a time of " + told + " ms is out of range");
        }
        return told;
    }

    private static long told(Metric metric, Payload payload) {
        return metric.hasTimestamp() ? metric.getTimestamp() : payload.getTimestamp();
    }

    private static boolean isTimed(Metric metric, Payload payload) {
        long told = told(metric, payload);
        // a negative one is beyond any year: it is unsigned
        return told < 0 || Samples.isSet(Instant.ofEpochMilli(told));
    }

    private static Instant time(Payload payload, Instant arrival) {
        Instant told = Instant.ofEpochMilli(payload.getTimestamp());
        return Samples.isSet(told) && !told.isAfter(arrival) ? told : arrival;
    }

    private static @Nullable Long bdSequence(Payload payload) {
        for (Metric metric : payload.getMetricsList()) {
            if (metric.getName().equals(BD_SEQUENCE)) {
                return metric.hasLongValue() ? metric.getLongValue() : Integer.toUnsignedLong(metric.getIntValue());
            }
        }
        return null;
    }

    private List<Outcome.Command> due(Known known, Instant now) {
        if (rebirthEvery == null || !known.rebirths.isDue(now)) {
            return List.of();
        }
        SparkplugTopic to = known.node.commandTopic();
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
}

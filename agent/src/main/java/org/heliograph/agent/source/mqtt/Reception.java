package org.heliograph.agent.source.mqtt;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.agent.payload.sparkplug.Outcome;
import org.heliograph.agent.payload.sparkplug.SparkplugHost;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker's messages mean, by their topics: Sparkplug, then the mapped ones, then SenML. It outlives the connections,
 * as what was born on one is known on the next. For one thread at a time.
 */
final class Reception {
    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    /** A session outlives the configuration, and its subscriptions with it: nobody can ask a broker which there are. */
    private static final String NOT_WANTED =
            "the topic is none of those that are configured: the broker has kept an earlier subscription";

    private static final String OVERTAKEN = "what was before it in its edge node's sequence never came";
    private static final String CUT_OFF =
            "the connection ended before what was before it in its edge node's sequence had come";

    private final AgentConfig.Mqtt config;
    private final String site;
    private final SenmlDecoder senml = new SenmlDecoder();
    private final JsonDecoder json;
    private final @Nullable SparkplugHost sparkplug;
    private final Optional<NodeOrder> order;
    private final List<Filter> filters;
    private final RetainedLetters retainedLetters = new RetainedLetters();

    Reception(AgentConfig.Mqtt config, String site) {
        this(config, site, config.receiveMaximum());
    }

    /** @param window messages that the broker sends before the first of them is acknowledged */
    Reception(AgentConfig.Mqtt config, String site, int window) {
        this.config = config;
        this.site = site;
        this.json = new JsonDecoder(site, config.rules());
        AgentConfig.Sparkplug settings = config.sparkplug();
        this.sparkplug = settings == null ? null : new SparkplugHost(site, settings.names(), settings.rebirthEvery());
        this.order = Optional.ofNullable(sparkplug).map(host -> new NodeOrder(host, window));
        this.filters = filters().stream().map(Filter::new).toList();
    }

    /** @param device who speaks, where the topic alone says it */
    record Received(@Nullable DeviceId device, Outcome outcome) {
        Received(@Nullable DeviceId device, Decoded decoded) {
            this(device, Outcome.of(decoded));
        }
    }

    /** What came of a message when its turn was. */
    record Taken(Link.Message message, Arrival arrival, Received received) {}

    /** The configured filters and those that the other parts need; the site's own SenML when nothing at all is said. */
    List<String> filters() {
        List<String> filters = new ArrayList<>(config.topics());
        filters.addAll(json.filters());
        AgentConfig.Sparkplug settings = config.sparkplug();
        if (settings != null) {
            settings.groups().forEach(group -> filters.add(SparkplugTopic.NAMESPACE + "/" + group + "/#"));
            if (settings.groups().isEmpty()) {
                filters.add(SparkplugTopic.NAMESPACE + "/#");
            } else if (settings.host() != null) {
                filters.add(SparkplugTopic.state(settings.host()));
            }
        }
        return filters.isEmpty()
                ? List.of(SenmlTopic.filter(site))
                : filters.stream().distinct().toList();
    }

    /** What was refused of what the broker retains, on whichever connection. */
    RetainedLetters retainedLetters() {
        return retainedLetters;
    }

    /** What comes of a message and of those that waited for it, in their order; nothing as long as it waits itself. */
    List<Taken> take(Link.Message message, Arrival arrival) {
        Optional<SparkplugTopic> topic = order.isPresent() && isWanted(message.topic())
                ? SparkplugTopic.parse(message.topic())
                : Optional.empty();
        return topic.map(ofNode -> order.get().keeps(new NodeOrder.Early(ofNode, message, arrival))
                        ? List.<Taken>of()
                        : takeInTurn(ofNode, message, arrival))
                .orElseGet(() -> List.of(taken(message, arrival)));
    }

    private List<Taken> takeInTurn(SparkplugTopic topic, Link.Message message, Arrival arrival) {
        List<Taken> taken = new ArrayList<>();
        if (topic.type() == SparkplugTopic.Type.NDEATH) {
            // nothing comes before them any more; and behind the death they would have a dead node asked for a rebirth
            order.orElseThrow().leave(topic).forEach(early -> taken.add(refused(early, OVERTAKEN)));
        }
        taken.add(taken(message, arrival));
        takeNext(topic, taken);
        if (topic.type() == SparkplugTopic.Type.NBIRTH) {
            order.orElseThrow().leave(topic).forEach(early -> taken.add(refused(early, OVERTAKEN)));
        }
        return taken;
    }

    private void takeNext(SparkplugTopic topic, List<Taken> taken) {
        NodeOrder waiting = order.orElseThrow();
        for (Optional<NodeOrder.Early> next = waiting.next(topic); next.isPresent(); next = waiting.next(topic)) {
            taken.add(taken(next.get().message(), next.get().arrival()));
        }
    }

    /** Of those that have waited for too long for what is before them. */
    List<Taken> late(long upMillis) {
        List<Taken> taken = new ArrayList<>();
        order.ifPresent(waiting -> waiting.overdue(upMillis).forEach(topic -> {
            // the first one shows the gap, and nothing of the node counts any more
            for (NodeOrder.Early early : waiting.leave(topic)) {
                taken.add(taken(early.message(), early.arrival()));
            }
        }));
        return taken;
    }

    private Taken taken(Link.Message message, Arrival arrival) {
        Received received;
        try {
            received = receive(message, arrival.at());
        } catch (RuntimeException e) {
            log.error("mqtt=fault topic={} bytes={}", message.topic(), message.payload().length, e);
            received = new Received(null, new Decoded.Refused("the agent failed on it: " + e));
        }
        return new Taken(message, arrival.by(received.device()), received);
    }

    private static Taken refused(NodeOrder.Early early, String reason) {
        return new Taken(early.message(), early.arrival(), new Received(null, new Decoded.Refused(reason)));
    }

    Received receive(Link.Message message, Instant arrival) {
        String topic = message.topic();
        if (!isWanted(topic)) {
            return new Received(null, new Decoded.Refused(NOT_WANTED));
        }
        SparkplugHost host = sparkplug;
        if (host != null && topic.startsWith(SparkplugTopic.NAMESPACE + "/")) {
            return SparkplugTopic.parse(topic)
                    .map(parsed ->
                            new Received(null, host.take(parsed, message.payload(), arrival, message.retained())))
                    .orElseGet(() -> new Received(null, notOfANode(topic)));
        }
        if (json.knows(topic)) {
            return new Received(null, ofItsTime(message, json.decode(topic, message.payload(), arrival)));
        }
        Optional<DeviceId> device = SenmlTopic.device(topic);
        if (device.isEmpty()) {
            return new Received(
                    null,
                    new Decoded.Refused("the topic is not hg/{site}/{device}/senml"
                            + (config.rules().isEmpty() ? "" : ", and no mapping knows it")));
        }
        DeviceId speaker = device.get();
        if (!speaker.site().equals(site)) {
            return new Received(
                    null, new Decoded.Refused("the topic is of site '" + speaker.site() + "', not '" + site + "'"));
        }
        return new Received(
                speaker, ofItsTime(message, senml.decode(format(message), message.payload(), speaker, arrival)));
    }

    private boolean isWanted(String topic) {
        for (Filter filter : filters) {
            if (filter.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** What the publisher says, if that is one of SenML's; else what it looks like: many say nothing, or just JSON. */
    private static SenmlFormat format(Link.Message message) {
        return Optional.ofNullable(message.contentType())
                .flatMap(SenmlFormat::ofMediaType)
                .orElseGet(() -> SenmlFormat.of(message.payload()));
    }

    /** What the broker had kept may be of any age: only its own time says which. */
    private static Decoded ofItsTime(Link.Message message, Decoded decoded) {
        return message.retained()
                        && decoded instanceof Decoded.Accepted accepted
                        && !accepted.readings().isEmpty()
                        && accepted.stamp() != Stamp.DEVICE
                ? new Decoded.Refused("the broker had retained it, from who knows when, and it doesn't tell its time")
                : decoded;
    }

    /** For messages of hosts, this one or others. */
    private static Decoded notOfANode(String topic) {
        return topic.startsWith(SparkplugTopic.NAMESPACE + "/STATE/")
                ? new Decoded.Accepted(List.of(), Stamp.DEVICE)
                : new Decoded.Refused("not a topic of Sparkplug B");
    }

    List<Outcome.Command> due(Instant now) {
        return sparkplug == null ? List.of() : sparkplug.due(now);
    }

    /** Who is gone because nothing more is heard of it. */
    List<Outcome.Seen> unanswered(Instant now) {
        return sparkplug == null ? List.of() : sparkplug.unanswered(now);
    }

    /** What waits: what is still to come of its node comes on another connection, and behind another birth. */
    List<Taken> abandon() {
        List<Taken> left = new ArrayList<>();
        order.ifPresent(waiting -> waiting.all()
                .forEach(topic -> waiting.leave(topic).forEach(early -> left.add(refused(early, CUT_OFF)))));
        return left;
    }

    void disconnected() {
        var _ = abandon();
        if (sparkplug != null) {
            sparkplug.disconnected();
        }
    }
}

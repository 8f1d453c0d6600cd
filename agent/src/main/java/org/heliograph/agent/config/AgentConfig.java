package org.heliograph.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/**
 * An agent's configuration.
 *
 * @param agent its name, part of every pack's origin
 * @param site the site that all its devices belong to
 * @param coapServer null where no device pushes
 */
public record AgentConfig(
        String agent,
        String site,
        KafkaSection kafka,
        Journal journal,
        List<Mqtt> mqtt,
        List<Coap> coap,
        @Nullable CoapPush coapServer,
        Board board,
        Operation operation) {
    private static final Duration RENEWED_BEFORE = Duration.ofDays(14);

    public AgentConfig {
        mqtt = List.copyOf(mqtt);
        coap = List.copyOf(coap);
    }

    /** What of a changed configuration can be taken up while the agent runs, beside what can't. */
    public AgentConfig taking(AgentConfig changed) {
        Operation taken = new Operation(
                operation.health(), changed.operation.limit(), changed.operation.silence(), changed.operation.canary());
        return with(changed.mqtt, changed.coap, changed.coapServer, changed.board, taken);
    }

    /** The same agent, with other sources and another operation. */
    public AgentConfig with(
            List<Mqtt> brokers, List<Coap> observed, @Nullable CoapPush server, Board inputs, Operation operated) {
        return new AgentConfig(agent, site, kafka, journal, brokers, observed, server, inputs, operated);
    }

    /** The parts that name devices. Such a device is that part's: nothing else speaks for it, unless it may. */
    public enum Part {
        COAP("coap"),
        COAP_SERVER("coapServer"),
        BOARD("gpio and i2c"),
        CANARY("canary");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        /** As the file calls it. */
        public String label() {
            return label;
        }
    }

    /** Whose the devices are that the configuration names, in a way in which a device can be only one's. */
    public Map<DeviceId, Part> owners() {
        Map<DeviceId, Part> owners = new HashMap<>();
        coap.forEach(device -> owners.put(new DeviceId(site, device.device()), Part.COAP));
        if (coapServer != null) {
            coapServer.devices().forEach(device -> owners.put(new DeviceId(site, device), Part.COAP_SERVER));
        }
        board.devices().forEach(device -> owners.put(new DeviceId(site, device), Part.BOARD));
        if (operation.canary() != null) {
            owners.put(new DeviceId(site, operation.canary().device()), Part.CANARY);
        }
        return owners;
    }

    /** All devices that the configuration names: more may speak, over MQTT. */
    public Set<String> named() {
        Set<String> named = new TreeSet<>();
        owners().keySet().forEach(device -> named.add(device.device()));
        mqtt.forEach(broker -> named.addAll(broker.named()));
        return named;
    }

    /** What is allowed, and seldom meant. */
    public List<String> warnings(Instant now) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < mqtt.size(); i++) {
            String field = "mqtt[" + i + "].";
            BrokerDoubts.of(mqtt.get(i), site).forEach(doubt -> warnings.add(field + doubt));
        }
        certificates()
                .forEach((field, tls) -> tls.validUntil()
                        .filter(until -> until.isBefore(now.plus(RENEWED_BEFORE)))
                        .ifPresent(until -> warnings.add(field + ".certificate: " + (until.isBefore(now) ? "was" : "is")
                                + " valid until " + until)));
        return warnings;
    }

    private Map<String, Tls> certificates() {
        Map<String, Tls> certificates = new LinkedHashMap<>();
        kafka.tls().ifPresent(tls -> certificates.put("kafka.tls", tls));
        for (int i = 0; i < mqtt.size(); i++) {
            Tls tls = mqtt.get(i).tls();
            if (tls != null) {
                certificates.put("mqtt[" + i + "].tls", tls);
            }
        }
        for (int i = 0; i < coap.size(); i++) {
            if (coap.get(i).security() instanceof CoapSecurity.Certificates shown) {
                certificates.put("coap[" + i + "].tls", shown.tls());
            }
        }
        CoapPush.Dtls dtls = coapServer == null ? null : coapServer.dtls();
        if (dtls != null && dtls.tls() != null) {
            certificates.put("coapServer.dtls.tls", dtls.tls());
        }
        return certificates;
    }

    /** How many CoAP devices the configuration names: those that are observed and those that push. */
    public int coapDevices() {
        return coap.size() + (coapServer == null ? 0 : coapServer.devices().size());
    }

    /**
     * The journal.
     *
     * @param commitEvery how long an entry waits for others to be synced with
     * @param commitAt how many entries make a group full
     * @param maxBytes what may wait for delivery
     * @param whenFull what happens beyond that
     * @param waitForTime how long after the machine's start its clock is doubted while no time service has set it
     * @param deviceTimeFrom a device that says an earlier time has a clock that isn't set
     */
    public record Journal(
            Path path,
            Duration commitEvery,
            int commitAt,
            long maxBytes,
            WhenFull whenFull,
            Duration waitForTime,
            Instant deviceTimeFrom) {}

    /** The version of MQTT that a broker is spoken to in. */
    public enum Protocol {
        V5,
        V3_1_1
    }

    /**
     * A broker.
     *
     * @param sessionExpiry how long the broker keeps messages for an agent that is away (3.1.1: its own affair)
     * @param receiveMaximum messages under way at once, neither acknowledged nor refused; fewer where the heap is small
     *     (3.1.1: the broker's affair)
     * @param topics filters of SenML; with no sparkplug and no rules either, empty for the site's own
     * @param rules for the JSON of other makers
     * @param sparkplug null where none is spoken
     * @param speaksFor devices of other parts for which its topics may speak, too
     * @param login null for a broker that asks for none
     * @param tls null for the machine's own authorities, if the URL asks for TLS
     */
    public record Mqtt(
            String url,
            Protocol protocol,
            String clientId,
            Duration sessionExpiry,
            int receiveMaximum,
            List<String> topics,
            List<Rule> rules,
            @Nullable Sparkplug sparkplug,
            Set<String> speaksFor,
            @Nullable Login login,
            @Nullable Tls tls) {
        public Mqtt {
            topics = List.copyOf(topics);
            rules = List.copyOf(rules);
            speaksFor = Set.copyOf(speaksFor);
        }

        /**
         * Whether the broker keeps nothing for it: Sparkplug wants that of a host application. One that hears others, too, has a
         * session, as theirs is worth keeping.
         */
        public boolean isClean() {
            return sessionExpiry.isZero()
                    || (sparkplug != null && sparkplug.host() != null && topics.isEmpty() && rules.isEmpty());
        }

        /** Devices that its mappings name, ours for theirs. */
        Set<String> named() {
            Set<String> named = new TreeSet<>();
            rules.forEach(rule -> named.addAll(rule.devices().values()));
            if (sparkplug != null) {
                named.addAll(sparkplug.names().devices().values());
            }
            return named;
        }

        /** Whether what is said to it can be read on a network. */
        boolean isInTheClear() {
            String host = URI.create(url).getHost();
            boolean here =
                    host != null && (host.equals("localhost") || host.equals("[::1]") || host.startsWith("127."));
            return url.startsWith("tcp://") && !here;
        }

        /**
         * The same broker, with a session of another name that ends with its connection. It takes nothing from those who
         * share a subscription with the agent, and says nothing: not of the host, and to no node.
         *
         * @param asks whether it may ask Sparkplug's nodes for their births all the same
         */
        public Mqtt apart(String suffix, boolean asks) {
            return new Mqtt(
                    url,
                    protocol,
                    clientId + suffix,
                    Duration.ZERO,
                    receiveMaximum,
                    topics.stream().map(TopicFilter::unshared).distinct().toList(),
                    rules,
                    sparkplug == null ? null : sparkplug.unnamed(asks),
                    speaksFor,
                    login,
                    tls);
        }
    }

    /**
     * The agent as a Sparkplug B host application.
     *
     * @param groups empty for all
     * @param host its name as a primary host; null when it isn't one, and says nothing of itself
     * @param rebirthEvery how often it asks a node for a rebirth, at most; null for one that only listens
     */
    public record Sparkplug(
            List<String> groups,
            @Nullable String host,
            @Nullable Duration rebirthEvery,
            SparkplugNames names) {
        public Sparkplug {
            groups = List.copyOf(groups);
        }

        Sparkplug unnamed(boolean asks) {
            return new Sparkplug(groups, null, asks ? rebirthEvery : null, names);
        }
    }

    /** Who the agent is to a broker. */
    public record Login(String user, Secret password) {}

    /**
     * A device that is observed.
     *
     * @param uri of the resource; without a path it is looked for through {@code /.well-known/core}
     * @param security null for {@code coap://}
     * @param askEvery how long it may say nothing before it is asked, whatever it claims to be fresh for; null for the default
     */
    public record Coap(
            String device,
            URI uri,
            @Nullable CoapSecurity security,
            @Nullable Duration askEvery) {}
}

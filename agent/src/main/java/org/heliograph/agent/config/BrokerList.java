package org.heliograph.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.Address;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code mqtt} of {@code agent.yaml}. */
final class BrokerList {
    private static final String PLAIN = "tcp://";
    private static final String SECURE = "ssl://";

    private static final Duration SESSION_EXPIRY = Duration.ofDays(1);
    private static final Duration SESSION_EXPIRY_MAX = Duration.ofDays(365);
    private static final int RECEIVE_MAXIMUM = 1_000;
    private static final int RECEIVE_MAXIMUM_MAX = 65_535;

    private BrokerList() {}

    /** @param devices that other parts name */
    static List<AgentConfig.Mqtt> read(Section top, String agent, Set<String> devices) {
        List<AgentConfig.Mqtt> brokers = new ArrayList<>();
        Set<String> sessions = new HashSet<>();
        for (Section section : top.sections("mqtt")) {
            String url = section.parsed("url", Address::mqtt, "");
            String clientId = section.text("clientId", "heliograph-" + agent);
            if (clientId.isEmpty()) {
                section.flaw("clientId", "is empty: each connection would be a new session, and lose what waits");
            }
            if (!sessions.add(url.toLowerCase(Locale.ROOT) + " " + clientId)) {
                section.flaw("clientId", "is used twice on this broker: the two would end each other's connection");
            }
            AgentConfig.Protocol protocol =
                    section.optional("protocol", BrokerList::protocol).orElse(AgentConfig.Protocol.V5);
            Duration expiry = expiry(section, protocol);
            int receiveMaximum = section.integer("receiveMaximum", RECEIVE_MAXIMUM, 1, RECEIVE_MAXIMUM_MAX);
            List<String> topics = section.list("topics", TopicFilter::require);
            List<Rule> rules = MappingList.read(section);
            AgentConfig.Sparkplug sparkplug = SparkplugPart.read(section);
            Set<String> speaksFor = new HashSet<>(section.list("speaksFor", name -> foreign(name, devices)));
            AgentConfig.Login login = login(section);
            Tls tls = tls(section, url);
            section.finish();
            AgentConfig.Mqtt broker = new AgentConfig.Mqtt(
                    url, protocol, clientId, expiry, receiveMaximum, topics, rules, sparkplug, speaksFor, login, tls);
            for (String device : broker.named()) {
                if (devices.contains(device) && !speaksFor.contains(device)) {
                    section.flaw(
                            section.has("mappings") ? "mappings" : "sparkplug",
                            "'" + device + "' is a device of another part: name it there or here, or in speaksFor"
                                    + " if both may speak for it");
                }
            }
            brokers.add(broker);
        }
        return brokers;
    }

    private static Duration expiry(Section section, AgentConfig.Protocol protocol) {
        if (protocol == AgentConfig.Protocol.V3_1_1) {
            for (String key : new String[] {"sessionExpiry", "receiveMaximum"}) {
                if (section.has(key)) {
                    section.flaw(key, "is of MQTT 5; with 3.1.1 it is the broker's to say");
                }
            }
        }
        Duration expiry = section.duration("sessionExpiry", SESSION_EXPIRY);
        if (expiry.compareTo(SESSION_EXPIRY_MAX) > 0 || expiry.toSeconds() == 0) {
            section.flaw("sessionExpiry", "is not between PT1S and " + SESSION_EXPIRY_MAX);
        }
        return expiry;
    }

    private static @Nullable Tls tls(Section section, String url) {
        Tls tls = Tls.of(section).orElse(null);
        if (tls != null && url.startsWith(PLAIN)) {
            section.flaw("tls", "is of no use with " + PLAIN + "; make the url " + SECURE);
        }
        return tls;
    }

    private static String foreign(String device, Set<String> devices) {
        if (!devices.contains(device)) {
            throw new IllegalArgumentException(
                    "'" + device + "' is a device of no other part: this broker may speak for it anyway");
        }
        return device;
    }

    private static AgentConfig.@Nullable Login login(Section section) {
        if (!section.has("user")) {
            if (section.has("password")) {
                section.flaw("password", "needs a user");
            }
            return null;
        }
        String user = section.text("user");
        if (!section.has("password")) {
            section.flaw("user", "needs a password: {file: ...} or {env: ...}");
            return null;
        }
        return Secret.of(section, "password")
                .map(password -> new AgentConfig.Login(user, password))
                .orElse(null);
    }

    private static AgentConfig.Protocol protocol(String text) {
        return switch (text) {
            case "5" -> AgentConfig.Protocol.V5;
            case "3.1.1" -> AgentConfig.Protocol.V3_1_1;
            default -> throw new IllegalArgumentException("'" + text + "' is neither 5 nor 3.1.1");
        };
    }
}

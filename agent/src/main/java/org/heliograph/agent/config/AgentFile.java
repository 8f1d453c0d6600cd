package org.heliograph.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Faults;
import org.heliograph.telemetry.yaml.Section;

/** Reads {@code agent.yaml}. */
public final class AgentFile {
    /** Producer properties that belong to the agent: without them it can't keep its promise. */
    private static final Set<String> FIXED_PROPERTIES = Set.of(
            "bootstrap.servers",
            "acks",
            "enable.idempotence",
            "key.serializer",
            "value.serializer",
            "transactional.id",
            "client.id");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final Pattern BROKER = Pattern.compile("tcp://(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final URI NO_URI = URI.create("coap://localhost");
    private static final Path NO_PATH = Path.of("journal.db");

    private static final long MAX_BYTES = 512L << 20;
    private static final long MAX_BYTES_MIN = 1L << 20;
    private static final Duration COMMIT_EVERY = Duration.ofMillis(10);
    private static final Duration COMMIT_EVERY_MAX = Duration.ofSeconds(10);
    private static final int COMMIT_AT = 500;
    private static final Duration SESSION_EXPIRY = Duration.ofDays(1);
    private static final Duration SESSION_EXPIRY_MAX = Duration.ofDays(365);
    private static final int RECEIVE_MAXIMUM = 1_000;
    private static final int PORT_MAX = 65_535;
    private static final int PIN_MAX = 1_000;
    private static final int PULSES_MAX = 1_000_000;
    private static final Duration DEBOUNCE = Duration.ofMillis(3);
    /** The shortest pulse of IEC 62053-31: a longer debounce would swallow it. */
    private static final Duration DEBOUNCE_MAX = Duration.ofMillis(30);

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration PERIOD_MIN = Duration.ofMillis(100);

    private AgentFile() {}

    /**
     * Reads a file. A relative journal path is relative to the file's folder.
     *
     * @throws ConfigurationException with all faults of the file
     */
    public static AgentConfig read(Path file) throws ConfigurationException {
        Faults faults = new Faults();
        AgentConfig config = read(Section.of(file, faults), file.toAbsolutePath());
        faults.throwIfAny();
        return config;
    }

    private static AgentConfig read(Section top, Path file) {
        String agent = top.parsed("agent", AgentFile::name, "agent");
        String site = top.parsed("site", AgentFile::name, "site");
        AgentConfig.Kafka kafka = kafka(required(top, "kafka"));
        AgentConfig.Journal journal = journal(required(top, "journal"), file);
        Set<String> devices = new HashSet<>();
        List<AgentConfig.Mqtt> mqtt = mqtt(top, agent);
        List<AgentConfig.Coap> coap = new ArrayList<>();
        for (Section section : top.sections("coap")) {
            coap.add(new AgentConfig.Coap(device(section, devices), section.parsed("uri", AgentFile::coapUri, NO_URI)));
            section.finish();
        }
        List<AgentConfig.Gpio> gpio = gpio(top, devices);
        if (!top.has("mqtt") && !top.has("coap") && !top.has("gpio")) {
            top.fault("mqtt", "the agent has no source; give it at least one of mqtt, coap, gpio");
        }
        top.finish();
        return new AgentConfig(agent, site, kafka, journal, mqtt, coap, gpio);
    }

    private static Section required(Section top, String key) {
        if (!top.has(key)) {
            top.fault(key, "is missing");
        }
        return top.section(key);
    }

    private static AgentConfig.Kafka kafka(Section section) {
        String bootstrap = section.has("bootstrap") ? section.parsed("bootstrap", AgentFile::bootstrap, "") : "";
        if (!section.has("bootstrap") && !section.keys().isEmpty()) {
            section.fault("bootstrap", "is missing");
        }
        String prefix =
                section.optional("prefix", text -> new Topics(text).prefix()).orElse(Topics.DEFAULT.prefix());
        Section extra = section.section("properties");
        Map<String, String> properties = new HashMap<>();
        for (String key : extra.keys()) {
            if (FIXED_PROPERTIES.contains(key)) {
                extra.fault(key, "is set by the agent");
            }
            properties.put(key, extra.text(key));
        }
        section.finish();
        return new AgentConfig.Kafka(bootstrap, prefix, properties);
    }

    private static AgentConfig.Journal journal(Section section, Path file) {
        Path path = NO_PATH;
        if (section.has("path")) {
            path = file.resolveSibling(section.parsed("path", AgentFile::path, NO_PATH));
        } else if (!section.keys().isEmpty()) {
            section.fault("path", "is missing");
        }
        Duration commitEvery = section.duration("commitEvery", COMMIT_EVERY);
        if (commitEvery.compareTo(COMMIT_EVERY_MAX) > 0) {
            section.fault("commitEvery", "is above " + COMMIT_EVERY_MAX + ": devices wait for it");
        }
        int commitAt = section.integer("commitAt", COMMIT_AT, 1, 100_000);
        long maxBytes = section.optional("maxBytes", AgentFile::size).orElse(MAX_BYTES);
        section.finish();
        return new AgentConfig.Journal(path, commitEvery, commitAt, maxBytes);
    }

    private static List<AgentConfig.Mqtt> mqtt(Section top, String agent) {
        List<AgentConfig.Mqtt> brokers = new ArrayList<>();
        Set<String> sessions = new HashSet<>();
        for (Section section : top.sections("mqtt")) {
            String url = section.parsed("url", AgentFile::brokerUrl, "");
            String clientId = section.text("clientId", "heliograph-" + agent);
            if (!sessions.add(url + " " + clientId)) {
                section.fault("clientId", "is used twice on this broker: the two would end each other's connection");
            }
            Duration expiry = section.duration("sessionExpiry", SESSION_EXPIRY);
            if (expiry.compareTo(SESSION_EXPIRY_MAX) > 0 || expiry.isZero()) {
                section.fault("sessionExpiry", "is not between PT1S and " + SESSION_EXPIRY_MAX);
            }
            int receiveMaximum = section.integer("receiveMaximum", RECEIVE_MAXIMUM, 1, PORT_MAX);
            List<String> topics = section.texts("topics");
            section.finish();
            brokers.add(new AgentConfig.Mqtt(url, clientId, expiry, receiveMaximum, topics));
        }
        return brokers;
    }

    private static List<AgentConfig.Gpio> gpio(Section top, Set<String> devices) {
        List<AgentConfig.Gpio> inputs = new ArrayList<>();
        Set<Integer> pins = new HashSet<>();
        for (Section section : top.sections("gpio")) {
            String device = device(section, devices);
            if (!section.has("pin")) {
                section.fault("pin", "is missing");
            }
            int pin = section.integer("pin", 0, 0, PIN_MAX);
            if (section.has("pin") && !pins.add(pin)) {
                section.fault("pin", "is used twice");
            }
            Point point = section.optional("point", AgentFile::register).orElse(Point.ENERGY);
            if (!section.has("pulsesPerKilowattHour")) {
                section.fault("pulsesPerKilowattHour", "is missing; the meter's plate has it");
            }
            int pulses = section.integer("pulsesPerKilowattHour", 1_000, 1, PULSES_MAX);
            Duration debounce = section.duration("debounce", DEBOUNCE);
            if (debounce.compareTo(DEBOUNCE_MAX) >= 0) {
                section.fault("debounce", "is not below " + DEBOUNCE_MAX + ", the shortest pulse of an S0 output");
            }
            Duration period = section.duration("period", PERIOD);
            if (period.compareTo(PERIOD_MIN) < 0) {
                section.fault("period", "is below " + PERIOD_MIN);
            }
            section.finish();
            inputs.add(new AgentConfig.Gpio(device, pin, point, pulses, debounce, period));
        }
        return inputs;
    }

    private static String device(Section section, Set<String> devices) {
        String device = section.parsed("device", AgentFile::name, "device");
        if (section.has("device") && !devices.add(device)) {
            section.fault("device", "'" + device + "' is configured twice");
        }
        return device;
    }

    private static String name(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a name: a letter or digit, then letters, digits,"
                    + " '.', '_' or '-', at most 64");
        }
        return text;
    }

    private static String bootstrap(String text) {
        for (String server : text.split(",", -1)) {
            requireServer(SERVER.matcher(server.trim()), "'" + server + "' is not host:port");
        }
        return text;
    }

    private static String brokerUrl(String text) {
        requireServer(BROKER.matcher(text), "'" + text + "' is not tcp://host:port");
        return text;
    }

    private static void requireServer(Matcher server, String message) {
        if (!server.matches() || Integer.parseInt(server.group(2)) > PORT_MAX) {
            throw new IllegalArgumentException(message);
        }
    }

    private static URI coapUri(String text) {
        try {
            URI uri = new URI(text);
            if (!"coap".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() > PORT_MAX) {
                throw new IllegalArgumentException("'" + text + "' is not coap://host[:port][/path]");
            }
            return uri;
        } catch (URISyntaxException _) {
            throw new IllegalArgumentException("'" + text + "' is not coap://host[:port][/path]");
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path", e);
        }
    }

    private static long size(String text) {
        Matcher size = SIZE.matcher(text.trim());
        if (!size.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512 MiB");
        }
        String unit = size.group(2) == null ? "B" : size.group(2);
        int shift = switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
        long number = Long.parseLong(size.group(1));
        if (number > Long.MAX_VALUE >> (shift + 1) || number << shift < MAX_BYTES_MIN) {
            throw new IllegalArgumentException("'" + text + "' is out of range, at least 1 MiB");
        }
        return number << shift;
    }

    private static Point register(String label) {
        return Point.labelled(label)
                .filter(Point::isRegister)
                .orElseThrow(() -> new IllegalArgumentException("'" + label + "' is not a register such as energy"));
    }
}

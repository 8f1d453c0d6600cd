package org.heliograph.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

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
            // a device's records have an order, which is that of its partition
            "partitioner.class",
            "partitioner.ignore.keys",
            "client.id");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");
    private static final Path NO_PATH = Path.of("journal.db");

    private static final long MAX_BYTES = 512L << 20;
    private static final long MAX_BYTES_MIN = 1L << 20;
    private static final Duration COMMIT_EVERY = Duration.ofMillis(10);
    private static final Duration COMMIT_EVERY_MAX = Duration.ofSeconds(10);
    private static final int COMMIT_AT = 500;
    private static final Duration WAIT_FOR_TIME = Duration.ofMinutes(10);
    private static final Instant DEVICE_TIME_FROM = Instant.parse("2026-01-01T00:00:00Z");

    private AgentFile() {}

    private static final KafkaSection.Check UNCHECKED = new KafkaSection.Check(_ -> Map.of(), _ -> Optional.empty());

    /** Reads a file without asking Kafka's producer about its properties. */
    public static AgentConfig read(Path file) throws ConfigurationException {
        return read(file, UNCHECKED);
    }

    /**
     * Reads a file. Relative paths are relative to the file's folder.
     *
     * @throws ConfigurationException with all flaws of the file
     */
    public static AgentConfig read(Path file, KafkaSection.Check producer) throws ConfigurationException {
        Flaws flaws = new Flaws();
        AgentConfig config = read(Section.of(file, flaws), file.toAbsolutePath(), producer);
        flaws.throwIfAny();
        return config;
    }

    /**
     * Where the journal is, whatever else is wrong with the file: somebody looks into it when the agent doesn't start.
     *
     * @throws ConfigurationException if the file doesn't say
     */
    public static Path journalPath(Path file) throws ConfigurationException {
        Flaws flaws = new Flaws();
        Section journal = Section.of(file, flaws).section("journal");
        Path path = journal.parsed("path", journal::resolved, NO_PATH);
        flaws.throwIfAny();
        return path;
    }

    private static AgentConfig read(Section top, Path file, KafkaSection.Check producer) {
        String agent = top.parsed("agent", AgentFile::name, "agent");
        String site = top.parsed("site", AgentFile::name, "site");
        KafkaSection kafka = kafka(top.section("kafka"), producer);
        AgentConfig.Journal journal = journal(top.section("journal"), file);
        Set<String> devices = new HashSet<>();
        CoapPart coapPart = new CoapPart(devices);
        List<AgentConfig.Coap> coap = coapPart.observed(top);
        CoapPush coapServer = coapPart.server(top);
        Board board = BoardSection.read(top, devices);
        Operation operation = OperationSection.read(top, agent, devices);
        List<AgentConfig.Mqtt> mqtt = BrokerList.read(top, agent, devices);
        if (mqtt.isEmpty() && coap.isEmpty() && coapServer == null && !board.hasInputs()) {
            top.flaw("mqtt", "the agent has no source; give it at least one of mqtt, coap, coapServer, gpio, i2c");
        }
        top.finish();
        return new AgentConfig(agent, site, kafka, journal, mqtt, coap, coapServer, board, operation);
    }

    private static KafkaSection kafka(Section section, KafkaSection.Check producer) {
        KafkaSection kafka =
                KafkaSection.read(section, new KafkaSection.Check(said -> flaws(said, producer), producer.trouble()));
        section.finish();
        return kafka;
    }

    private static Map<String, String> flaws(Map<String, String> properties, KafkaSection.Check producer) {
        Map<String, String> flaws = new HashMap<>(producer.faults().apply(properties));
        properties.keySet().stream()
                .filter(FIXED_PROPERTIES::contains)
                .forEach(key -> flaws.put(key, "is set by the agent"));
        return flaws;
    }

    private static AgentConfig.Journal journal(Section section, Path file) {
        Path path = section.parsed("path", section::resolved, NO_PATH);
        if (!path.equals(NO_PATH)) {
            String flaw = flaw(path, file);
            if (!flaw.isEmpty()) {
                section.flaw("path", flaw);
            } else if (!isWritable(path)) {
                section.absent("path", "'" + nearest(path) + "' is not writable");
            }
        }
        Duration commitEvery = section.duration("commitEvery", COMMIT_EVERY);
        if (commitEvery.compareTo(COMMIT_EVERY_MAX) > 0) {
            section.flaw("commitEvery", "is above " + COMMIT_EVERY_MAX + ": devices wait for it");
        }
        int commitAt = section.integer("commitAt", COMMIT_AT, 1, 100_000);
        long maxBytes = section.optional("maxBytes", AgentFile::size).orElse(MAX_BYTES);
        List<WhenFull.Rule> rules = new ArrayList<>();
        for (Section rule : section.sections("whenFull")) {
            String devices =
                    rule.parsed("devices", text -> new WhenFull.Rule(text, WhenFull.Way.REFUSE_NEW).devices(), "*");
            rules.add(new WhenFull.Rule(devices, rule.parsed("then", WhenFull.Way::labelled, WhenFull.Way.REFUSE_NEW)));
            rule.finish();
        }
        Duration waitForTime = section.duration("waitForTime", WAIT_FOR_TIME);
        Instant deviceTimeFrom =
                section.optional("deviceTimeFrom", AgentFile::instant).orElse(DEVICE_TIME_FROM);
        section.finish();
        return new AgentConfig.Journal(
                path, commitEvery, commitAt, maxBytes, new WhenFull(rules), waitForTime, deviceTimeFrom);
    }

    static String device(Section section, Set<String> devices) {
        String device = section.parsed("device", AgentFile::name, "device");
        if (section.has("device") && !devices.add(device)) {
            section.flaw("device", "'" + device + "' is configured twice");
        }
        return device;
    }

    static String name(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a name: a letter or digit, then letters, digits,"
                    + " '.', '_' or '-', at most 64");
        }
        return text;
    }

    /** Why a journal can't be there; empty when it can, as far as one sees. */
    private static String flaw(Path path, Path config) {
        Path folder = nearest(path);
        if (Files.isDirectory(path)) {
            return "'" + path + "' is a folder; name a file in it";
        }
        if (path.normalize().equals(config.normalize())) {
            return "'" + path + "' is this configuration";
        }
        if (folder != null && !folder.equals(path) && !Files.isDirectory(folder)) {
            return "'" + folder + "' is a file, not a folder";
        }
        return "";
    }

    /** A disk that isn't mounted yet leaves a folder that isn't ours. */
    private static boolean isWritable(Path path) {
        Path folder = nearest(path);
        return folder == null || Files.isWritable(folder);
    }

    /** The file, or the first of its folders that is there. */
    private static @Nullable Path nearest(Path path) {
        Path folder = path;
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not an instant such as 2026-01-01T00:00:00Z", e);
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
}

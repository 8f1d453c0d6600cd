package org.heliograph.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.sim.Casablanca;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents tell of everything that there is, and of nothing else. */
class DocumentationTest {
    private static final Path REPOSITORY = Path.of("").toAbsolutePath().resolveSibling("");

    /** As the sources ask a section of a configuration for its keys. */
    private static final Pattern KEY = Pattern.compile(
            "(?:\\.(?:section|sections|parsed|optional|text|texts|flag|integer|duration|list|decimal|oneOrMore|has)\\(\\s*"
                    + "|Secret\\.of\\(\\w+, )\"([a-z][a-zA-Z0-9]*)\"");

    /** As the sink's source names measurements, tags and fields. */
    private static final Pattern STORED = Pattern.compile(
            "(?:\\.(?:begin|beginMerged|tag|field|figure|word|text|absent)\\(|(?:text|number|kilowattHours|kilograms)\\(\\s*lines,\\s*)"
                    + "\"([a-z0-9_]+)\"");

    private static final Pattern PROFILE = Pattern.compile("- profile: ([a-z0-9-]+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(#[^)\\s]*)?\\)");

    @Test
    void every_setting_stands_in_its_example() throws IOException {
        Set<String> kafka = keys("telemetry/src/main/java/org/heliograph/telemetry/kafka", ".java");
        Set<String> agent = keys("agent/src/main/java/org/heliograph/agent/config", ".java");
        agent.removeAll(Set.of("mapping", "rules")); // of the mappings that ship
        agent.addAll(kafka);
        assertThat(agent).hasSizeGreaterThan(80);
        assertStands(agent, text("agent/examples/agent.yaml") + text("docs/protocols.md"));

        Set<String> streams = keys("streams/src/main/java/org/heliograph/streams/config", ".java");
        streams.addAll(keys("streams/src/main/java/org/heliograph/streams", "Settings.java"));
        streams.addAll(kafka);
        assertThat(streams).hasSizeGreaterThan(40);
        assertStands(streams, text("streams/examples/streams.yaml"));

        Set<String> site = keys("telemetry/src/main/java/org/heliograph/telemetry/site", ".java");
        assertThat(site).hasSizeGreaterThan(25);
        assertStands(site, text("streams/examples/site.yaml"));
    }

    private static void assertStands(Set<String> keys, String example) {
        assertThat(keys)
                .allSatisfy(key -> assertThat(Pattern.compile("\\b" + key + "\\b(:|`)")
                                        .matcher(example)
                                        .find()
                                || Pattern.compile("\\{" + key + ", \\w+}|\\{\\w+, " + key + "}")
                                        .matcher(example)
                                        .find())
                        .as("'" + key + "' is told")
                        .isTrue());
    }

    @Test
    void who_adds_a_device_finds_every_role_profile_and_point() throws Exception {
        List<String> rows = text("docs/devices.md")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();
        for (Role role : Role.values()) {
            assertThat(rows).as(role.label()).anyMatch(row -> row.startsWith("| `" + role.label() + "` |"));
        }
        for (Device device : oneOfEachProfile()) {
            Profile profile = device.profile();
            assertThat(rows).as(profile.name()).anyMatch(row -> {
                String[] cells = row.split("\\|", -1);
                return cells[1].contains("`" + profile.name() + "`")
                        && profile.points().keySet().stream()
                                .allMatch(point -> cells[2].contains("`" + point.label() + "`"));
            });
        }
        for (Point point : Point.values()) {
            assertThat(rows).as(point.label()).anyMatch(row -> {
                String[] cells = row.split("\\|", -1);
                return cells[1].contains("`" + point.label() + "`")
                        && cells[2].contains(
                                point.unit().symbol().isEmpty()
                                        ? "a number"
                                        : point.unit().symbol());
            });
        }
    }

    @Test
    void a_message_about_several_devices_is_divided_as_the_guide_says(@TempDir Path folder) throws Exception {
        JsonDecoder decoder =
                decoder(folder, block(text("docs/protocols.md"), "    mappings:\n      - {topic: gateway/all"));

        assertThat(devices(decoder, "gateway/all", "{\"ts\":1782899940,\"m1\":{\"w\":1},\"m2\":[{\"w\":2}]}"))
                .containsExactly("pdu-a01a", "pdu-a01b");
        assertThat(devices(decoder, "telegraf/all", "{\"tags\":{\"name\":\"inv-02\"},\"fields\":{\"W\":1}}"))
                .containsExactly("inv-02");
    }

    private static List<String> devices(JsonDecoder decoder, String topic, String message) {
        Decoded decoded = decoder.decode(topic, message.getBytes(StandardCharsets.UTF_8), Instant.EPOCH);
        return ((Decoded.Accepted) decoded)
                .readings().stream().map(readings -> readings.device().device()).toList();
    }

    /** Of an agent with these mappings. */
    private static JsonDecoder decoder(Path folder, String mappings) throws IOException, ConfigurationException {
        Path agent = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:1"}
                journal: {path: edge.journal}
                mqtt:
                  - url: "tcp://127.0.0.1:1"
                """ + mappings);
        return new JsonDecoder("casa1", AgentFile.read(agent).mqtt().getFirst().rules());
    }

    @Test
    void the_gateway_of_the_guide_is_understood_and_its_profile_is_right(@TempDir Path folder) throws Exception {
        String guide = text("docs/protocols.md");
        JsonDecoder decoder = decoder(folder, block(guide, "    mappings:\n      - topic: telegraf/{device}\n"));

        Decoded decoded = decoder.decode("telegraf/inv-01", """
                {"fields":{"Evt1":0,"St":4,"W":3512,"WH":123456},"name":"modbus",
                 "tags":{"host":"edge","name":"inv-01","slave_id":"1","type":"holding_register"},"timestamp":1782899940}""".getBytes(StandardCharsets.UTF_8), Instant.EPOCH);

        long then = 1_782_899_940_000L;
        assertThat(((Decoded.Accepted) decoded).readings())
                .containsExactly(new Readings(
                        new DeviceId("casa1", "inv-01"),
                        "",
                        new Sampling()
                                .gauge(Point.POWER, then, 35_120)
                                .register(Point.ENERGY, then, 123_456 * 3_600_000L)
                                .gauge(Point.STATE, then, 4)
                                .gauge(Point.EVENTS, then, 0)
                                .series()));
        SiteFile.parse(
                "site.yaml",
                "site: s1\nzone: UTC\n" + block(guide, "profiles:\n  - profile: pv-inverter-10wh\n")
                        + "devices: [{id: inv-1, profile: pv-inverter-10wh, role: pv}]\n");
    }

    /** The shell commands that make it are run, on a list of devices as {@code sim run --announce} writes it. */
    @Test
    void the_agent_of_the_simulated_site_is_made_as_its_guide_says(@TempDir Path folder) throws Exception {
        Map<String, String> devices = Map.of(
                "crac-01",
                "coap://127.0.0.1:40001",
                "crac-02",
                "coap://127.0.0.1:40002",
                "inlet-a01",
                "coap://[::1]:5");
        Files.writeString(folder.resolve("site.yaml"), Casablanca.siteYaml(10));
        Files.writeString(
                folder.resolve("devices.json"),
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(devices));
        String commands = block(text("docs/simulated.md"), "{ printf 'agent: edge-1");
        String made = commands.substring(0, commands.indexOf("> agent.yaml") + "> agent.yaml".length());

        Process shell = new ProcessBuilder("/bin/sh", "-euc", made)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();

        AgentConfig agent = AgentFile.read(folder.resolve("agent.yaml"));
        assertThat(agent.coap().stream()
                        .collect(Collectors.toMap(
                                AgentConfig.Coap::device, device -> device.uri().toString())))
                .isEqualTo(devices);
        assertThat(agent.mqtt()).hasSize(1);
    }

    /** From a line on to the end of the example. */
    private static String block(String guide, String beginning) {
        int from = guide.indexOf(beginning);
        assertThat(from).as(beginning).isPositive();
        return guide.substring(from, guide.indexOf("```", from));
    }

    private static List<Device> oneOfEachProfile() throws IOException, ConfigurationException {
        Set<String> names = found(PROFILE, text("telemetry/src/main/resources/heliograph/profiles.yaml"));
        assertThat(names).hasSizeGreaterThan(10);
        String devices = names.stream()
                .map(name -> "  - {id: one-" + name + ", profile: " + name + ", role: room}\n")
                .collect(Collectors.joining());
        return SiteFile.parse("site.yaml", "site: s1\nzone: UTC\ndevices:\n" + devices)
                .devicesAt(Instant.now());
    }

    @Test
    void every_measurement_tag_and_field_of_the_store_is_told() throws IOException {
        String influx = "streams/src/main/java/org/heliograph/streams/influx/";
        Set<String> stored = found(STORED, text(influx + "Points.java") + text(influx + "WindowPoints.java"));
        assertThat(stored).hasSizeGreaterThan(70);
        String told = text("docs/measurements.md");
        assertThat(stored).allSatisfy(name -> assertThat(told).contains("`" + name + "`"));
    }

    @Test
    void every_link_leads_somewhere() throws IOException {
        for (Path page : pages()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(page)).results().toList()) {
                if (link.group(1).contains(":")) {
                    continue; // another's
                }
                Path target = link.group(1).isEmpty()
                        ? page
                        : page.resolveSibling(link.group(1)).normalize();
                assertThat(target).as("linked in " + page).exists();
                if (link.group(2) != null) {
                    assertThat(headings(target))
                            .as(target + ", linked in " + page)
                            .contains(link.group(2));
                }
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(REPOSITORY.resolve("docs"))) {
            return Stream.concat(
                            docs.filter(file -> file.toString().endsWith(".md")),
                            Stream.of(
                                            "README.md",
                                            "helm/heliograph/README.md",
                                            "agent/src/test/README.md",
                                            "streams/src/test/resources/recordings/README.md")
                                    .map(REPOSITORY::resolve))
                    .toList();
        }
    }

    private static Set<String> keys(String folder, String ending) throws IOException {
        Set<String> keys = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(REPOSITORY.resolve(folder))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(ending)).toList()) {
                keys.addAll(found(KEY, Files.readString(source)));
            }
        }
        return keys;
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(String file) throws IOException {
        return Files.readString(REPOSITORY.resolve(file));
    }

    /** As GitHub makes anchors of them. */
    private static Set<String> headings(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.filter(line -> line.startsWith("#"))
                    .map(line -> "#"
                            + line.replaceFirst("^#+ ", "")
                                    .toLowerCase(Locale.ROOT)
                                    .replaceAll("[^a-z0-9 _-]", "")
                                    .replace(' ', '-'))
                    .collect(Collectors.toSet());
        }
    }
}

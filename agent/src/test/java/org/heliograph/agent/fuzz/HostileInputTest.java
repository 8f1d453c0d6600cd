package org.heliograph.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.agent.payload.sparkplug.SparkplugHost;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What strangers may send, broken in every way that a seeded mutation finds: each is decoded or refused with a reason,
 * never an exception of another kind, and never without end (the timeout is for a hang, not a promise of speed). With
 * {@code -Dfuzz.seconds=600} each goes on for so long, with seeds of its own; what fails is printed, to become a seed in
 * {@code src/test/resources/hostile/}.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileInputTest {
    private static final int INPUTS = 20_000;
    private static final int MESSAGES = 4_000;
    private static final int FILES = 1_500;
    private static final Pattern READY = Pattern.compile("- mapping: (\\S+)");
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final DeviceId DEVICE = new DeviceId("casa1", "pdu-a01a");

    @TempDir
    private Path folder = Path.of("");

    @FunctionalInterface
    private interface Target {
        void take(byte[] input) throws Exception;
    }

    @Test
    void hostile_senml_json_ends_in_a_refusal_or_readings() throws Exception {
        SenmlDecoder decoder = new SenmlDecoder();
        fuzz("senml", INPUTS, input -> Decoders.check(decoder.decode(input, DEVICE, NOW), input));
    }

    @Test
    void hostile_senml_cbor_ends_in_a_refusal_or_readings() throws Exception {
        SenmlDecoder decoder = new SenmlDecoder();
        List<byte[]> seeds = new ArrayList<>(seeds("senml-cbor"));
        seeds.add(Files.readAllBytes(Path.of("src/test/resources/senml-rfc8428/ex3.gen.cbor")));
        seeds.add(Files.readAllBytes(Path.of("src/test/resources/senml-rfc8428/ex5.gen.cbor")));
        fuzz(seeds, INPUTS, input -> {
            Decoders.check(decoder.decode(SenmlFormat.CBOR, input, DEVICE, NOW), input);
            Decoders.check(decoder.decodeNamed(SenmlFormat.CBOR, input, "casa1", NOW), input);
        });
    }

    static Stream<String> readyMappings() throws IOException {
        String mappings = Files.readString(Path.of("src/main/resources/heliograph/mappings.yaml"));
        return READY.matcher(mappings).results().map(result -> result.group(1));
    }

    @ParameterizedTest
    @MethodSource("readyMappings")
    void hostile_json_of_other_makers_ends_in_a_refusal_or_readings(String mapping) throws Exception {
        JsonDecoder decoder = new JsonDecoder("casa1", rules(mapping));
        List<String> topics = decoder.filters().stream()
                .map(filter -> filter.replace("+", "1141"))
                .toList();
        fuzz("json/" + mapping, MESSAGES, input -> {
            for (String topic : topics) {
                Decoders.check(decoder.decode(topic, input, NOW), input);
            }
        });
    }

    private List<Rule> rules(String mapping) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "kafka:9092"}
                journal: {path: agent.journal}
                mqtt: [{url: "tcp://broker:1883", mappings: [{use: %s}]}]
                """.formatted(mapping));
        return AgentFile.read(file).mqtt().getFirst().rules();
    }

    /** Whatever a node says, no other node suffers by it, and it is heard itself once it is born again. */
    @ParameterizedTest
    @EnumSource(SparkplugTopic.Type.class)
    void hostile_sparkplug_ends_in_a_refusal_or_readings(SparkplugTopic.Type type) throws Exception {
        SparkplugTopic topic =
                new SparkplugTopic("casa1", type, "edge-7", type.name().startsWith("D") ? SparkplugScript.DEVICE : "");
        List<byte[]> seeds = new ArrayList<>(seeds("sparkplug"));
        seeds.addAll(SparkplugScript.bodies());
        fuzz(seeds, MESSAGES, input -> {
            SparkplugHost host = new SparkplugHost("casa1", SparkplugNames.OURS, Duration.ofSeconds(10));
            SparkplugScript.birth(host, "edge-8", NOW);
            if (type != SparkplugTopic.Type.DBIRTH) {
                SparkplugScript.birth(host, "edge-7", NOW);
            } else {
                SparkplugScript.nodeBirth(host, "edge-7", NOW);
            }
            Decoders.check(host.take(topic, input, NOW, false).decoded(), input);
            host.due(NOW.plusSeconds(3_600));

            assertThat(SparkplugScript.isHeard(host, "edge-8", NOW)).isTrue();
            // a birth that is older than what it was told is doubted, once
            SparkplugScript.birth(host, "edge-7", NOW);
            if (!SparkplugScript.isHeard(host, "edge-7", NOW)) {
                SparkplugScript.birth(host, "edge-7", NOW);
                assertThat(SparkplugScript.isHeard(host, "edge-7", NOW)).isTrue();
            }
        });
    }

    @Test
    void a_hostile_pack_is_malformed_or_decoded() throws Exception {
        Sampling sampling = new Sampling();
        for (int i = 0; i < 30; i++) {
            sampling.register(Point.ENERGY, NOW.toEpochMilli() + 1_000L * i, 3_600_000L * i)
                    .gauge(Point.POWER, NOW.toEpochMilli() + 1_000L * i, 230.5 * i);
        }
        byte[] pack =
                PackCodec.encode(new Readings(DEVICE, "A1234", sampling.series()), new Origin("edge-1", 1L << 60, 7));
        List<byte[]> seeds = new ArrayList<>(seeds("pack"));
        seeds.add(pack);
        fuzz(seeds, INPUTS, input -> {
            try {
                assertThat(PackCodec.decode(input)).isNotNull();
            } catch (MalformedPackException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        });
    }

    @Test
    void a_hostile_site_model_is_read_or_its_faults_are_named() throws Exception {
        fuzz("site", FILES, input -> {
            try {
                assertThat(SiteFile.parse("site.yaml", new String(input, StandardCharsets.UTF_8)))
                        .isNotNull();
            } catch (ConfigurationException e) {
                assertThat(e.flaws()).isNotEmpty();
            }
        });
    }

    @Test
    void a_hostile_configuration_is_read_or_its_faults_are_named() throws Exception {
        Path file = folder.resolve("agent.yaml");
        List<byte[]> seeds = new ArrayList<>(seeds("agent"));
        seeds.add(Files.readAllBytes(Path.of("examples/agent.yaml")));
        fuzz(seeds, FILES, input -> {
            Files.write(file, input);
            try {
                assertThat(AgentFile.read(file)).isNotNull();
            } catch (ConfigurationException e) {
                assertThat(e.flaws()).isNotEmpty();
            }
        });
    }

    private static void fuzz(String kind, int inputs, Target target) throws Exception {
        fuzz(seeds(kind), inputs, target);
    }

    private static void fuzz(List<byte[]> seeds, int inputs, Target target) throws Exception {
        for (byte[] seed : seeds) {
            run(seed, target);
        }
        long seconds = Long.getLong("fuzz.seconds", 0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        SplittableRandom random = new SplittableRandom(seconds == 0 ? 4 : System.nanoTime());
        for (int i = 0; i < inputs || (seconds > 0 && System.nanoTime() < end); i++) {
            run(Mutation.of(seeds, random), target);
        }
    }

    private static void run(byte[] input, Target target) {
        try {
            target.take(input);
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
            throw new AssertionError(
                    "input " + Base64.getEncoder().encodeToString(input) + " of " + input.length + " bytes", e);
        }
    }

    /** Every file of {@code hostile/KIND}. */
    private static List<byte[]> seeds(String kind) throws IOException {
        Path folder = Path.of("src/test/resources/hostile", kind);
        List<byte[]> seeds = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    seeds.add(Files.readAllBytes(file));
                }
            }
        }
        return seeds;
    }
}

package org.heliograph.agent.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.agent.payload.senml.SenmlFormat;
import org.heliograph.agent.payload.sparkplug.SparkplugHost;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.yaml.ConfigurationException;

/**
 * All decoders behind one entry, as Jazzer calls it: the first byte chooses one, and a variant of it; the others are what
 * it gets. Whatever they are,
 * they are accepted, and can then be kept and read again, or refused with a reason.
 */
public final class Decoders {
    /** A digit that a Shelly says of its register is its energy, and its imported energy. */
    private static final int READINGS_OF_A_BYTE_MAX = 2;

    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final DeviceId DEVICE = new DeviceId("casa1", "pdu-a01a");
    private static final SenmlDecoder SENML = new SenmlDecoder();
    private static final JsonDecoder JSON = json();
    private static final List<String> TOPICS =
            JSON.filters().stream().map(filter -> filter.replace("+", "1141")).toList();
    private static final List<SparkplugTopic.Type> TYPES = List.of(SparkplugTopic.Type.values());

    /** What the first byte means. */
    enum Choice {
        SENML_JSON(0),
        SENML_CBOR(1),
        VENDOR_JSON(2),
        SPARKPLUG(3),
        PACK(4);

        private final int number;

        Choice(int number) {
            this.number = number;
        }

        byte[] with(byte[] body) {
            byte[] input = new byte[1 + body.length];
            input[0] = (byte) number;
            System.arraycopy(body, 0, input, 1, body.length);
            return input;
        }
    }

    private Decoders() {}

    /** The name is Jazzer's. */
    public static void fuzzerTestOneInput(byte[] input) throws MalformedPackException {
        if (input.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        Choice[] choices = Choice.values();
        int chosen = Byte.toUnsignedInt(input[0]);
        int variant = chosen / choices.length;
        switch (choices[chosen % choices.length]) {
            case SENML_JSON -> check(SENML.decode(SenmlFormat.JSON, body, DEVICE, NOW), body);
            case SENML_CBOR -> {
                check(SENML.decode(SenmlFormat.CBOR, body, DEVICE, NOW), body);
                check(SENML.decodeNamed(SenmlFormat.CBOR, body, "casa1", NOW), body);
            }
            case VENDOR_JSON -> check(JSON.decode(TOPICS.get(variant % TOPICS.size()), body, NOW), body);
            case SPARKPLUG -> sparkplug(TYPES.get(variant % TYPES.size()), body);
            case PACK -> pack(body);
        }
    }

    private static void sparkplug(SparkplugTopic.Type type, byte[] body) throws MalformedPackException {
        SparkplugHost host = new SparkplugHost("casa1", SparkplugNames.OURS, Duration.ofSeconds(10));
        SparkplugScript.birth(host, "edge-7", NOW);
        String device = type.name().startsWith("D") ? SparkplugScript.DEVICE : "";
        check(
                host.take(new SparkplugTopic("casa1", type, "edge-7", device), body, NOW, false)
                        .decoded(),
                body);
    }

    private static void pack(byte[] body) {
        try {
            PackCodec.decode(body);
        } catch (MalformedPackException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new IllegalStateException("malformed, without a reason", e);
            }
        }
    }

    /** It is refused with a reason; or what was accepted can be kept, and read again. */
    static void check(Decoded decoded, byte[] input) throws MalformedPackException {
        switch (decoded) {
            case Decoded.Accepted accepted -> {
                for (Readings readings : accepted.readings()) {
                    Readings again = PackCodec.decode(PackCodec.encode(readings, new Origin("edge-1", 1, 1)))
                            .readings()
                            .orElseThrow();
                    if (!again.equals(readings)) {
                        throw new IllegalStateException(readings + " are kept as " + again);
                    }
                    if (readings.size() > READINGS_OF_A_BYTE_MAX * input.length) {
                        throw new IllegalStateException(input.length + " bytes became " + readings);
                    }
                }
            }
            case Decoded.Refused refused -> {
                if (refused.reason().isBlank()) {
                    throw new IllegalStateException("refused without a reason");
                }
            }
        }
    }

    /** Every mapping that ships. */
    private static JsonDecoder json() {
        try {
            Path file = Files.createTempFile("agent", ".yaml");
            String uses = String.join(
                    ", ",
                    HostileInputTest.readyMappings()
                            .map(name -> "{use: " + name + "}")
                            .toList());
            Files.writeString(file, """
                    agent: edge-1
                    site: casa1
                    kafka: {bootstrap: "kafka:9092"}
                    journal: {path: agent.journal}
                    mqtt: [{url: "tcp://broker:1883", mappings: [%s]}]
                    """.formatted(uses));
            try {
                return new JsonDecoder(
                        "casa1", AgentFile.read(file).mqtt().getFirst().rules());
            } finally {
                Files.delete(file);
            }
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

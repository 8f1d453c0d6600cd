package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.payload.Decoded;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceptionTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final byte[] JSON = "[{\"n\":\"power\",\"v\":5}]".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CBOR = HexFormat.of().parseHex("81a20065706f7765720205");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_a_publisher_says_of_its_format_counts_if_it_is_one_of_senmls() throws Exception {
        assertThat(decoded(JSON, null)).isInstanceOf(Decoded.Accepted.class);
        assertThat(decoded(CBOR, null)).isInstanceOf(Decoded.Accepted.class);
        assertThat(decoded(CBOR, "application/senml+cbor")).isInstanceOf(Decoded.Accepted.class);
        assertThat(decoded(JSON, "application/senml+json; charset=utf-8")).isInstanceOf(Decoded.Accepted.class);

        assertThat(decoded(JSON, "application/senml+cbor")).isInstanceOf(Decoded.Refused.class);
        assertThat(decoded(CBOR, "application/senml+json")).isInstanceOf(Decoded.Refused.class);

        assertThat(decoded(JSON, "application/json")).isInstanceOf(Decoded.Accepted.class);
        assertThat(decoded(CBOR, "")).isInstanceOf(Decoded.Accepted.class);
    }

    private Decoded decoded(byte[] payload, @Nullable String contentType) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "kafka:9092"}
                journal: {path: agent.journal}
                mqtt: [{url: "tcp://broker:1883"}]
                """);
        return new Reception(AgentFile.read(file).mqtt().getFirst(), "casa1")
                .receive(new Link.Message("hg/casa1/util-1/senml", payload, 1, 1, false, contentType), NOW)
                .outcome()
                .decoded();
    }
}

package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.heliograph.agent.payload.Decoded;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void a_topic_that_is_no_longer_configured_is_taken_no_more() throws Exception {
        Reception reception = reception(
                "topics: [hg/casa1/util-1/senml, \"$share/agents/hg/casa1/pdu/#\"], sparkplug: {groups: [casa1]}");

        assertThat(decoded(reception, "hg/casa1/util-1/senml")).isInstanceOf(Decoded.Accepted.class);
        for (String before : List.of("hg/casa1/util-2/senml", "spBv1.0/casa2/NBIRTH/edge-7", "hg/casa1/util-1")) {
            assertThat(decoded(reception, before))
                    .as(before)
                    .isEqualTo(
                            new Decoded.Refused(
                                    "the topic is none of those that are configured: the broker has kept an earlier subscription"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/b/c, false",
        "a/b, a, false",
        "a/+, a/b, true",
        "a/+, a/, true",
        "a/+, a/b/c, false",
        "+/b, a/b, true",
        "a/#, a/b/c, true",
        "a/#, a, true",
        "a/#, ab, false",
        "'#', a/b, true",
        "'#', $SYS/load, false",
        "+/load, $SYS/load, false",
        "$SYS/#, $SYS/load, true",
        "$share/g/a/+, a/b, true",
        "$share/g/a/+, b/b, false"
    })
    void a_filter_matches_as_the_brokers(String filter, String topic, boolean matches) {
        assertThat(new Filter(filter).matches(topic)).isEqualTo(matches);
    }

    private static Decoded decoded(Reception reception, String topic) {
        return reception
                .receive(new Link.Message(topic, JSON, 1, 1, false, false, null), NOW)
                .outcome()
                .decoded();
    }

    @Test
    void topics_that_are_made_up_are_not_remembered() throws Exception {
        Reception reception = reception("topics: [hg/casa1/+/senml], sparkplug: {}");
        List<WeakReference<String>> topics = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String level = "x".repeat(60 << 10) + i;
            for (String topic : List.of(
                    "hg/casa1/" + level + "/senml",
                    "spBv1.0/g/NDATA/" + level,
                    "spBv1.0/" + level + "/DDATA/n/d",
                    "spBv1.0/g/DBIRTH/n/" + level)) {
                topics.add(new WeakReference<>(topic));
                assertThat(decoded(reception, topic)).isInstanceOf(Decoded.Refused.class);
            }
        }
        System.gc();

        // the last may still be on the stack
        assertThat(topics.stream().filter(topic -> topic.get() != null)).hasSizeLessThanOrEqualTo(1);
    }

    private Reception reception(String parts) throws Exception {
        return new Reception(BrokerEntry.of(folder, parts), "casa1");
    }

    private Decoded decoded(byte[] payload, @Nullable String contentType) throws Exception {
        return reception("")
                .receive(new Link.Message("hg/casa1/util-1/senml", payload, 1, 1, false, false, contentType), NOW)
                .outcome()
                .decoded();
    }
}
